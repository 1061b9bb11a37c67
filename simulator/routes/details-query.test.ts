import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterEach, describe, expect, test } from "vitest";
import { connect, type Connection, idsOf, member } from "../../test/simulator/connect.ts";
import { minuteByMinute, smallCentre } from "../../test/simulator/small-centre.ts";
import { generateCentre } from "../conversations/generate-centre.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../create-simulator.ts";

const DAY = { interval: "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z" };
const GENUINE = new URL("../../test/genuine/", import.meta.url);

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(count: number, options: Partial<SimulatorOptions> = {}): Promise<Connection> {
  const simulator = await createSimulator({
    centre: smallCentre(minuteByMinute(count)),
    rateLimitPerMinute: 100_000,
    ...options,
  });
  open.push(simulator);
  return connect(simulator);
}

function genuine(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, GENUINE), "utf8"));
}

describe("genuine requests", () => {
  const names = readdirSync(GENUINE).filter((name) => name.startsWith("request.details-query."));

  test.each(names)("%s is valid and answered", async (name) => {
    const client = await start(3);
    const { status, json } = await client.query(genuine(name));
    expect([status, typeof member(json, "totalHits")]).toEqual([200, "number"]);
    expect(open[0]?.violations).toEqual([]);
  });

  test("the folder holds them all", () => {
    expect(names).toHaveLength(6);
  });
});

describe("paging", () => {
  test("without paging come the first 25 in order of start", async () => {
    const client = await start(30);
    const reply = await client.query(DAY);
    expect(idsOf(reply)).toEqual(minuteByMinute(25).map(({ conversationId }) => conversationId));
    expect(member(reply.json, "totalHits")).toBe(30);
  });

  test("pages fit together, and the one past the end has no conversations", async () => {
    const client = await start(30);
    const page = (pageNumber: number) => client.query({ ...DAY, order: "desc", paging: { pageSize: 12, pageNumber } });
    const pages = [await page(1), await page(2), await page(3)];
    expect(pages.flatMap(idsOf)).toEqual(
      minuteByMinute(30)
        .map(({ conversationId }) => conversationId)
        .reverse(),
    );
    expect((await page(4)).json).toEqual({ totalHits: 30 });
  });

  test.each([
    ["absent", undefined],
    ["null", null],
    ["emptyList", []],
  ] as const)("a page past the end has conversations %s, as the switch says", async (emptyPage, expected) => {
    const client = await start(0, { switches: { emptyPage } });
    expect(member((await client.query(DAY)).json, "conversations")).toEqual(expected);
  });

  test.each<[object, string]>([
    [{ pageSize: 101, pageNumber: 1 }, "Page size may not exceed 100"],
    [{ pageSize: 100, pageNumber: 1_001 }, "Pagination may not exceed 100000 results."],
    [{ pageSize: 0, pageNumber: 1 }, "begin at 1"],
    [{ pageSize: 10, pageNumber: 0 }, "begin at 1"],
    [{ pageSize: 10 }, "Field [pageNumber] is required"],
    [{ pageSize: "10", pageNumber: 1 }, "Field [pageSize] must be integer"],
  ])("paging %j is refused: %s", async (paging, message) => {
    const { status, json } = await (await start(1)).query({ ...DAY, paging });
    expect(status).toBe(400);
    expect(member(json, "message")).toContain(message);
  });

  test("the last page within the 100,000 rows is answered, and a larger page where the switch allows it", async () => {
    const client = await start(1, { switches: { detailsPageSizeMaximum: 200 } });
    expect((await client.query({ ...DAY, paging: { pageSize: 200, pageNumber: 500 } })).status).toBe(200);
    expect((await client.query({ ...DAY, paging: { pageSize: 200, pageNumber: 501 } })).status).toBe(400);
  });
});

describe("the interval", () => {
  test("more than 7 days need a filter, more than 31 are refused", async () => {
    const client = await start(1, { switches: { intervalErrorCode: "interval.too.long" } });
    const filter = {
      conversationFilters: [{ type: "and", predicates: [{ dimension: "conversationEnd", operator: "exists" }] }],
    };
    const month = { interval: "2024-05-01T00:00:00Z/2024-06-01T00:00:00Z" };
    const message = (days: number) =>
      `You must specify a search interval as part of your query that does not exceed ${days} days`;
    expect((await client.query(month)).json).toMatchObject({
      status: 400,
      code: "interval.too.long",
      message: message(7),
    });
    expect((await client.query({ ...month, ...filter })).status).toBe(200);
    const longer = { interval: "2024-05-01T00:00:00Z/2024-06-01T00:00:01Z" };
    expect((await client.query({ ...longer, ...filter })).json).toMatchObject({ message: message(31) });
  });

  test("a date that is none is an invalid.date", async () => {
    const client = await start(1);
    expect((await client.query({ interval: "yesterday" })).json).toMatchObject({ status: 400, code: "invalid.date" });
  });
});

describe("the body", () => {
  test.each<[string, object, string]>([
    [
      "filter type",
      { segmentFilters: [{ predicates: [] }] },
      "Value [] is not valid for field type [QueryFilterType]. Allowable values are: and, or",
    ],
    [
      "clause type",
      { segmentFilters: [{ type: "and", clauses: [{ type: "xor", predicates: [] }] }] },
      "Value [xor] is not valid for field type [QueryFilterType]. Allowable values are: and, or",
    ],
    [
      "operator",
      { conversationFilters: [{ type: "and", predicates: [{ dimension: "divisionId", operator: "in", value: "x" }] }] },
      "Value [in] is not valid for field type [QueryOperator]. Allowable values are: matches, exists, notExists",
    ],
    [
      "dimension of another kind of filter",
      { surveyFilters: [{ type: "and", predicates: [{ dimension: "ani", value: "x" }] }] },
      "Value [ani] is not valid for field type [SurveyDetailDimension]. Allowable values are: eventTime, queueId, surveyCompletedDate, surveyFormContextId, surveyFormId, surveyId, surveyPartialResponse, surveyPromoterScore, surveyStatus, surveyType, userId",
    ],
  ])("an unknown %s is an invalid.value that lists the words", async (_name, body, message) => {
    const { json } = await (await start(1)).query({ ...DAY, ...body });
    expect(json).toMatchObject({ status: 400, code: "invalid.value", message });
  });

  test("the error about a filter's type is the genuine one", async () => {
    const { json } = await (await start(1)).query({ ...DAY, segmentFilters: [{ predicates: [] }] });
    expect({ ...Object(json), contextId: "" }).toEqual({
      ...Object(genuine("error.400.invalid-value-filter-type.json")),
      contextId: "",
    });
  });

  test("the tutorial's keys are refused, or by the switch only recorded", async () => {
    const body = { ...DAY, groupBy: ["queueId"], paging: { pageSize: 5, pageNumber: 1, pageToken: "x" } };
    expect((await (await start(1)).query(body)).json).toMatchObject({
      status: 400,
      message: "Unrecognized field [groupBy]",
    });
    const tolerant = await start(1, { switches: { unknownKeys: "tolerate" } });
    expect(idsOf(await tolerant.query(body))).toHaveLength(1);
    expect(open[1]?.violations[0]?.reasons).toHaveLength(2);
    expect((await tolerant.query({ ...body, order: "up" })).json).toMatchObject({ code: "invalid.value" });
  });

  test("a query that makes no sense is a 400, not a failure", async () => {
    const body = { ...DAY, segmentFilters: [{ type: "and", predicates: [{ dimension: "queueId" }] }] };
    expect((await (await start(1)).query(body)).json).toMatchObject({ status: 400, code: "bad.request" });
  });
});

test("answers over a generated centre fit the API description, facets included", async () => {
  const client = await start(0, { centre: generateCentre({ count: 300, seed: 7 }) });
  const { json } = await client.query({
    interval: "2024-03-01T00:00:00Z/2024-04-01T00:00:00Z",
    paging: { pageSize: 100, pageNumber: 1 },
    conversationFilters: [
      {
        type: "or",
        predicates: [
          { dimension: "conversationEnd", operator: "exists" },
          { dimension: "conversationEnd", operator: "notExists" },
        ],
      },
    ],
    aggregations: [
      { type: "termFrequency", dimension: "mediaType" },
      { type: "numericRange", metric: "tTalk", ranges: [{ gte: 0 }] },
    ],
  });
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(JSON.parse(readFileSync(new URL("../openapi-analytics.json", import.meta.url), "utf8")), "api");
  const validate = ajv.compile({ $ref: "api#/components/schemas/AnalyticsConversationQueryResponse" });
  validate(json);
  // Words that the description does not list are on purpose: the service adds some over time.
  expect((validate.errors ?? []).filter(({ keyword }) => keyword !== "enum")).toEqual([]);
  expect(idsOf({ status: 200, headers: new Headers(), text: "", json })).toHaveLength(100);
  expect(member(json, "aggregations", 0, "results", 0, "count")).toBeGreaterThan(0);
});
