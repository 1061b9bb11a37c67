// What a details job can do to a report: fail, never end, lose its results half-way, know less than the window asks.
// Every case ends with every conversation once, or with an error and no files.
import { expect, test } from "vitest";
import type { Conversation } from "../../simulator/conversations/centre.ts";
import { stableId } from "../../simulator/conversations/stable-id.ts";
import type { Fault } from "../../simulator/faults/fault.ts";
import {
  cursorRejected,
  jobCancelled,
  jobFails,
  jobNeverEnds,
  resultsExpire,
} from "../../simulator/faults/job-faults.ts";
import { conversation, smallCentre } from "../simulator/small-centre.ts";
import { createTestClock } from "../support/test-clock.ts";
import { tooManyRequests } from "../../simulator/faults/too-many-requests.ts";
import { fourDays, type ReportRun, runWith } from "./details-report.ts";

const JOB_REPORT = `report: every-conversation
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
source: details_job
rows: conversation
columns: [conversation.id, conversation.start]
export: [csv, json]
`;

/** More than one page of job results. */
const PER_DAY = 400;
const ALL = PER_DAY * 4;

test.each<readonly [string, Fault]>([
  ["FAILED", jobFails()],
  ["CANCELLED", jobCancelled()],
])("D1: a job that ends as %s is submitted once more", async (_state, fault) => {
  const run = await runJob([fault]);

  expectEveryConversation(run);
  expect(submissions(run)).toBe(2);
});

test("D1: a job that fails twice ends the run with the service's message and no files", async () => {
  const run = await runJob([jobFails({ message: "Too many segments", times: 2 })]);

  expect(run.exitCode).toBe(7);
  expect(codeOf(run)).toBe("genesys.job_failed");
  expect(run.err).toContain("A details job ended as FAILED: Too many segments");
  expect(run.rows).toBeUndefined();
  expect(submissions(run)).toBe(2);
});

test("D2: a job that never ends is given up after an hour, without a storm of questions", async () => {
  const run = await runJob([jobNeverEnds()]);

  expect(run.exitCode).toBe(14);
  expect(codeOf(run)).toBe("genesys.job_unfinished");
  expect(run.rows).toBeUndefined();
  expect(asked(run, /\/details\/jobs\/[^/]+$/)).toBeLessThan(150);
});

test.each<readonly [string, Fault]>([
  ["D4: results that lapse after the first page", resultsExpire({ afterPages: 1 })],
  ["D5: a cursor that is refused", cursorRejected({ atPage: 2 })],
])("%s begin the slice anew, and nothing of the two jobs is mixed", async (_name, fault) => {
  const run = await runJob([fault]);

  expectEveryConversation(run);
  expect(submissions(run)).toBe(2);
});

test("D4: results that lapse every time end the run as unavailable", async () => {
  const run = await runJob([resultsExpire({ afterPages: 1, times: 99 })]);

  expect(run.exitCode).toBe(7);
  expect(codeOf(run)).toBe("genesys.results_expired");
  expect(run.rows).toBeUndefined();
  expect(submissions(run)).toBe(3);
});

test("D6: a window beyond the end of the jobs' data is completed by the query", async () => {
  const run = await runJob([], { dataAvailability: { at: Date.parse("2024-04-14T10:00:00Z") } });

  expectEveryConversation(run);
  expect(run.manifest).toMatchObject({ source: "details_job and details_query", completeness: "complete" });
});

test("D6: a window that the jobs' data do not reach at all is asked of the query", async () => {
  const run = await runJob([], { dataAvailability: { at: Date.parse("2024-04-01T10:00:00Z") } });

  expectEveryConversation(run);
  expect(run.manifest).toMatchObject({ source: "details_query", completeness: "complete" });
  expect(submissions(run)).toBe(0);
});

test("D7: a conversation that two jobs bring, or that began before the window, is not counted twice or at all", async () => {
  const crossing = (start: string, end: string): Conversation =>
    conversation({ id: stableId("crossing", start), start, end });
  const centre = smallCentre([
    crossing("2024-03-31T23:50:00Z", "2024-04-01T00:10:00Z"),
    crossing("2024-04-30T23:50:00Z", "2024-05-02T00:10:00Z"),
    crossing("2024-05-31T23:50:00Z", "2024-06-01T00:10:00Z"),
  ]);
  const report = JOB_REPORT.replace(/interval: .*/, "interval: 2024-04-01/2024-06-01");
  const clock = createTestClock(Date.UTC(2024, 6, 1));
  const run = await runWith([], { centre, clock, files: { "reports/every-conversation.yaml": report } });
  expect(run.rows?.map((row) => row["conversation.start"])).toEqual([
    "2024-04-30T23:50:00.000+00:00",
    "2024-05-31T23:50:00.000+00:00",
  ]);
  expect(run.manifest).toMatchObject({ counts: { duplicates: 1, outsideWindow: 1, unique: 2 } });
});

/** A window of twelve jobs, each of which takes twenty looks at it. */
const A_YEAR: Options = {
  files: { "reports/every-conversation.yaml": JOB_REPORT.replace("2024-04-01T", "2023-05-01T") },
};
const SLOW = { queuedPolls: 10, pendingPolls: 10 };

test("D8: jobs that the organisation has no room for wait their turn, and are not refused again and again", async () => {
  const run = await runJob([], { ...A_YEAR, jobs: { concurrentMaximum: 2, ratePerSecond: 100, pace: SLOW } });

  expectEveryConversation(run);
  expect(submissions(run)).toBe(12);
  expect(asked(run, /\/limits\/namespaces\/analytics$/)).toBe(1);
});

test("D8: a run of one job does not ask how many there may be", async () => {
  const run = await runJob([], { jobs: { concurrentMaximum: 1 } });

  expectEveryConversation(run);
  expect(asked(run, /\/limits\/namespaces\/analytics$/)).toBe(0);
});

test("D8: a job that others leave no room for is submitted again after the wait that the service names", async () => {
  const run = await runJob([tooManyRequests({ path: /\/details\/jobs$/, times: 3, retryAfter: 20 })]);

  expectEveryConversation(run);
  expect(submissions(run)).toBe(4);
});

type Options = NonNullable<Parameters<typeof runWith>[1]>;

async function runJob(faults: readonly Fault[], options: Options = {}): Promise<ReportRun> {
  return await runWith(faults, {
    centre: fourDays(PER_DAY),
    files: { "reports/every-conversation.yaml": JOB_REPORT },
    ...options,
  });
}

function expectEveryConversation({ exitCode, err, rows }: ReportRun): void {
  expect(err).not.toContain("error ");
  expect(exitCode).toBe(0);
  expect(rows).toHaveLength(ALL);
  expect(new Set(rows?.map((row) => row["conversation.id"])).size).toBe(ALL);
}

function codeOf({ err }: ReportRun): string | undefined {
  return /^error (\S+):/m.exec(err)?.[1];
}

function submissions(run: ReportRun): number {
  return asked(run, /\/details\/jobs$/);
}

function asked({ project }: ReportRun, path: RegExp): number {
  return project.simulator.requests.filter((request) => path.test(request.path.split("?", 1)[0] ?? "")).length;
}
