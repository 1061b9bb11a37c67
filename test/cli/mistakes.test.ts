// The seven mistakes that everybody makes first: each gives one message that says where, what and how to mend it, and
// its exit code; nothing comes on stdout and nothing is written. (A wrong region is two mistakes.)

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLS_REPORT, openProject, type Outcome, type Project } from "../support/run-report.ts";

let project: Project;
beforeAll(async () => {
  project = await openProject();
});
afterAll(async () => await project.close());

/** Runs `reports/calls.yaml` with one text replaced, and expects that nothing came of it. */
async function runWith(wanted: string, instead: string, env: Record<string, string> = {}): Promise<Outcome> {
  expect(CALLS_REPORT).toContain(wanted);
  project.write("reports/calls.yaml", CALLS_REPORT.replace(wanted, instead));
  const before = filesOfRuns();
  const outcome = await project.callsheet(["run", "calls"], { env });
  expect(outcome.out).toBe("");
  expect(filesOfRuns()).toEqual(before);
  return outcome;
}

/** Listings of names and the token are kept for the next run whatever becomes of this one. */
function filesOfRuns(): string[] {
  return project.files().filter((file) => !/^\.callsheet\/(names|clients)\//.test(file));
}

const queries = (): number => project.simulator.requests.filter(({ path }) => path.includes("details/query")).length;

describe("one message with the place and the fix", () => {
  test("B1: a wrong key is refused with the key that was probably meant", async () => {
    const { exitCode, err } = await runWith("groupBy:", "groupby:");
    expect(err).toBe(
      'error definition.unknown_word: reports/calls.yaml:6:1: Unknown key "groupby". Did you mean "groupBy"?\n',
    );
    expect(exitCode).toBe(3);
  });

  test("B1: a wrong operator is refused with the operators that there are", async () => {
    const { exitCode, err } = await runWith("operator: eq", "operator: equals");
    expect(err).toMatch(/^error definition\.invalid: reports\/calls\.yaml:5:48: .*"equals".* It takes eq, ne, in/);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(exitCode).toBe(3);
  });

  test("an unknown queue name is refused with the nearest name, before any conversation is asked for", async () => {
    const asked = queries();
    const { exitCode, err } = await runWith(
      "value: voice }",
      "value: voice }\n  - { path: routing.queue.name, operator: eq, value: Biling }",
    );
    expect(err).toMatch(/^error definition\.unknown_word: .*"Biling".*Did you mean "Billing"\?/m);
    expect(exitCode).toBe(3);
    expect(queries()).toBe(asked);
  });

  test("R-12: an empty queue list is refused and does not widen to all", async () => {
    const { exitCode, err } = await runWith(
      "value: voice }",
      "value: voice }\n  - { path: routing.queue.id, operator: in, value: [] }",
    );
    expect(err).toMatch(/^error definition\.invalid: reports\/calls\.yaml:6:\d+: .*empty/);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(exitCode).toBe(3);
  });

  test("R-14: a reversed interval is refused with both ends", async () => {
    const { exitCode, err } = await runWith("2024-03-01/2024-04-01", "2024-04-01/2024-03-01");
    expect(err).toMatch(/^error definition\.interval_invalid: reports\/calls\.yaml:3:\d+: .*2024-04-01/);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(exitCode).toBe(3);
  });

  test("A1: wrong credentials name client, region and host, are tried once, and the secret is not shown", async () => {
    const before = project.simulator.requests.length;
    const { exitCode, err } = await runWith("report: calls", "report: calls", {
      GENESYSCLOUD_OAUTHCLIENT_SECRET: "not-the-secret-7f3a",
      GENESYSCLOUD_REGION: "eu_west_1",
    });
    expect(err).toContain(`error genesys.unauthorized: Genesys Cloud refused the OAuth client`);
    expect(err).toContain("in region eu_west_1");
    expect(err).toContain(new URL(project.simulator.loginUrl).host);
    expect(err).toContain("callsheet check --online");
    expect(err).not.toContain("not-the-secret-7f3a");
    expect(err).not.toContain(project.simulator.clientId);
    expect(exitCode).toBe(4);
    expect(project.simulator.requests.slice(before).map(({ host }) => host)).toEqual(["login"]);
  });

  test("A2: a region that does not exist is refused with the nearest, and nothing is sent", async () => {
    const before = project.simulator.requests.length;
    const { exitCode, err } = await runWith("report: calls", "report: calls", { GENESYSCLOUD_REGION: "eu_wset_1" });
    expect(err).toMatch(
      /^error config\.invalid: Unknown region "eu_wset_1"\. Did you mean "eu_west_1"\?\n {2}Set genesys\.region/,
    );
    expect(exitCode).toBe(3);
    expect(project.simulator.requests).toHaveLength(before);
  });

  test("A2: a region whose sign-in host does not know the client is named as a possible cause", async () => {
    const { exitCode, err } = await runWith("report: calls", "report: calls", {
      GENESYSCLOUD_OAUTHCLIENT_ID: "11111111-2222-4333-8444-555555555555",
      GENESYSCLOUD_REGION: "eu_central_1",
    });
    expect(err).toMatch(/^error genesys\.unauthorized: .*11111111….*in region eu_central_1/m);
    expect(err).toContain("a client of another region looks exactly like a wrong secret");
    expect(exitCode).toBe(4);
  });
});
