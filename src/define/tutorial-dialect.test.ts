import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { detailsQueryBody } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { describeFilter } from "../plan/describe-filter.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import { parseDefinition } from "./parse-definition.ts";
import { isTutorialQuery } from "./tutorial-dialect.ts";

const QUEUES = ["0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "1a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"];

/** What `build_analytics_query` of the tutorial makes, written as `json.dumps(query, indent=2)` writes it. */
function tutorialQuery({ media = "voice", queues = QUEUES }: { media?: string; queues?: readonly string[] } = {}) {
  return {
    query: {
      type: "conversation",
      timeRange: { start: "2024-01-01T00:00:00Z", end: "2024-01-02T00:00:00Z" },
    },
    interval: "PT1H",
    groupBy: ["conversation.media.type", "routing.queue.id"],
    metrics: ["conversation.duration.seconds", "agent.talk.seconds", "agent.hold.seconds", "wrapup.code"],
    filter: [
      { type: "simple", path: "conversation.media.type", value: media, operator: "eq" },
      { type: "simple", path: "routing.queue.id", value: queues, operator: "in" },
    ],
  };
}

test("the tutorial's query document becomes a report of the tutorial's six columns", () => {
  const definition = parsed(tutorialQuery());

  expect(definition.shape).toMatchObject({
    kind: "grouped",
    groupBy: [{ path: "conversation.media.type" }, { path: "routing.queue.id" }],
    measures: [
      { name: "conversation_count" },
      { name: "avg_duration_seconds" },
      { name: "talk_ratio" },
      { name: "hold_ratio" },
      { name: "efficiency_score" },
      { name: "unique_wrapup_codes" },
    ],
  });
  expect(definition).toMatchObject({
    name: "query",
    timeZone: "UTC",
    window: { kind: "instants", startAt: Date.UTC(2024, 0, 1), endAt: Date.UTC(2024, 0, 2) },
    filterScope: "figures",
    formats: ["csv", "json"],
  });
});

test("R-04, R-05: nothing of the tutorial's document is sent; the requests are real details queries", () => {
  const definition = parsed(tutorialQuery());
  const interval = resolveWindow(definition.window, definition.timeZone, Date.UTC(2024, 0, 3));
  const plan = buildPlan(definition, definition.filter, interval);

  expect(plan.slices.map((slice) => detailsQueryBody(plan, slice, 1))).toEqual([
    {
      interval: "2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z",
      order: "asc",
      orderBy: "conversationStart",
      paging: { pageSize: 100, pageNumber: 1 },
      segmentFilters: [
        {
          type: "and",
          clauses: [
            {
              type: "or",
              predicates: QUEUES.map((value) => ({
                type: "dimension",
                dimension: "queueId",
                operator: "matches",
                value,
              })),
            },
          ],
          predicates: [{ type: "dimension", dimension: "mediaType", operator: "matches", value: "voice" }],
        },
      ],
    },
  ]);
});

test("R-05: the tutorial's interval is a granularity; the author is told that it splits nothing", () => {
  expect(parsed(tutorialQuery()).notes).toEqual([
    "interval PT1H is a granularity, which the tutorial asks for and never uses; add time.hour to groupBy to split the rows by it.",
  ]);
  expect(parsed({ ...tutorialQuery(), groupBy: ["time.hour"] }).notes).toEqual([]);
  const { interval: _interval, ...without } = tutorialQuery();
  expect(parsed(without).notes).toEqual([]);
  expect(refusal({ ...tutorialQuery(), interval: "yesterday" }).message).toMatch(
    /^query\.json:\d+:\d+: Cannot use "yesterday" for "interval"\. Write a granularity such as PT1H\.$/,
  );
});

test("R-13: the media type stands in the document, and the report says it", () => {
  expect(describeFilter(parsed(tutorialQuery({ media: "chat" })).filter)).toBe(
    `conversation.media.type is chat and routing.queue.id is one of ${QUEUES.join(", ")}`,
  );
  expect(describeFilter(parsed({ ...tutorialQuery(), filter: [] }).filter)).toBe("");
});

test("R-11: the queue id of the tutorial's own example is refused where it stands", () => {
  expect(refusal(tutorialQuery({ queues: ["8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6"] }))).toMatchObject({
    code: "definition.invalid",
    message: expect.stringMatching(/^query\.json:31:9: "8a2b3c4d-5e6f-7g8h-9i0j-k1l2m3n4o5p6" is not a valid id/),
  });
});

test("R-12: an empty list of queues in the tutorial's document is refused", () => {
  expect(refusal(tutorialQuery({ queues: [] })).message).toMatch(/^query\.json:30:16: Cannot use an empty list/);
});

test("R-10: the tutorial's custom filter is checked like every other", () => {
  const custom = (filter: unknown): object => ({ ...tutorialQuery(), filter: [...tutorialQuery().filter, filter] });

  expect(
    parsed(
      custom({
        type: "compound",
        operator: "or",
        filters: [
          { type: "simple", path: "agent.talk.seconds", operator: "gt", value: 30 },
          { type: "simple", path: "wrapup.code", operator: "exists" },
        ],
      }),
    ).filter,
  ).toMatchObject({ kind: "and", filters: [{}, {}, { kind: "or", filters: [{}, {}] }] });
  expect(refusal(custom({ type: "simple", path: "agent.talk.second", operator: "gt", value: 30 })).message).toMatch(
    /^query\.json:38:15: Unknown path "agent\.talk\.second"\. Did you mean "agent\.talk\.seconds"\?/,
  );
});

const WRONG: readonly (readonly [what: string, document: object, message: RegExp])[] = [
  [
    "a reversed time range",
    {
      ...tutorialQuery(),
      query: { type: "conversation", timeRange: { start: "2024-01-02T00:00:00Z", end: "2024-01-01T00:00:00Z" } },
    },
    /^query\.json:4:18: Cannot use interval 2024-01-02T00:00:00Z\/2024-01-01T00:00:00Z: end must be after start/,
  ],
  [
    "a time without its offset",
    {
      ...tutorialQuery(),
      query: { type: "conversation", timeRange: { start: "2024-01-01T00:00:00", end: "2024-01-02T00:00:00" } },
    },
    /^query\.json:4:18: Cannot read "2024-01-01T00:00:00"/,
  ],
  [
    "a key that no query has",
    { ...tutorialQuery(), metricss: [] },
    /^query\.json:\d+:3: Unknown key "metricss"\. Did you mean "metrics"\?$/,
  ],
  [
    "a key that no time range has",
    { ...tutorialQuery(), query: { type: "conversation", timeRange: { start: "a", end: "b", ende: "c" } } },
    /^query\.json:\d+:7: Unknown key "ende"\. Did you mean "end"\?$/,
  ],
  ["a page token", { ...tutorialQuery(), pageToken: "x" }, /^query\.json:\d+:3: Unknown key "pageToken"\.$/],
  [
    "a metric that the tutorial never reads",
    { ...tutorialQuery(), metrics: ["agent.talk.second"] },
    /^query\.json:15:5: Cannot use "agent\.talk\.second" for entry 1 of "metrics"\. Did you mean "agent\.talk\.seconds"\?/,
  ],
  [
    "a grouping that there is not",
    { ...tutorialQuery(), groupBy: ["routing.queue"] },
    /^query\.json:11:5: Unknown path "routing\.queue"\./,
  ],
];

test.each(WRONG)("the tutorial's document with %s is refused where it stands", (_what, document, message) => {
  expect(refusal(document).message).toMatch(message);
});

test.each([
  ["reports/Voice by Queue.json", "voice-by-queue"],
  ["../QUERY.json", "query"],
  ["שאילתה.json", "query"],
  [`${"x".repeat(100)}.json`, "x".repeat(64)],
])("the report of %j is named %j", (file, name) => {
  expect(parseDefinition(JSON.stringify(tutorialQuery()), file).name).toBe(name);
});

test("only the metrics that are asked for give columns, in the tutorial's order", () => {
  expect(parsed({ ...tutorialQuery(), metrics: ["wrapup.code", "agent.talk.seconds"] }).shape).toMatchObject({
    measures: [{ name: "talk_ratio" }, { name: "unique_wrapup_codes" }],
  });
});

test("isTutorialQuery() knows the tutorial's documents by their query", () => {
  expect(isTutorialQuery(tutorialQuery())).toBe(true);
  expect(isTutorialQuery({ report: "a", query: {} })).toBe(false);
  expect(isTutorialQuery({ report: "a" })).toBe(false);
  for (const value of [null, undefined, "query", ["query"], 5]) expect(isTutorialQuery(value)).toBe(false);
});

function parsed(document: object): ReportDefinition {
  return parseDefinition(JSON.stringify(document, undefined, 2), "query.json");
}

function refusal(document: object): ReportError {
  try {
    parsed(document);
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error("parseDefinition() took it");
}
