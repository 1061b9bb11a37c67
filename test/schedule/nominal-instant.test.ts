// A run that is given an instant asks for the window of that instant, whatever the clock says: late by hours, by a day of
// a clock change, after a step back. The simulator's conversations are those of March 2024.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { serverError } from "../../simulator/faults/server-error.ts";
import { DETAILS_QUERY, fourDays } from "../faults/details-report.ts";
import { startProject } from "../faults/start-project.ts";
import { openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const report = (interval: string, zone: string): string =>
  `report: calls\ntimeZone: ${zone}\ninterval: ${interval}\nmeasures: [conversation_count]\nexport: [json]\nsource: details_query\nschedule: { cron: 0 2 * * * }\n`;

let project: Project;
beforeAll(async () => {
  project = await openProject({ files: { "callsheet.yaml": "store: { retention: off }\n" } });
});
afterAll(async () => await project.close());

const Done = z.object({ runId: z.string() });
const Told = z.object({ interval: z.string(), nominalAt: z.string().exactOptional(), startedAt: z.string() });

async function runAt(
  nowAt: string,
  ...args: string[]
): Promise<Outcome & { runId: string; manifest: z.infer<typeof Told> }> {
  const clock = createTestClock(Date.parse(nowAt));
  const outcome = await project.callsheet(["run", "calls", "--json", ...args], { clock });
  expect(outcome.err).not.toContain("error");
  const { runId } = Done.parse(JSON.parse(outcome.out));
  const manifest = Told.parse(JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`)));
  return { ...outcome, runId, manifest };
}

describe("R-65: a run with a nominal instant asks for the window of that instant", () => {
  const CASES: readonly (readonly [
    what: string,
    zone: string,
    interval: string,
    at: string,
    nowAt: string,
    window: string,
  ])[] = [
    [
      "hours late",
      "UTC",
      "yesterday",
      "2024-03-12T02:00:00Z",
      "2024-03-12T23:59:59Z",
      "2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z",
    ],
    [
      "a week late",
      "UTC",
      "yesterday",
      "2024-03-12T02:00:00Z",
      "2024-03-19T04:00:00Z",
      "2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z",
    ],
    [
      "on a clock that went back",
      "UTC",
      "yesterday",
      "2024-03-12T02:00:00Z",
      "2024-03-12T01:00:00Z",
      "2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z",
    ],
    [
      "the day of 23 hours",
      "Europe/Berlin",
      "yesterday",
      "2024-04-01T00:00:00Z",
      "2024-04-02T09:00:00Z",
      "2024-03-30T23:00:00.000Z/2024-03-31T22:00:00.000Z",
    ],
    [
      "the day of 25 hours",
      "Europe/Berlin",
      "yesterday",
      "2023-10-30T01:00:00Z",
      "2024-04-02T09:00:00Z",
      "2023-10-28T22:00:00.000Z/2023-10-29T23:00:00.000Z",
    ],
    [
      "the week of 167 hours",
      "America/New_York",
      "last week",
      "2024-03-11T12:00:00Z",
      "2024-04-02T09:00:00Z",
      "2024-03-04T05:00:00.000Z/2024-03-11T04:00:00.000Z",
    ],
    [
      "a month up to the instant",
      "UTC",
      "month to date",
      "2024-03-12T02:00:00Z",
      "2024-03-19T04:00:00Z",
      "2024-03-01T00:00:00.000Z/2024-03-12T02:00:00.000Z",
    ],
  ];
  test.each(CASES)("%s", async (_what, zone, interval, at, nowAt, window) => {
    project.write("reports/calls.yaml", report(interval, zone));

    const { manifest } = await runAt(nowAt, "--at", at);

    expect(manifest).toMatchObject({
      interval: window,
      nominalAt: new Date(at).toISOString(),
      startedAt: new Date(nowAt).toISOString(),
    });
  });
});

test("R-65: without an instant it is the clock's, and the manifest names none", async () => {
  project.write("reports/calls.yaml", report("yesterday", "UTC"));

  const { manifest } = await runAt("2024-03-12T02:00:00Z");

  expect(manifest.interval).toBe("2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z");
  expect(manifest).not.toHaveProperty("nominalAt");
});

test("a run that is resumed keeps its instant and its window, and is not taken for that of another instant", async () => {
  const files = { "callsheet.yaml": "store: { retention: off }\n", "reports/calls.yaml": report("last 3 days", "UTC") };
  const third = serverError({ path: DETAILS_QUERY, page: 3, status: 503, times: Number.POSITIVE_INFINITY });
  const faulty = await startProject({ centre: fourDays(), rateLimitPerMinute: 10_000, files, faults: [third] });
  const first = await faulty.run(["run", "calls", "--at", "2024-04-08T02:00:00Z"]);
  const runId = /--resume (\S+)/.exec(first.err)?.[1] ?? "";
  faulty.simulator.faults.clear();

  const other = await faulty.run(["run", "calls", "--resume", runId, "--at", "2024-04-09T02:00:00Z"]);
  expect(other).toMatchObject({
    exitCode: 3,
    err: `error run.not_resumable: Cannot resume run ${runId}: it is not the run of 2024-04-09T02:00:00.000Z\n  Leave the instant out: a resumed run keeps its own.\n`,
  });
  expect((await faulty.run(["run", "calls", "--resume", runId])).exitCode).toBe(0);
  const manifest = readFileSync(join(faulty.folder, ".callsheet/runs", runId, "manifest.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({
    interval: "2024-04-05T00:00:00.000Z/2024-04-08T00:00:00.000Z",
    nominalAt: "2024-04-08T02:00:00.000Z",
  });
});

test("explain --at plans the window of the instant", async () => {
  project.write("reports/calls.yaml", report("yesterday", "UTC"));

  const { out } = await project.callsheet(["explain", "calls", "--at", "2024-03-12", "--json"]);

  expect(JSON.parse(out)).toMatchObject({ interval: "2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z" });
});

test("--at refuses what is no instant", async () => {
  for (const at of ["yesterday", "2024-03-12T02:00", "2024-02-30"])
    expect(await project.callsheet(["run", "calls", "--at", at])).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining(
        `error definition.interval_invalid: --at: cannot read "${at}" as an instant\n  Write it with its offset`,
      ),
    });
});
