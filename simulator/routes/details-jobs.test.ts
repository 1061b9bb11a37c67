import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterEach, describe, expect, test } from "vitest";
import { type Connection, connect, idsOf, member } from "../../test/simulator/connect.ts";
import { DETAILS_JOBS, finish, page, pages, run, submit } from "../../test/simulator/jobs.ts";
import { conversation, minuteByMinute, participant, segment, smallCentre } from "../../test/simulator/small-centre.ts";
import { generateCentre } from "../conversations/generate-centre.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../create-simulator.ts";
import { cursorRejected, jobCancelled, jobFails, jobNeverEnds, resultsExpire } from "../faults/job-faults.ts";
import { changedRows, duplicatesAcrossPages } from "../faults/moving-rows.ts";

const DAY = { interval: "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z" };
const UUID = /^[0-9a-f-]{36}$/;
const HOUR_MS = 3_600_000;

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<{ simulator: Simulator; client: Connection }> {
  const centre = smallCentre(minuteByMinute(30));
  const simulator = await createSimulator({ centre, rateLimitPerMinute: 100_000, ...options });
  open.push(simulator);
  return { simulator, client: await connect(simulator) };
}

describe("the life of a job", () => {
  test("it is QUEUED, PENDING and FULFILLED by polls; status 202 until it has ended", async () => {
    const { client, simulator } = await start({ now: () => Date.UTC(2024, 5, 1) });
    const submitted = await client.post(DETAILS_JOBS, DAY);
    expect([submitted.status, submitted.json]).toEqual([202, { jobId: expect.stringMatching(UUID) }]);
    const job = `${DETAILS_JOBS}/${String(member(submitted.json, "jobId"))}`;
    const submissionDate = "2024-06-01T00:00:00.000Z";
    const seen = [await client.get(job), await client.get(job), await client.get(job)];
    expect(seen.map(({ status, json }) => [status, json])).toEqual([
      [202, { state: "QUEUED", submissionDate }],
      [202, { state: "PENDING", submissionDate }],
      [
        200,
        {
          state: "FULFILLED",
          expirationDate: "2024-06-02T00:00:00.000Z",
          submissionDate,
          completionDate: submissionDate,
        },
      ],
    ]);
    expect([simulator.violations, simulator.failures]).toEqual([[], []]);
  });

  test("by the clock it takes the time that was set, and its results lapse", async () => {
    let clock = Date.UTC(2024, 5, 1);
    const jobs = { pace: { queuedMs: 1000, pendingMs: 2000 }, resultLifetimeMs: HOUR_MS };
    for (const expiredJob of ["notFound", "stateExpired"] as const) {
      const { client } = await start({ now: () => clock, jobs, switches: { expiredJob, runningJobStatus: 200 } });
      const job = await submit(client, DAY);
      const stateAfter = async (ms: number): Promise<unknown> => {
        clock += ms;
        const { status, json } = await client.get(job);
        return [status, member(json, "state")];
      };
      expect(await stateAfter(999)).toEqual([200, "QUEUED"]);
      expect(await stateAfter(1)).toEqual([200, "PENDING"]);
      expect((await page(client, job)).json).toMatchObject({ status: 400, code: "bad.request" });
      expect(await stateAfter(2000)).toEqual([200, "FULFILLED"]);
      expect((await page(client, job)).status).toBe(200);
      expect(await stateAfter(HOUR_MS - 1)).toEqual([200, "FULFILLED"]);
      expect(await stateAfter(1)).toEqual(expiredJob === "notFound" ? [404, undefined] : [200, "EXPIRED"]);
      expect((await page(client, job)).status).toBe(404);
    }
  });

  test("a deleted job, an unknown one and one of another client are not there", async () => {
    const clients = [
      { id: "one", secret: "s" },
      { id: "other", secret: "s" },
    ];
    const { client, simulator } = await start({ clients });
    const job = await submit(client, DAY);
    const other = await connect(simulator, "other", "s");
    expect([(await other.get(job)).status, (await other.send(job, { method: "DELETE" })).status]).toEqual([404, 404]);
    expect(simulator.jobs()).toMatchObject([{ kind: "details", state: "QUEUED" }]);
    const deleted = await client.send(job, { method: "DELETE" });
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect([(await client.get(job)).status, (await page(client, job)).status]).toEqual([404, 404]);
    expect((await client.send(job, { method: "DELETE" })).status).toBe(404);
    expect((await client.get(`${DETAILS_JOBS}/no-such-job`)).json).toMatchObject({ status: 404, code: "not.found" });
    expect(simulator.jobs()).toEqual([]);
  });

  test("it needs the permission, and so does the watermark", async () => {
    const clients = [{ id: "c", secret: "s", permissions: ["analytics:agentConversationDetail:view"] }];
    const { client } = await start({ clients });
    expect((await client.post(DETAILS_JOBS, DAY)).status).toBe(202);
    const refused = await client.get(`${DETAILS_JOBS}/availability`);
    expect([refused.status, member(refused.json, "code")]).toEqual([403, "missing.any.permissions"]);
  });

  test("too many at once, or in one second, are a 429 that names the limit", async () => {
    let clock = Date.UTC(2024, 5, 1);
    const { client, simulator } = await start({
      now: () => clock,
      jobs: { concurrentMaximum: 2, ratePerSecond: 3, pace: { queuedPolls: 0, pendingPolls: 1 } },
    });
    const first = await submit(client, DAY);
    const second = await submit(client, DAY);
    const third = await client.post(DETAILS_JOBS, DAY);
    expect([third.status, third.headers.get("retry-after"), third.json]).toEqual([
      429,
      null,
      expect.objectContaining({
        code: "too.many.requests",
        limit: { namespace: "analytics", key: "details.jobs.concurrent.access.max", value: 2 },
      }),
    ]);
    const fourth = await client.post(DETAILS_JOBS, DAY);
    expect([fourth.status, fourth.headers.get("retry-after"), fourth.json]).toEqual([
      429,
      "1",
      expect.objectContaining({
        message: "Rate limit exceeded the maximum [3] requests within [1] seconds",
        limit: { namespace: "analytics", key: "details.jobs.rate.per.second", value: 3 },
      }),
    ]);
    clock += 1000;
    await finish(client, first);
    expect((await client.post(DETAILS_JOBS, DAY)).status).toBe(202);
    await client.send(second, { method: "DELETE" });
    expect((await client.post(DETAILS_JOBS, DAY)).status).toBe(202);
    expect(simulator.violations).toEqual([]);
  });
});

describe("the body", () => {
  test("the genuine request is valid", async () => {
    const genuine = new URL("../../test/genuine/request.details-job.minimal.json", import.meta.url);
    const { client, simulator } = await start();
    expect((await client.post(DETAILS_JOBS, JSON.parse(readFileSync(genuine, "utf8")))).status).toBe(202);
    expect(simulator.violations).toEqual([]);
  });

  test.each<[object, string, string]>([
    [{}, "bad.request", "Field [interval] is required"],
    [{ ...DAY, paging: { pageSize: 10, pageNumber: 1 } }, "bad.request", "Unrecognized field [paging]"],
    [{ ...DAY, aggregations: [] }, "bad.request", "Unrecognized field [aggregations]"],
    [{ interval: "yesterday" }, "invalid.date", "Dates must be specified as ISO-8601"],
    [{ ...DAY, limit: 0 }, "bad.request", "The limit must be at least 1"],
    [{ ...DAY, order: "up" }, "invalid.value", "Value [up] is not valid"],
    [{ ...DAY, segmentFilters: [{ type: "and" }] }, "bad.request", "A filter needs at least one"],
  ])("%j is refused at once", async (body, code, message) => {
    const { client, simulator } = await start();
    const { status, json } = await client.post(DETAILS_JOBS, body);
    expect([status, member(json, "code"), member(json, "message")]).toEqual([
      400,
      code,
      expect.stringContaining(message),
    ]);
    expect(simulator.jobs()).toEqual([]);
  });

  test("an interval of a year needs no filter; limit cuts the rows in the order asked for", async () => {
    const { client } = await start();
    const interval = "2024-01-01T00:00:00Z/2025-01-01T00:00:00Z";
    const all = (await run(client, { interval })).flatMap(idsOf);
    expect(all).toEqual(minuteByMinute(30).map(({ conversationId }) => conversationId));
    const last = (await run(client, { interval, order: "desc", limit: 3 })).flatMap(idsOf);
    expect(last).toEqual(all.toReversed().slice(0, 3));
  });

  test("filters are those of the query, and e-mail addresses match by a part of them", async () => {
    const from = (addressFrom: string) =>
      conversation({
        start: "2024-05-01T10:00:00.000Z",
        end: "2024-05-01T10:10:00.000Z",
        participants: [participant("customer", { mediaType: "email", addressFrom, segments: [segment()] })],
        externalTag: addressFrom,
      });
    const centre = smallCentre([from("Anna@Example.com"), from("ben@example.org")]);
    const { client } = await start({ centre });
    const predicates = [{ dimension: "addressFrom", value: "example.COM" }];
    const body = { ...DAY, segmentFilters: [{ type: "and", predicates }] };
    const rows = (await run(client, body)).flatMap(({ json }) => member(json, "conversations"));
    expect(rows.map((row) => member(row, "externalTag"))).toEqual(["Anna@Example.com"]);
    expect(idsOf(await client.query(body))).toEqual([]);
  });
});

describe("which conversations", () => {
  const long = conversation({ id: "long", start: "2024-04-20T10:00:00.000Z", end: "2024-05-01T00:30:00.000Z" });
  const early = conversation({ id: "early", start: "2024-05-01T00:10:00.000Z", end: "2024-05-01T11:00:00.000Z" });
  const before = conversation({ id: "before", start: "2024-05-01T10:00:00.000Z", end: "2024-05-01T12:00:00.000Z" });
  const inside = conversation({ id: "inside", start: "2024-05-01T12:00:00.000Z", end: "2024-05-01T12:00:00.000Z" });
  const ongoing = conversation({ id: "ongoing", start: "2024-04-30T12:00:00.000Z" });
  const after = conversation({ id: "after", start: "2024-05-01T13:00:00.000Z", end: "2024-05-01T13:01:00.000Z" });
  const centre = smallCentre([long, early, before, inside, ongoing, after]);

  test("those that were active in the interval, whatever their start day", async () => {
    const { client } = await start({ centre, switches: { openAtWatermark: "whole" } });
    const ids = async (body: object) => (await run(client, body)).flatMap(idsOf);
    const noon = { interval: "2024-05-01T12:00:00Z/2024-05-01T13:00:00Z" };
    expect(await ids(noon)).toEqual(["ongoing", "inside"]);
    expect(await ids({ ...noon, startOfDayIntervalMatching: true })).toEqual(["inside"]);
    const morning = { interval: "2024-05-01T00:20:00Z/2024-05-01T12:00:00Z" };
    expect(await ids(morning)).toEqual(["long", "ongoing", "early", "before"]);
    expect(await ids({ ...morning, startOfDayIntervalMatching: true })).toEqual(["early", "before"]);
  });

  test("over generated conversations it is what a look at each of them says", async () => {
    const generated = generateCentre({ count: 400, seed: 5, days: 3, start: "2024-05-01" });
    const { client } = await start({ centre: generated });
    const [from, to] = ["2024-05-02T03:00:00.000Z", "2024-05-02T21:00:00.000Z"];
    const expected = Array.from({ length: 400 }, (_, index) => generated.conversations.get(index)).filter(
      ({ conversationStart, conversationEnd = "9" }) => conversationStart < to && conversationEnd > from,
    );
    expect(expected.length).toBeGreaterThan(50);
    const rows = (await run(client, { interval: `${from}/${to}` }, 17)).flatMap((reply) =>
      Array.from({ length: idsOf(reply).length }, (_, index) => member(reply.json, "conversations", index)),
    );
    expect(rows).toEqual(expected);
    expect(rows.some((row) => member(row, "participants", 0, "attributes") !== undefined)).toBe(true);
  });

  test("participants' attributes are in results and in no other answer about conversations", async () => {
    const id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    const tiered = participant("customer", { segments: [segment()] }, { attributes: { tier: "gold" } });
    const one = conversation({ id, start: "2024-05-01T10:00:00.000Z", participants: [tiered] });
    const { client } = await start({ centre: smallCentre([one]) });
    const details = "/api/v2/analytics/conversations";
    const results = await run(client, DAY);
    const others = [
      await client.post(`${details}/details/query`, DAY),
      await client.get(`${details}/details?id=${id}`),
      await client.get(`${details}/${id}/details`),
    ];

    expect(JSON.stringify(results.map(({ json }) => json))).toContain('"attributes":{"tier":"gold"}');
    for (const { status, json } of others) {
      expect([status, JSON.stringify(json)]).toEqual([200, expect.stringContaining(id)]);
      expect(JSON.stringify(json)).not.toContain("attributes");
    }
  });

  test("a client sees the rows of its divisions only", async () => {
    const divided = smallCentre([
      { ...early, divisionIds: ["a"] },
      { ...before, divisionIds: ["b"] },
    ]);
    const { client } = await start({ centre: divided, clients: [{ id: "c", secret: "s", divisionIds: ["b"] }] });
    expect((await run(client, DAY)).flatMap(idsOf)).toEqual(["before"]);
  });
});

describe("results", () => {
  test("cursors lead through all pages, must be encoded, and are absent on the last one", async () => {
    const { client, simulator } = await start();
    const job = await submit(client, DAY);
    await finish(client, job);
    const all = await pages(client, job, 12);
    expect(all.map((reply) => idsOf(reply).length)).toEqual([12, 12, 6]);
    expect(all.flatMap(idsOf)).toEqual(minuteByMinute(30).map(({ conversationId }) => conversationId));
    const cursor = String(member(all[0]?.json, "cursor"));
    expect(cursor).toMatch(/^\+\/\+\+.*==$/);
    expect((await client.get(`${job}/results?cursor=${cursor}&pageSize=12`)).json).toMatchObject({
      status: 400,
      message: "The cursor is not valid for this job",
    });
    const again = await page(client, job, cursor, 12);
    expect(again.json).toEqual(all[1]?.json);
    const other = await submit(client, DAY);
    await finish(client, other);
    expect((await page(client, other, cursor)).status).toBe(400);
    expect([simulator.violations, simulator.failures]).toEqual([[], []]);
  });

  test("a page fits the vendor's schema", async () => {
    const { client } = await start({ centre: generateCentre({ count: 60, seed: 3, start: "2024-05-01", days: 1 }) });
    const [reply] = await run(client, DAY);
    const schemas: unknown = JSON.parse(readFileSync(new URL("../openapi-analytics.json", import.meta.url), "utf8"));
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(Object(schemas), "openapi");
    const validate = ajv.compile({ $ref: "openapi#/components/schemas/AnalyticsConversationAsyncQueryResponse" });
    expect(validate(reply?.json)).toBe(true);
    expect(idsOf(reply ?? (await client.get("/"))).length).toBeGreaterThan(40);
  });

  test("page sizes and the whole have a maximum", async () => {
    const { client } = await start({ switches: { jobPageSizeMaximum: 20, jobResultsMaximum: 25 } });
    const job = await submit(client, DAY);
    await finish(client, job);
    expect((await page(client, job, undefined, 21)).json).toMatchObject({ message: "Page size may not exceed 20" });
    expect((await page(client, job, undefined, 0)).json).toMatchObject({ message: "Page size must be at least 1" });
    const first = await page(client, job, undefined, 20);
    expect((await page(client, job, member(first.json, "cursor"), 20)).json).toMatchObject({
      status: 400,
      message: "Pagination may not exceed 25 results",
    });
    expect(idsOf(await page(client, job, member(first.json, "cursor"), 5))).toHaveLength(5);
  });

  test.each([
    ["emptyList", []],
    ["absent", undefined],
  ] as const)("an empty job has conversations %s", async (emptyJobResults, expected) => {
    const { client } = await start({ centre: smallCentre([]), switches: { emptyJobResults } });
    const [only, ...more] = await run(client, DAY);
    expect([member(only?.json, "conversations"), more]).toEqual([expected, []]);
    expect(member(only?.json, "dataAvailabilityDate")).toMatch(/Z$/);
  });
});

describe("the watermark", () => {
  const NOW = Date.UTC(2024, 4, 1, 12);
  const at = (hour: number): string => new Date(Date.UTC(2024, 4, 1, hour)).toISOString();
  const across = conversation({
    id: "across",
    start: at(9),
    end: at(11),
    surveys: [{ surveyId: "s" }],
    participants: [
      participant("customer", {
        segments: [segment({ segmentStart: at(9), segmentEnd: at(11), disconnectType: "client" })],
        metrics: [{ name: "nConnected", value: 1, emitDate: at(9) }],
      }),
      participant("agent", {
        segments: [segment({ segmentStart: at(9), segmentEnd: at(10) })],
        metrics: [{ name: "tHandle", value: 1, emitDate: at(11) }],
      }),
      participant("api", { segments: [segment({ segmentStart: at(11), segmentEnd: at(11) })] }),
    ],
  });
  const centre = smallCentre([
    conversation({ id: "done", start: at(1), end: at(2) }),
    across,
    conversation({ id: "late", start: at(11), end: at(12) }),
  ]);

  test("it is so far behind the clock, and what began later is missing without a word", async () => {
    const { client, simulator } = await start({ centre, now: () => NOW, dataAvailability: { lagMs: 2 * HOUR_MS } });
    const date = at(10);
    expect((await client.get(`${DETAILS_JOBS}/availability`)).json).toEqual({ dataAvailabilityDate: date });
    const [reply] = await run(client, DAY);
    expect(reply && idsOf(reply)).toEqual(["done", "across"]);
    expect(member(reply?.json, "dataAvailabilityDate")).toBe(date);
    simulator.setDataAvailability({ at: Date.parse(at(12)) });
    expect((await run(client, DAY)).flatMap(idsOf)).toEqual(["done", "across", "late"]);
  });

  test.each(["cut", "whole", "missing"] as const)("what goes on across it is %s", async (openAtWatermark) => {
    const dataAvailability = { at: Date.parse(at(10)) };
    const { client } = await start({ centre, now: () => NOW, dataAvailability, switches: { openAtWatermark } });
    const [reply] = await run(client, DAY);
    const { conversationEnd: _end, surveys: _surveys, ...rest } = across;
    const cut = {
      ...rest,
      participants: [
        participant("customer", {
          segments: [{ segmentStart: at(9), segmentType: "interact" }],
          metrics: [{ name: "nConnected", value: 1, emitDate: at(9) }],
        }),
        participant("agent", { segments: [segment({ segmentStart: at(9), segmentEnd: at(10) })] }),
      ],
    };
    const expected = { cut, whole: across, missing: undefined }[openAtWatermark];
    expect(member(reply?.json, "conversations", 1)).toEqual(expected);
  });
});

describe("jobs that come to a bad end", () => {
  test("jobFails() and jobCancelled() strike the first job, the next one does well", async () => {
    const { client } = await start({ faults: [jobFails({ message: "out of luck" }), jobCancelled({ nth: 2 })] });
    const [failed, cancelled, good] = [await submit(client, DAY), await submit(client, DAY), await submit(client, DAY)];
    expect([await finish(client, failed), await finish(client, cancelled), await finish(client, good)]).toEqual([
      "FAILED",
      "CANCELLED",
      "FULFILLED",
    ]);
    expect((await client.get(failed)).json).toMatchObject({ errorMessage: "out of luck" });
    expect(member((await client.get(cancelled)).json, "errorMessage")).toBeUndefined();
    expect((await page(client, failed)).json).toMatchObject({ status: 400 });
  });

  test("jobNeverEnds() leaves it pending, and holding its place, until it is deleted", async () => {
    const { client, simulator } = await start({ faults: [jobNeverEnds()], jobs: { concurrentMaximum: 1 } });
    const job = await submit(client, DAY);
    await expect(finish(client, job, 50)).rejects.toThrow("did not end");
    expect((await client.post(DETAILS_JOBS, DAY)).status).toBe(429);
    await client.send(job, { method: "DELETE" });
    expect(await finish(client, await submit(client, DAY))).toBe("FULFILLED");
    expect(simulator.requests.filter(({ faults }) => faults.includes("jobNeverEnds"))).toHaveLength(1);
  });

  test("resultsExpire() takes the job away while it is being read", async () => {
    const { client } = await start({ faults: [resultsExpire({ afterPages: 2 })] });
    const job = await submit(client, DAY);
    await finish(client, job);
    const first = await page(client, job, undefined, 10);
    const second = await page(client, job, member(first.json, "cursor"), 10);
    const third = await page(client, job, member(second.json, "cursor"), 10);
    expect([first.status, second.status, third.status]).toEqual([200, 200, 404]);
    expect([(await client.get(job)).status, (await page(client, job)).status]).toEqual([404, 404]);
    expect((await run(client, DAY, 10)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("faults that move or change rows strike results when their path is named", async () => {
    const results = /\/results$/;
    const { client } = await start({
      faults: [
        duplicatesAcrossPages({ path: results, rows: 2 }),
        changedRows({ path: results, change: ({ conversationId }) => ({ conversationId }) }),
      ],
    });
    const replies = await run(client, DAY, 12);
    const ids = replies.flatMap(idsOf);
    expect([ids.length, new Set(ids).size]).toEqual([34, 30]);
    expect(replies[0]?.json).toMatchObject({ conversations: expect.arrayContaining([{ conversationId: ids[0] }]) });
  });

  test("cursorRejected() refuses a cursor that was right, however often it is tried", async () => {
    const { client } = await start({ faults: [cursorRejected({ atPage: 3 })] });
    const job = await submit(client, DAY);
    await finish(client, job);
    const first = await page(client, job, undefined, 10);
    const second = await page(client, job, member(first.json, "cursor"), 10);
    for (const _try of [1, 2]) {
      expect((await page(client, job, member(second.json, "cursor"), 10)).json).toMatchObject({
        status: 400,
        code: "bad.request",
        message: "The cursor is not valid for this job",
      });
    }
    expect((await run(client, DAY, 10)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
