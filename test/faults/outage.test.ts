/** A service that is down, or that fails over one thing for good: what is asked, how often, and what the person is told. */
import { expect, test } from "vitest";
import type { Fault } from "../../simulator/faults/fault.ts";
import { resetConnection } from "../../simulator/faults/reset-connection.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { errorAnswer } from "../../simulator/routes/answer.ts";
import { createTestClock } from "../support/test-clock.ts";
import {
  DAYS,
  DETAILS_QUERY,
  expectComplete,
  expectRefused,
  openProject,
  PER_DAY,
  runIn,
  runWith,
} from "./details-report.ts";

const FOR_EVER = { times: Number.POSITIVE_INFINITY };

/** Requests of the report when nothing fails: limits, three pages of each day. */
const NORMAL = 1 + DAYS.length * Math.ceil(PER_DAY / 100);

function reportOf(name: string, interval: string, source: string): string {
  return `report: ${name}
timeZone: UTC
interval: ${interval}
source: ${source}
rows: conversation
columns: [conversation.id]
export: [csv]
`;
}

function apiRequests({ project }: { project: { simulator: { requests: readonly { host: string }[] } } }): number {
  return project.simulator.requests.filter(({ host }) => host === "api").length;
}

test.each<[string, Fault]>([
  ["503", serverError({ ...FOR_EVER })],
  ["500", serverError({ status: 500, ...FOR_EVER })],
  ["a gateway's 502", serverError({ status: 502, body: "html", ...FOR_EVER })],
  ["a reset connection", resetConnection({ when: "beforeHeaders", ...FOR_EVER })],
])(
  "C8: when everything is answered with %s the circuit opens: at most twice the usual requests, then it is said",
  async (_name, fault) => {
    const run = await runWith([fault]);
    expectRefused(run, 7, /error genesys\.unavailable: Genesys Cloud is down: \d+ requests in a row failed/);
    expect(run.err).toContain("run again when it is back");
    expect(apiRequests(run)).toBeLessThanOrEqual(2 * NORMAL);
  },
);

test("C8: an outage in the middle of a run is waited for, and no row is lost", async () => {
  const clock = createTestClock();
  const backAt = clock.now() + 25_000;
  const down: Fault = { ...serverError(FOR_EVER), applies: (_request, nth) => nth > 5 && clock.now() < backAt };
  const run = await runWith([down], { clock });
  expectComplete(run);
  expect(apiRequests(run)).toBeLessThanOrEqual(2 * NORMAL);
});

test("C8: when only the query fails, the limits answer, and the run ends by the query's own tries", async () => {
  const run = await runWith([serverError({ path: DETAILS_QUERY, ...FOR_EVER })]);
  expectRefused(run, 7, /error genesys\.unavailable: Gave up after \d tries: Genesys Cloud answered 503/);
  expect(apiRequests(run)).toBeLessThanOrEqual(3 * NORMAL);
});

test("C8: many slices whose queries all fail share one quota of retries", async () => {
  const failing = serverError({ path: DETAILS_QUERY, ...FOR_EVER });
  const files = { "reports/forty-days.yaml": reportOf("forty-days", "2024-04-01/2024-05-11", "details_query") };
  const project = await openProject({ faults: [failing], files });
  const { exitCode, err } = await project.run(["run", "forty-days"]);
  expect([exitCode, err.includes("error genesys.unavailable: Gave up after")]).toEqual([7, true]);
  // Sixteen slices are asked at first; each would be asked six times without a quota.
  expect(project.simulator.faults.struck(failing)).toBeLessThanOrEqual(16 + 24 + 16);
});

test("C7: a quarter of an hour that the service never answers is named exactly, and the retries do not grow with the halves", async () => {
  const quarter = Date.parse("2024-04-14T01:30:00Z");
  const covers = (body: unknown): boolean => {
    const [start = "", end = ""] = String((body as { interval?: unknown } | undefined)?.interval).split("/");
    return Date.parse(start) <= quarter && quarter < Date.parse(end);
  };
  const fault = {
    ...serverError({ path: DETAILS_QUERY, status: 500, ...FOR_EVER }),
    concerns: ({ body }: { body: unknown }) => covers(body),
  };
  const project = await openProject({ faults: [fault] });
  const run = await runIn(project);
  expectRefused(
    run,
    7,
    "error genesys.unavailable: No answer even for the narrowest interval, 2024-04-14T01:30:00.000Z/2024-04-14T01:52:00.000Z: ",
  );
  expect(run.err).toContain("Genesys Cloud answered 500");
  expect(run.err).toMatch(/correlation id [0-9a-f-]{36}/);
  expect(project.simulator.faults.struck(fault)).toBeLessThanOrEqual(10 * 6);
});

test("A8: a permission that is missing where a job is submitted is named with its endpoint, after one try", async () => {
  const path = "/api/v2/analytics/conversations/details/jobs";
  const words =
    "Unable to perform the requested action. You must have at least one of the following permissions assigned: [analytics:conversationDetail:view]";
  const forbidden: Fault = {
    name: "forbidden",
    concerns: (request) => request.method === "POST" && request.path === path,
    applies: () => true,
    instead: () => errorAnswer(403, "missing.any.permissions", words),
  };
  const files = { "reports/by-job.yaml": reportOf("by-job", "2024-05-01/2024-05-05", "details_job") };
  const project = await openProject({ faults: [forbidden], files });
  const { exitCode, err } = await project.run(["run", "by-job"]);
  expect([exitCode, project.simulator.faults.struck(forbidden)]).toEqual([5, 1]);
  expect(err).toContain(`error genesys.forbidden: Not allowed to use ${path}: `);
  expect(err).toContain("analytics:conversationDetail:view");
  expect(err).toContain("in every division that the report covers");
});
