/** Sign-in and token: who is refused is told so once, a token that ends costs one more sign-in, nothing is hammered. */
import { expect, test } from "vitest";
import { redirect } from "../../simulator/faults/redirect.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { slowAnswer } from "../../simulator/faults/slow-answer.ts";
import { htmlSignInPage } from "../../simulator/faults/spoiled-body.ts";
import { expiredToken, oddTokenAnswer, revokedToken } from "../../simulator/faults/token-faults.ts";
import { tooManyRequests } from "../../simulator/faults/too-many-requests.ts";
import { smallCentre } from "../simulator/small-centre.ts";
import { DETAILS_QUERY, expectComplete, expectRefused, requestCounts, runWith } from "./details-report.ts";

const FOR_EVER = { times: Number.POSITIVE_INFINITY };
const SECRET = "not-the-secret-of-this-client";

test.each([400, 401] as const)(
  "A1: a wrong secret is refused once, whether with %i, and never shown",
  async (status) => {
    const run = await runWith([], {
      env: { GENESYSCLOUD_OAUTHCLIENT_SECRET: SECRET },
      switches: { invalidClientStatus: status },
    });
    expectRefused(run, 4, "error genesys.unauthorized: Genesys Cloud refused the OAuth client");
    expect(run.err).toMatch(/the secret may have been rotated.*Test with `callsheet check --online`/);
    expect(run.err).not.toContain(SECRET);
    expect(requestCounts(run)).toEqual({ signIns: 1, queries: 0 });
  },
);

test("A2, R-02: a client of another region gets a message that names the region and its host", async () => {
  const run = await runWith([], { clients: [{ id: "of-another-region", secret: "s" }], env: ANOTHER_CLIENT });
  expectRefused(run, 4, /in region eu_west_1 \(127\.0\.0\.1:\d+\)/);
  expect(run.err).toContain("a client of another region looks exactly like a wrong secret");
});

const ANOTHER_CLIENT = { GENESYSCLOUD_OAUTHCLIENT_ID: "5d0c2f4e-of-here", GENESYSCLOUD_OAUTHCLIENT_SECRET: SECRET };

test("A3: a sign-in that is refused for a while is waited for as long as it asks", async () => {
  const run = await runWith([
    tooManyRequests({ path: "/oauth/token", retryAfter: 17 }),
    serverError({ path: "/oauth/token", retryAfter: 5, status: 503 }),
  ]);
  expectComplete(run);
  expect(Math.max(...run.project.clock.waits)).toBeGreaterThanOrEqual(17_000);
});

test("A3, R-23: a sign-in that never works ends after a few tries, with its own words and no secret", async () => {
  const run = await runWith([serverError({ path: "/oauth/token", status: 503, ...FOR_EVER })]);
  expectRefused(run, 7, "error genesys.unavailable: Gave up after 6 tries: The sign-in host answered 503");
  expect(requestCounts(run).signIns).toBeLessThanOrEqual(4 * 6);
  expect(run.err).not.toContain(run.project.simulator.clientSecret);
});

test("A4, R-22: a token that ends mid-paging costs four parallel slices one more sign-in, and no row", async () => {
  const run = await runWith([expiredToken({ path: DETAILS_QUERY, nth: 6 })]);
  expectComplete(run);
  expect(requestCounts(run).signIns).toBe(2);
});

test("A4: every slice is refused at the same time, and they share one sign-in", async () => {
  const run = await runWith([
    expiredToken({ path: DETAILS_QUERY, nth: 1 }),
    slowAnswer({ path: "/oauth/token", ms: 30 }),
  ]);
  expectComplete(run);
  expect(requestCounts(run).signIns).toBe(2);
});

test("A5: a client that is switched off ends the run after one fresh token", async () => {
  const run = await runWith([revokedToken({ path: DETAILS_QUERY, nth: 3 })]);
  expectRefused(run, 4, /error genesys\.unauthorized: .*refuse/);
  expect(requestCounts(run).signIns).toBe(2);
});

test.each<[string, unknown]>([
  ["no", undefined],
  ["a zero", 0],
  ["a negative", -5],
  ["a text as", "soon"],
  ["a short", 1],
  ["a year's", 31_536_000],
])("A6, R-16: %s expires_in neither ends a run nor signs in again and again", async (_name, expiresIn) => {
  const run = await runWith([oddTokenAnswer({ expires_in: expiresIn })]);
  expectComplete(run);
  expect(requestCounts(run).signIns).toBe(1);
});

test("A6: tokens that live a second are renewed at most every ten", async () => {
  const run = await runWith([
    oddTokenAnswer({ expires_in: 1 }),
    tooManyRequests({ path: DETAILS_QUERY, nth: 1, times: 12, retryAfter: 4 }),
  ]);
  expectComplete(run);
  const signedInAt = run.project.simulator.requests.filter(({ host }) => host === "login").map(({ at }) => at);
  expect(signedInAt.length).toBeGreaterThan(1);
  signedInAt.reduce((before, at) => {
    expect(at - before).toBeGreaterThanOrEqual(10_000);
    return at;
  });
});

test("a client without the permission is told which one, and where", async () => {
  const clients = [{ id: "few-rights", secret: "s", permissions: ["routing:queue:view"] }];
  const run = await runWith([], { clients });
  expectRefused(run, 5, `error genesys.forbidden: Not allowed to use ${DETAILS_QUERY}`);
  expect(run.err).toContain("analytics:conversationDetail:view");
  expect(run.err).toMatch(/correlation id [0-9a-f-]{36}/);
  expect(requestCounts(run).signIns).toBe(1);
});

test.each([
  ["the sign-in host", "/oauth/token", "it is not the sign-in host of Genesys Cloud"],
  ["the API host", DETAILS_QUERY, "it is not the API of Genesys Cloud"],
])("A10: a captive network's page instead of %s is named as such, and not asked twice", async (_name, path, words) => {
  const run = await runWith([htmlSignInPage({ path, ...FOR_EVER })]);
  expectRefused(run, 7, words);
  expect(run.err).toContain("error genesys.not_the_api: ");
  expect(requestCounts(run).signIns).toBe(1);
});

test("A10: a sign-in host that redirects is not followed with the secret", async () => {
  const run = await runWith([redirect({ path: "/oauth/token", to: "http://127.0.0.1:9/oauth/token", ...FOR_EVER })]);
  expectRefused(run, 7, "answered 302 and no token");
});

test("R-01: credentials go to the login host in a Basic header, with nothing else in the body", async () => {
  const run = await runWith([], { centre: smallCentre([]) });
  const [first] = run.project.simulator.requests;
  expect(first).toMatchObject({ host: "login", method: "POST", path: "/oauth/token", status: 200 });
  expect(first?.body).toBe("grant_type=client_credentials");
});
