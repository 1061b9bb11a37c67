import { expect, test } from "vitest";
import { conversation, participant, segment, smallCentre } from "../../test/simulator/small-centre.ts";
import type { ConversationStore } from "./centre.ts";
import type { DetailsQuery } from "./details-query.ts";
import { createSelector } from "./select-conversations.ts";

const DAY = "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z";
const RULES = { startDayRule: "withActivity", intervalErrorCode: "bad.request" } as const;

const STORE = smallCentre([
  conversation({ id: "a", start: "2024-05-01T08:00:00.000Z", end: "2024-05-01T12:00:00.000Z", divisionIds: ["d1"] }),
  conversation({
    id: "b",
    start: "2024-05-01T09:00:00.000Z",
    divisionIds: ["d2"],
    participants: [
      participant("agent", {
        segments: [
          segment({
            segmentStart: "2024-05-01T07:59:59.990Z",
            segmentEnd: "2024-05-01T09:10:00.000Z",
            wrapUpCode: "sale",
          }),
          segment({
            segmentStart: "2024-05-01T09:10:00.000Z",
            segmentEnd: "2024-05-01T09:20:00.000Z",
            wrapUpCode: "sale",
          }),
        ],
        metrics: [{ name: "tTalk", value: 4_000, emitDate: "2024-05-01T09:10:00.000Z" }],
      }),
    ],
  }),
  conversation({
    id: "c",
    start: "2024-05-01T10:00:00.000Z",
    end: "2024-05-01T11:00:00.000Z",
    divisionIds: [],
    participants: [
      participant("agent", {
        segments: [
          segment({
            segmentStart: "2024-05-01T10:00:00.000Z",
            segmentEnd: "2024-05-01T11:00:00.000Z",
            wrapUpCode: "sale",
          }),
          segment({
            segmentStart: "2024-05-01T10:00:00.000Z",
            segmentEnd: "2024-05-01T10:30:00.000Z",
            wrapUpCode: "none",
          }),
        ],
        metrics: [
          { name: "tTalk", value: 6_000, emitDate: "2024-05-01T10:10:00.000Z" },
          { name: "tTalk", value: 1_000, emitDate: "2024-05-01T10:20:00.000Z" },
        ],
      }),
    ],
  }),
]).conversations;

const ids = (query: Partial<DetailsQuery>, divisions?: readonly string[]): string[] =>
  createSelector(STORE, RULES)({ interval: DAY, ...query }, divisions && new Set(divisions)).indices.map(
    (index) => STORE.get(index).conversationId,
  );

test.each<["conversationStart" | "conversationEnd", readonly string[]]>([
  ["conversationStart", ["a", "b", "c"]],
  ["conversationEnd", ["c", "a", "b"]],
])("the selector orders by %s, what is in progress last, and backwards", (orderBy, expected) => {
  expect(ids({ orderBy })).toEqual(expected);
  expect(ids({ orderBy, order: "desc" })).toEqual(expected.toReversed());
});

test("the selector orders by the earliest start and the latest end of the segments", () => {
  const withSegments = {
    segmentFilters: [{ type: "and" as const, predicates: [{ dimension: "purpose", value: "agent" }] }],
  };
  expect(ids({ ...withSegments, orderBy: "segmentStart" })).toEqual(["b", "c"]);
  expect(ids({ ...withSegments, orderBy: "segmentEnd", order: "desc" })).toEqual(["c", "b"]);
});

test("the selector gives unordered rows in a fixed order that is complete", () => {
  const once = ids({ order: "unordered" });
  expect(once.toSorted()).toEqual(["a", "b", "c"]);
  expect(ids({ order: "unordered" })).toEqual(once);
});

test("the selector hides conversations of other divisions and shows those of none", () => {
  expect(ids({}, ["d1"])).toEqual(["a", "c"]);
});

test("the selector counts facets over conversations, not over segments or pages", () => {
  const { facets } = createSelector(STORE, RULES)(
    {
      interval: DAY,
      aggregations: [
        { type: "termFrequency", dimension: "wrapUpCode" },
        { type: "termFrequency", dimension: "wrapUpCode", size: 1 },
        { type: "termFrequency", dimension: "divisionId" },
        { type: "numericRange", metric: "tTalk", ranges: [{ lt: 5_000 }, { gte: 5_000, lt: 6_000 }, { gte: 6_000 }] },
      ],
    },
    undefined,
  );
  expect(facets).toEqual([
    {
      type: "termFrequency",
      dimension: "wrapUpCode",
      count: 2,
      results: [
        { count: 2, value: "sale" },
        { count: 1, value: "none" },
      ],
    },
    { type: "termFrequency", dimension: "wrapUpCode", count: 2, results: [{ count: 2, value: "sale" }] },
    {
      type: "termFrequency",
      dimension: "divisionId",
      count: 2,
      results: [
        { count: 1, value: "d1" },
        { count: 1, value: "d2" },
      ],
    },
    {
      type: "numericRange",
      metric: "tTalk",
      count: 2,
      results: [
        { count: 2, lt: 5_000 },
        { count: 0, gte: 5_000, lt: 6_000 },
        { count: 1, gte: 6_000 },
      ],
    },
  ]);
});

test("the selector evaluates a query once for all its pages, and looks only at conversations of its days", () => {
  const days = Array.from({ length: 30 }, (_, day) =>
    conversation({ id: String(day), start: new Date(Date.UTC(2024, 4, 1 + day)).toISOString() }),
  );
  const plain = smallCentre(days).conversations;
  let built = 0;
  const counting: ConversationStore = {
    ...plain,
    get(index) {
      built += 1;
      return plain.get(index);
    },
  };
  const select = createSelector(counting, RULES);
  for (let pageNumber = 1; pageNumber <= 20; pageNumber += 1) {
    select(
      {
        interval: "2024-05-03T00:00:00Z/2024-05-05T00:00:00Z",
        paging: { pageSize: 1, pageNumber },
        conversationFilters: [{ type: "and", predicates: [{ dimension: "conversationEnd", operator: "notExists" }] }],
      },
      undefined,
    );
  }
  expect(built).toBe(2);
});
