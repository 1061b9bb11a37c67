// What can happen to a report that aggregates answer: a query too heavy for the service, a job that fails, never ends or
// loses its results half-way, pages that go round, answers of another shape. Every case ends with the same file as
// without the fault, or with an error and no file.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { type Fault, on, type Selection } from "../../simulator/faults/fault.ts";
import {
  cursorRejected,
  jobCancelled,
  jobFails,
  jobNeverEnds,
  resultsExpire,
} from "../../simulator/faults/job-faults.ts";
import type { Answer } from "../../simulator/routes/answer.ts";
import { type Project, startProject } from "./start-project.ts";

const CENTRE = generateCentre({ count: 300, seed: 5, start: "2024-03-01", days: 90 });
const SUBMISSION = { method: "POST", path: /\/aggregates\/jobs$/ };
const QUERY = { method: "POST", path: /\/aggregates\/query$/ };
const RESULTS = { method: "GET", path: /\/aggregates\/jobs\/[^/]+\/results$/ };

const ROUND = { results: [], cursor: "again" };

/** By the hour a quarter is a job, and its results have several pages. */
const QUARTER = reportOf("time.hour");
/** By the day it is a query. */
const BY_DAY = reportOf("time.day");

test.each<readonly [string, Fault]>([
  ["D1: a job that ends as FAILED is submitted once more", jobFails(SUBMISSION)],
  ["D1: a job that is cancelled is submitted once more", jobCancelled(SUBMISSION)],
  ["D4: results that lapse after the first page are read anew", resultsExpire({ afterPages: 1, ...SUBMISSION })],
  ["D5: a cursor that is refused begins the reading anew", cursorRejected({ atPage: 2, ...SUBMISSION })],
])("%s, and nothing counts twice", async (_claim, fault) => {
  const plain = await run(QUARTER, []);
  const { project, ...struck } = await run(QUARTER, [fault]);

  expect(plain.csv?.length).toBeGreaterThan(1000);
  expect(count(plain.project, RESULTS)).toBeGreaterThan(2);
  expect(struck).toMatchObject({ exitCode: 0, csv: plain.csv });
  expect(count(project, SUBMISSION)).toBe(2);
});

test.each<readonly [string, Fault, number, string, string]>([
  [
    "D1: a job that fails twice",
    jobFails({ ...SUBMISSION, message: "Too many segments", times: 2 }),
    7,
    "genesys.job_failed",
    "An aggregates job ended as FAILED: Too many segments",
  ],
  ["D2: a job that never ends", jobNeverEnds(SUBMISSION), 14, "genesys.job_unfinished", "after 60 minutes"],
  [
    "D4: results that lapse every time",
    resultsExpire({ afterPages: 1, times: 99, ...SUBMISSION }),
    7,
    "genesys.results_expired",
    "The results of an aggregates job lapsed",
  ],
  [
    "a cursor that leads back",
    { name: "round", ...on({ ...RESULTS, times: Infinity }), instead: () => ({ status: 200, json: ROUND }) },
    8,
    "genesys.unexpected_answer",
    "The results of an aggregates job go round: page 2",
  ],
  [
    "results of another kind",
    answering(RESULTS, () => ({ conversations: [] })),
    8,
    "genesys.unexpected_answer",
    "The aggregates query answered with members conversations",
  ],
  [
    "a page that comes twice",
    answering({ ...RESULTS, times: 1 }, (json) => ({ ...json, results: [json.results, json.results].flat() })),
    8,
    "genesys.unexpected_answer",
    "for one group and bucket",
  ],
])("%s ends the run without a file", async (_claim, fault, exitCode, code, message) => {
  const { err, ...ended } = await run(QUARTER, [fault]);

  expect(ended).toMatchObject({ exitCode, csv: undefined });
  expect(err).toContain(`error ${code}: `);
  expect(err).toContain(message);
});

test("a query that the service does not finish in time is asked again as a job", async () => {
  const plain = await run(BY_DAY, []);
  const timeout: Fault = { name: "timeout", ...on({ ...QUERY, times: Infinity }), instead: () => ({ status: 504 }) };
  const { project, ...struck } = await run(BY_DAY, [timeout]);

  expect(count(plain.project, SUBMISSION)).toBe(0);
  expect(struck).toMatchObject({ exitCode: 0, csv: plain.csv });
  expect([count(project, QUERY), count(project, SUBMISSION)]).toEqual([3, 1]);
});

test("a bucket of another time answers another question, and ends the run", async () => {
  const { exitCode, err, csv } = await run(BY_DAY, [
    answering(QUERY, () => ({ results: [{ group: {}, data: [{ interval: "2023-01-01T00:00Z/2023-01-02T00:00Z" }] }] })),
  ]);
  expect([exitCode, csv]).toEqual([8, undefined]);
  expect(err).toContain("a bucket outside the interval that was asked for");
});

describe("what nobody could verify about the service", () => {
  test.each([200, 202] as const)("a job may be accepted and awaited with status %s", async (runningJobStatus) => {
    const accepted: Fault = {
      name: "accepted",
      ...on({ ...SUBMISSION, times: Infinity }),
      alter: (answer) => ({ ...answer, status: runningJobStatus }),
    };
    const plain = await run(QUARTER, []);
    const { project, ...other } = await run(QUARTER, [accepted], { runningJobStatus });
    expect(other).toMatchObject({ exitCode: 0, csv: plain.csv });
    expect(count(project, SUBMISSION)).toBe(1);
  });

  test.each(["emptyList", "absent"] as const)("nothing may be an %s", async (emptyAggregates) => {
    for (const width of ["time.hour", "time.day"]) {
      const { project, ...other } = await run(reportOf(width, "2023-01-01/2023-04-01"), [], { emptyAggregates });
      expect(other.exitCode).toBe(0);
      expect(other.csv).toMatch(/^[^\n]*,answered,talk_seconds\r\n$/);
      expect(other.out).toContain("! none was emitted in the window");
      expect(project.simulator.violations).toEqual([]);
    }
  });
});

function reportOf(width: string, interval = "2024-03-01/2024-06-01"): string {
  return `report: stated
timeZone: UTC
interval: ${interval}
timeBasis: eventTime
groupBy: [routing.queue.id, agent.id, ${width}]
measures: [answered, talk_seconds]
export: [csv]
`.replace(width === "time.day" ? "agent.id, " : "", "");
}

/** Changes the answers to some requests. */
function answering(selection: Selection, change: (json: { readonly results?: unknown[] }) => object): Fault {
  const altered = (answer: Answer): Answer => ({ ...answer, json: change(Object(answer.json)) });
  return { name: "answering", ...on({ times: Infinity, ...selection }), alter: altered };
}

interface Ended {
  readonly project: Project;
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly csv: string | undefined;
}

type Switches = Parameters<typeof startProject>[0]["switches"];

async function run(report: string, faults: readonly Fault[], switches: Switches = {}): Promise<Ended> {
  const files = { "stated.yaml": report };
  const project = await startProject({ centre: CENTRE, rateLimitPerMinute: 10_000, files, faults, switches });
  const { exitCode, out, err } = await project.run(["run", "stated.yaml", "--out", "out"]);
  const path = join(project.folder, "out/stated.csv");
  expect(project.simulator.violations).toEqual([]);
  return { project, exitCode, out, err, csv: existsSync(path) ? readFileSync(path, "utf8") : undefined };
}

function count({ simulator }: Project, { method, path }: { readonly method: string; readonly path: RegExp }): number {
  return simulator.requests.filter(
    (request) => request.method === method && path.test(request.path.split("?", 1)[0] ?? ""),
  ).length;
}
