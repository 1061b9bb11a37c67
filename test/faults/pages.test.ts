/** The pages of the details query: what is asked again and when, what is refused, and that nothing is lost or doubled. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as realTime } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Fault, type FaultRequest, on } from "../../simulator/faults/fault.ts";
import {
  changedRows,
  duplicatesAcrossPages,
  hitsChange,
  repeatPage,
  rowsOutOfOrder,
  rowsShiftBetweenPages,
} from "../../simulator/faults/moving-rows.ts";
import { serverError, timeoutOnWideIntervals } from "../../simulator/faults/server-error.ts";
import { wrongShape } from "../../simulator/faults/spoiled-body.ts";
import { tooManyRequests } from "../../simulator/faults/too-many-requests.ts";
import { conversation, smallCentre } from "../simulator/small-centre.ts";
import { createTestClock } from "../support/test-clock.ts";
import {
  DAYS,
  DETAILS_QUERY,
  expectComplete,
  expectRefused,
  fourDays,
  idOf,
  openProject,
  PER_DAY,
  requestCounts,
  runIn,
  runWith,
} from "./details-report.ts";

const FOR_EVER = { times: Number.POSITIVE_INFINITY };
const QUERY = { path: DETAILS_QUERY };
/** What four slices of three pages take when nothing goes wrong. */
const QUERIES = 12;
/** How wide a slice of a query without a filter is. */
const DAYS_OF_SLICE = 6;

test("B2, R-20: a 400 is shown with the vendor's words and the correlation id, after one request", async () => {
  const refused = serverError({ ...QUERY, status: 400, ...FOR_EVER });
  const run = await runWith([refused], { centre: fourDays(1) });
  expectRefused(
    run,
    6,
    `error genesys.query_rejected: Genesys Cloud rejected a request to ${DETAILS_QUERY} with 400: `,
  );
  expect(run.err).toMatch(/correlation id [0-9a-f-]{36}/);
  // Each of the four parallel slices may have asked before the first answer came; none asks twice.
  expect(requestCounts(run).queries).toBeLessThanOrEqual(DAYS.length);
  expect(run.project.clock.waits).toEqual([]);
});

test("C1: a 429 with Retry-After is waited out, and every slice pauses", async () => {
  const clock = createTestClock();
  // While one slice waits, the others have time enough to send all they have.
  const sleep = async (durationMs: number, signal: AbortSignal): Promise<void> => {
    await realTime(400);
    await clock.sleep(durationMs, signal);
  };
  const faults = [tooManyRequests({ ...QUERY, nth: 6, retryAfter: 30 })];
  const run = await runWith(faults, { centre: fourDays(980), clock: { ...clock, sleep } });
  expectComplete(run, 980);
  const { requests } = run.project.simulator;
  const refused = requests.findIndex(({ status }) => status === 429);
  const until = (requests[refused]?.at ?? Number.NaN) + 30_000;
  const early = requests.filter(({ at }, index) => index > refused && at < until);
  // Those that were on their way when the answer came.
  expect(early.length).toBeLessThan(DAYS.length);
});

test.each<[string, Parameters<typeof tooManyRequests>[0], number, number]>([
  ["a date", { retryAfter: { dateInSeconds: 90 } }, 89_000, 91_000],
  ["a date in the past", { retryAfter: { dateInSeconds: -3600 } }, 0, 1_000],
  ["a negative number", { retryAfter: "-5" }, 0, 1_000],
  ["garbage", { retryAfter: "soon" }, 0, 1_000],
  ["nothing", { retryAfter: "" }, 0, 1_000],
  ["two headers", { retryAfter: ["7", "99"] }, 7_000, 8_000],
  ["a fraction", { retryAfter: "2.5" }, 2_500, 3_000],
])("C2, R-21: Retry-After as %s", async (_name, options, least, most) => {
  const run = await runWith([tooManyRequests({ ...QUERY, ...options })], { centre: fourDays(1) });
  expectComplete(run, 1);
  const longest = Math.max(...run.project.clock.waits);
  expect(longest).toBeGreaterThanOrEqual(least);
  expect(longest).toBeLessThanOrEqual(most);
});

test("C2: a Retry-After of a year ends the run at once and names the wait", async () => {
  const run = await runWith([tooManyRequests({ ...QUERY, retryAfter: 31_536_000, ...FOR_EVER })]);
  expectRefused(run, 7, "error genesys.rate_limited: Genesys Cloud asks to wait 31536000 seconds");
  expect(run.project.clock.waits).toEqual([]);
});

test("C3: a 429 without Retry-After is waited out by the vendor's reset header and a second", async () => {
  const run = await runWith([tooManyRequests({ ...QUERY, resetSeconds: 12 })], { centre: fourDays(1) });
  expectComplete(run, 1);
  expect(Math.max(...run.project.clock.waits)).toBeGreaterThanOrEqual(13_000);
});

test("C3: a 429 that says nothing is waited out as long as there are tries", async () => {
  const fault = { ...tooManyRequests({ times: 5 }), concerns: ({ body }: FaultRequest) => ofDay(body, DAYS[1]) };
  const run = await runWith([fault], { centre: fourDays(1) });
  expectComplete(run, 1);
  expect(run.manifest).toMatchObject({ counts: { retries: 5 } });
  expect(run.project.clock.waits.every((wait) => wait > 0 && wait <= 30_000)).toBe(true);
});

test("C4: a limit that is halved mid-run costs less than 5 % of the requests", async () => {
  const project = await openProject({ centre: fourDays(2500), rateLimitPerMinute: 40 });
  project.simulator.faults.add({
    name: "halvedLimit",
    ...on({ ...QUERY, nth: 35 }),
    before: () => project.simulator.setRateLimit(20),
  });
  const run = await runIn(project);
  expectComplete(run, 2500);
  const statuses = project.simulator.requests.filter(({ host }) => host === "api").map(({ status }) => status);
  expect(statuses.filter((status) => status === 429).length / statuses.length).toBeLessThan(0.05);
});

test.each([500, 502, 503, 504])("C5: a single %i is asked again and counted", async (status) => {
  const run = await runWith([serverError({ ...QUERY, nth: 5, status, body: status === 502 ? "html" : "json" })]);
  expectComplete(run);
  expect(requestCounts(run).queries).toBe(QUERIES + 1);
  expect(run.manifest).toMatchObject({ counts: { retries: 1 } });
});

test("C6, R-31: a service that runs out of time over wide intervals is asked in halves, and nothing is lost", async () => {
  const run = await runWith([timeoutOnWideIntervals({ longerThanMs: 6 * 3_600_000 })], { centre: fourDays(40) });
  expectComplete(run, 40);
  expect(run.manifest?.slices).toHaveLength(DAYS.length * DAYS_OF_SLICE * 4);
});

test("C6: one slice that always fails is narrowed, the others are not asked again", async () => {
  const heavy: Fault = { ...timeoutOnWideIntervals({ longerThanMs: 12 * 3_600_000, status: 500 }) };
  const run = await runWith([
    { ...heavy, concerns: (request) => heavy.concerns(request) && ofDay(request.body, DAYS[2]) },
  ]);
  expectComplete(run);
  const asked = run.project.simulator.requests.filter(
    ({ status, body }) => status === 200 && DAYS.some((day, nth) => nth !== 2 && ofDay(body, day)),
  );
  expect(asked.filter(({ path }) => path === DETAILS_QUERY)).toHaveLength((DAYS.length - 1) * 3);
});

test("C6: a slice that fails behind its first page is fetched again in halves, each row once", async () => {
  const run = await runWith([serverError({ ...QUERY, page: 2, status: 500, times: 6 * DAYS.length })]);
  expectComplete(run);
});

test("R-18, R-34: a 503 for ever ends with the attempts told, and publishes nothing", async () => {
  const run = await runWith([serverError({ ...QUERY, status: 503, ...FOR_EVER })]);
  expectRefused(
    run,
    7,
    "error genesys.unavailable: Gave up after 6 tries: Genesys Cloud answered 503: Service Unavailable",
  );
  expect(requestCounts(run).queries).toBeLessThanOrEqual(6 * DAYS.length);
});

test("C6: a failure at the floor names the very interval, and publishes nothing", async () => {
  const run = await runWith([serverError({ ...QUERY, status: 504, ...FOR_EVER })]);
  expectRefused(
    run,
    7,
    /No answer even for the narrowest interval, 2024-04-\d\dT00:00:00\.000Z\/2024-04-\d\dT00:\d\d:00\.000Z/,
  );
  // Six days are halved nine times; each question is asked three times by each of four slices.
  expect(requestCounts(run).queries).toBeLessThanOrEqual(DAYS.length * 10 * 3);
});

test("R-18, R-19: one page and then 429 for ever is no report", async () => {
  const run = await runWith([tooManyRequests({ ...QUERY, page: 2, retryAfter: 1, ...FOR_EVER })]);
  expectRefused(run, 7, "error genesys.rate_limited: Gave up after 6 tries");
  const kept = readdirSync(join(run.project.folder, ".callsheet/runs"), { recursive: true }).map(String);
  expect(kept.filter((name) => name.endsWith("pages.ndjson"))).toHaveLength(DAYS.length);
});

test("R-21: nobody waits after the last try", async () => {
  const run = await runWith([serverError({ ...QUERY, status: 503, ...FOR_EVER })], { centre: smallCentre([]) });
  const lastAskedAt = run.project.simulator.requests.at(-1)?.at;
  expect(run.project.clock.now()).toBe(lastAskedAt);
});

test("C9: a page that is served for another one is asked for once more", async () => {
  const run = await runWith([repeatPage({ page: 2, serves: 1 })]);
  expectComplete(run);
  expect(requestCounts(run).queries).toBe(QUERIES + 1);
});

test.each([
  ["the first page for ever", [repeatPage({ serves: 1, ...FOR_EVER })]],
  ["page 1 in place of 3", [repeatPage({ page: 3, serves: 1, ...FOR_EVER })]],
  ["a last page that never ends", [repeatPage({ serves: 3, ...FOR_EVER }), hitsChange({ by: 1_000 })]],
])("C10, R-25: %s is refused, never called complete and never read on", async (_name, faults) => {
  const run = await runWith(faults);
  expectRefused(run, 8, /error genesys\.unexpected_answer: Page \d of the details query brings .* an earlier page/);
  expect(requestCounts(run).queries).toBeLessThanOrEqual(4 * DAYS.length);
});

test("rows that slip behind a page are missed, and the run says that it is incomplete", async () => {
  const run = await runWith([rowsShiftBetweenPages({ by: -1 }), hitsChange({ by: 1 })]);
  expect(run.exitCode).toBe(0);
  expect(run.manifest).toMatchObject({ completeness: "provisional" });
  expect(run.out).toContain("229 of 230 conversations arrived for 2024-04-01T00:00:00.000Z/2024-04-07T00:00:00.000Z");
});

test.each([
  ["away ahead of the page that is read", [rowsShiftBetweenPages({ by: -1 })]],
  ["away, and the count does not say so", [rowsShiftBetweenPages({ by: -1 }), hitsChange({ by: 1 })]],
])("C11, R-27: rows that move %s once are found by reading the slice again", async (_name, faults) => {
  // Each question is spoiled the first time that it is asked.
  const asked = new Map<string, FaultRequest>();
  const isFirst = (request: FaultRequest): boolean => {
    const question = JSON.stringify(request.body);
    const first = asked.get(question) ?? request;
    asked.set(question, first);
    return first === request;
  };
  const run = await runWith(faults.map((fault) => ({ ...fault, applies: isFirst })));
  expectComplete(run);
  expect(requestCounts(run).queries).toBe(2 * QUERIES);
});

test.each([
  ["a row that came in ahead", rowsShiftBetweenPages({ by: 1 })],
  ["pages that overlap by five rows", duplicatesAcrossPages({ rows: 5 })],
])("%s doubles nothing", async (_name, fault) => {
  const run = await runWith([fault]);
  expect(run.rows?.map((row) => row["conversation.id"])).toEqual(ALL_IDS);
});

test("R-07: a count that is too low does not end the paging", async () => {
  expectComplete(await runWith([hitsChange({ by: -130 })]));
});

test("R-07: every page is read, in order, with one request each", async () => {
  const run = await runWith([]);
  expectComplete(run);
  const bodies = run.project.simulator.requests.map(({ body }) => body).filter((body) => ofDay(body, "2024-04-01"));
  expect(bodies.map((body) => (body as { paging: unknown }).paging)).toEqual(
    [1, 2, 3].map((pageNumber) => ({ pageSize: 100, pageNumber })),
  );
});

test.each(["absent", "null", "emptyList"] as const)(
  "C13: no conversations (%s) is an empty report with headers",
  async (emptyPage) => {
    const run = await runWith([], { centre: smallCentre([]), switches: { emptyPage } });
    expectComplete(run, 0);
    expect(readFileSync(join(run.project.folder, "out/every-conversation.csv"), "utf8")).toBe(
      "conversation.id,conversation.start\r\n",
    );
    expect(run.out).toContain("0 conversations · complete");
  },
);

test("C14: fields that are missing, null or new do not stop a run", async () => {
  const odd = changedRows({
    change: ({ participants: _gone, divisionIds: _too, ...row }) => ({
      ...row,
      participants: null,
      originatingDirection: "sideways",
      newMember: { deep: [1] },
      conversationEnd: null,
    }),
  });
  expectComplete(await runWith([odd]));
});

test("C14: a conversation that cannot be read is kept aside with the reason, and the run says so", async () => {
  const broken = idOf(DAYS[0], 17);
  const run = await runWith([
    changedRows({
      change: (row) => (row.conversationId === broken ? { ...row, conversationStart: "yesterday" } : row),
    }),
  ]);
  expect(run.exitCode).toBe(0);
  expect(run.rows?.map((row) => row["conversation.id"])).toEqual(ALL_IDS.filter((id) => id !== broken));
  expect(run.manifest).toMatchObject({ completeness: "provisional", counts: { rejected: 1 } });
  expect(run.out).toContain("1 conversations could not be read");
});

test("C14: when many cannot be read the run is refused", async () => {
  const run = await runWith([changedRows({ change: ({ conversationId: _gone, ...row }) => row })]);
  expectRefused(run, 8, "error record.too_many_rejects: 920 of 920 conversations could not be read");
});

test("C15: rows out of order inside their pages come out in order", async () => {
  expectComplete(await runWith([rowsOutOfOrder()]));
});

test.each([
  ["the tutorial's key", { results: [], total: 3 }],
  ["a list", []],
  ["conversations that are no list", { conversations: { id: 1 } }],
])("R-06: %s instead of conversations is an error, never an empty report", async (_name, json) => {
  const run = await runWith([wrongShape({ ...QUERY, json, ...FOR_EVER })]);
  expectRefused(run, 8, "error genesys.unexpected_answer: The details query answered with ");
});

test("R-28: more than 100,000 conversations are asked for in halves, and all are there", async () => {
  const run = await runWith([tooManyHits(12 * 3_600_000)]);
  expectComplete(run);
  expect(run.manifest?.slices).toHaveLength(DAYS.length * DAYS_OF_SLICE * 2);
});

test("R-28: more than 100,000 in the narrowest interval ends with the way out", async () => {
  const run = await runWith([tooManyHits(0)]);
  expectRefused(run, 6, /error genesys\.query_rejected: More than 100,000 conversations in 2024-04-/);
  expect(run.err).toContain("Add a filter on queue, media type or direction");
});

test("R-33: each request has a body of its own: after a retry the same page is asked for, and no later one lacks a part", async () => {
  const run = await runWith([serverError({ ...QUERY, page: 2, status: 503 })]);
  expectComplete(run);
  const bodies = run.project.simulator.requests.filter(({ path }) => path === DETAILS_QUERY).map(({ body }) => body);
  for (const body of bodies) expect(Object.keys(body as object)).toEqual(["interval", "order", "orderBy", "paging"]);
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(QUERIES);
});

test("INV8: the files are the same bytes whatever went wrong on the way", async () => {
  const quiet = await runWith([]);
  const rough = await runWith([
    rowsOutOfOrder(),
    rowsShiftBetweenPages({ by: 1 }),
    timeoutOnWideIntervals({ longerThanMs: 13 * 3_600_000 }),
    tooManyRequests({ ...QUERY, nth: 20, times: 3, retryAfter: 2 }),
    serverError({ ...QUERY, nth: 25, times: 2 }),
  ]);
  for (const name of ["every-conversation.csv", "every-conversation.json"])
    expect(readFileSync(join(rough.project.folder, "out", name))).toEqual(
      readFileSync(join(quiet.project.folder, "out", name)),
    );
});

test("a run can be repeated in the same project", async () => {
  const first = await runWith([serverError({ ...QUERY, status: 503, ...FOR_EVER })]);
  expectRefused(first, 7, "503");
  first.project.simulator.faults.clear();
  expectComplete(await runIn(first.project));
});

test("a conversation that began before the window is not in the report", async () => {
  const early = conversation({
    id: idOf("2024-03-31", 0),
    start: "2024-03-31T23:59:59.999Z",
    end: "2024-04-01T01:00:00Z",
  });
  const late = conversation({
    id: idOf("2024-04-25", 0),
    start: "2024-04-25T00:00:00.000Z",
    end: "2024-04-25T01:00:00Z",
  });
  const first = conversation({
    id: idOf("2024-04-01", 0),
    start: "2024-04-01T00:00:00.000Z",
    end: "2024-04-01T01:00:00Z",
  });
  const run = await runWith([], { centre: smallCentre([early, first, late]), switches: { startDayRule: "wholeDays" } });
  expect(run.rows?.map((row) => row["conversation.id"])).toEqual([idOf("2024-04-01", 0)]);
});

const ALL_IDS = DAYS.flatMap((day) => Array.from({ length: PER_DAY }, (_, index) => idOf(day, index)));

function ofDay(body: unknown, day: string): boolean {
  return JSON.stringify(body)?.includes(`"interval":"${day}`) ?? false;
}

/** The service counts more than it pages through in every interval longer than this. */
function tooManyHits(longerThanMs: number): Fault {
  return {
    ...hitsChange({ by: 100_001 }),
    concerns: (request) => timeoutOnWideIntervals({ longerThanMs }).concerns(request),
    applies: () => true,
  };
}
