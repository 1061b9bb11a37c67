/** What the network does to an answer: cut, damaged, slow, huge, elsewhere. Nothing partial is ever taken for data. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { gzipBomb } from "../../simulator/faults/gzip-bomb.ts";
import { changedRows } from "../../simulator/faults/moving-rows.ts";
import { redirect } from "../../simulator/faults/redirect.ts";
import { resetConnection } from "../../simulator/faults/reset-connection.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { slowAnswer } from "../../simulator/faults/slow-answer.ts";
import { deepNesting, errorWithStatus200, malformedJson, spoiledBytes } from "../../simulator/faults/spoiled-body.ts";
import { tooManyRequests } from "../../simulator/faults/too-many-requests.ts";
import { truncatedBody } from "../../simulator/faults/truncated-body.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { createTestClock } from "../support/test-clock.ts";
import {
  DAYS,
  DETAILS_QUERY,
  expectComplete,
  expectRefused,
  idOf,
  openProject,
  requestCounts,
  runIn,
  runWith,
} from "./details-report.ts";

const FOR_EVER = { times: Number.POSITIVE_INFINITY };
const QUERY = { path: DETAILS_QUERY };
const NAME = "Jane Doe +1 555 0100";

test("E1: a refused connection is named, after the usual tries", async () => {
  const run = await runWith([], { env: { CALLSHEET_GENESYS_LOGIN_URL: "http://127.0.0.1:1" } });
  expectRefused(
    run,
    7,
    "error genesys.unavailable: Gave up after 6 tries: Cannot reach 127.0.0.1:1: connection refused",
  );
});

test("E1: an unknown host is named, with the settings that name it", async () => {
  const host = `${"x".repeat(64)}.invalid`;
  const run = await runWith([], { env: { CALLSHEET_GENESYS_LOGIN_URL: `https://${host}` } });
  expectRefused(run, 7, new RegExp(`Cannot reach ${host}: (no such host|its name cannot be looked up)`));
});

test.each(["beforeHeaders", "midBody"] as const)(
  "E3: a connection that is reset %s costs one more request",
  async (when) => {
    const run = await runWith([resetConnection({ ...QUERY, nth: 5, when })]);
    expectComplete(run);
    expect(run.manifest).toMatchObject({ counts: { retries: 1 } });
  },
);

test("E3: connections that are always reset end the run", async () => {
  const run = await runWith([resetConnection({ ...QUERY, when: "midBody", ...FOR_EVER })]);
  expectRefused(run, 7, /error genesys\.(unavailable|broken_answer): Gave up after 6 tries/);
});

const TRUNCATIONS = [
  "shortOfContentLength",
  "chunkedWithoutEnd",
  "closeDelimited",
  "gzipCut",
  "gzipWithoutTrailer",
  "gzipWrongChecksum",
] as const;

test.each(TRUNCATIONS)("E4: a body that is cut (%s) is asked for again", async (kind) => {
  const run = await runWith([truncatedBody({ ...QUERY, kind, nth: 3 })]);
  expectComplete(run);
  expect(run.manifest).toMatchObject({ counts: { retries: 1 } });
});

test.each(TRUNCATIONS)("E4: bodies that are always cut (%s) end the run, and nothing of them is kept", async (kind) => {
  expectRefused(await runWith([truncatedBody({ ...QUERY, kind, ...FOR_EVER })]), 7, "error genesys.");
});

test("E5: malformed JSON once is asked for again", async () => {
  expectComplete(await runWith([malformedJson({ ...QUERY, nth: 2 })]));
});

test("E5, R-32: malformed JSON for ever ends the run, and its text is shown to nobody, not even with --debug", async () => {
  const spoil = (text: string): string => text.replace(/"conversationId":/, `"participantName": ${NAME},`);
  const project = await openProject({ faults: [malformedJson({ ...QUERY, spoil, ...FOR_EVER })] });
  const outcome = await project.run(["run", "every-conversation"], undefined, true);
  expect(outcome.exitCode).toBe(7);
  expect(outcome.err).toContain(
    "error genesys.broken_answer: Gave up after 6 tries: An answer of Genesys Cloud was damaged",
  );
  expect(outcome.err + outcome.out).not.toMatch(/Jane|555|20240501-/);
});

test("E5: an error with status 200 is no page", async () => {
  const run = await runWith([errorWithStatus200({ ...QUERY, ...FOR_EVER })]);
  expectRefused(run, 8, "error genesys.unexpected_answer: The details query answered with message, code, status");
});

test("E6: a bomb is refused at its size", async () => {
  const project = await openProject({ faults: [gzipBomb({ ...QUERY, bytes: 130 * 2 ** 20, ...FOR_EVER })] });
  const outcome = await project.run(["run", "every-conversation", "--interval", "2024-04-01/2024-04-02"]);
  expect([outcome.exitCode, outcome.out]).toEqual([8, ""]);
  expect(outcome.err).toContain("error genesys.unexpected_answer: An answer unpacks to more than 134217728 bytes");
});

test("E6: a million lists inside each other neither crash the run nor send it round", async () => {
  const run = await runWith([deepNesting({ ...QUERY, ...FOR_EVER })]);
  expectRefused(run, 8, "error genesys.unexpected_answer: The details query answered with a list of something else");
  expect(requestCounts(run).queries).toBeLessThanOrEqual(DAYS.length);
});

test("bytes that are no UTF-8, marks and odd characters change no row, and the files are valid UTF-8", async () => {
  const odd = changedRows({ change: (row) => ({ ...row, externalTag: "\ud800 \u0000 \u202e 𐍈" }) });
  const spoil = (bytes: Buffer): Buffer => {
    const at = bytes.indexOf('"externalTag":"') + '"externalTag":"'.length;
    const marked = Buffer.concat([Buffer.from("\ufeff"), bytes.subarray(0, at), Buffer.of(0xc3, 0x28, 0xff)]);
    return Buffer.concat([marked, bytes.subarray(at)]);
  };
  const run = await runWith([odd, spoiledBytes({ ...QUERY, spoil, ...FOR_EVER })]);
  expectComplete(run);
  for (const name of ["every-conversation.csv", "every-conversation.json", "manifest.json"]) {
    const bytes = readFileSync(join(run.project.folder, "out", name));
    expect(Buffer.from(bytes.toString("utf8"))).toEqual(bytes);
  }
});

test("E8: an id that came as a huge number is not rounded into another one, but kept aside and counted", async () => {
  const id = idOf(DAYS[0], 3);
  const spoil = (text: string): string => text.replace(`"conversationId":"${id}"`, '"conversationId":9007199254740993');
  const run = await runWith([malformedJson({ ...QUERY, spoil, ...FOR_EVER })]);
  expect(run.exitCode).toBe(0);
  expect(run.rows?.map((row) => row["conversation.id"])).not.toContain(id);
  expect(JSON.stringify(run.rows)).not.toContain("9007199254740992");
  expect(run.manifest).toMatchObject({ completeness: "provisional", counts: { rejected: 1 } });
});

test.each([301, 302, 303, 307, 308] as const)(
  "E9: a redirect (%i) is not followed, and the token goes nowhere",
  async (status) => {
    const elsewhere = await recordingServer();
    const run = await runWith([redirect({ ...QUERY, status, to: `${elsewhere.url}/taken`, ...FOR_EVER })]);
    expectRefused(run, 7, `was answered with a redirect (${status}), which is not followed`);
    expect(run.err).toContain("error genesys.not_the_api: ");
    expect(elsewhere.requests).toEqual([]);
  },
);

test.each([
  ["the sign-in", slowAnswer({ path: "/oauth/token", ms: 60_000 })],
  ["an answer", slowAnswer({ ...QUERY, ms: 60_000 })],
  ["the rest of an answer", slowAnswer({ ...QUERY, stage: "afterHeaders", ms: 60_000 })],
])("R-35: a run that is stopped while it waits for %s ends at once", async (_name, fault) => {
  const stop = new AbortController();
  const project = await openProject({ faults: [fault] });
  const running = runIn(project, stop.signal);
  await expect.poll(() => project.simulator.faults.struck(fault)).toBe(1);
  stop.abort(new ReportError("process.stopping", "Stopped before the end. Nothing was published"));
  expectRefused(await running, 130, "error process.stopping: Stopped before the end");
});

test.each([
  ["Retry-After", tooManyRequests({ ...QUERY, retryAfter: 60, ...FOR_EVER })],
  ["a retry", serverError({ ...QUERY, ...FOR_EVER })],
])("R-35: a run that is stopped while it waits for %s ends at once", async (_name, fault) => {
  const stop = new AbortController();
  const clock = createTestClock();
  const sleep = async (durationMs: number, signal: AbortSignal): Promise<void> => {
    stop.abort(new ReportError("process.stopping", "Stopped before the end. Nothing was published"));
    await clock.sleep(durationMs, signal);
  };
  const project = await openProject({ faults: [fault], clock: { ...clock, sleep } });
  expectRefused(await runIn(project, stop.signal), 130, "error process.stopping: Stopped before the end");
  expect(clock.waits.length).toBeLessThanOrEqual(DAYS.length);
});

/** A server that answers nothing useful and remembers who asked. */
async function recordingServer(): Promise<{ readonly url: string; readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests };
}
