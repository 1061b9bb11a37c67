import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversation, participant, segment } from "../../test/simulator/small-centre.ts";
import { readOpenApi } from "../routes/openapi.ts";
import type { Conversation } from "./centre.ts";
import { compileFilters } from "./compile-filters.ts";
import type { DetailsQuery, QueryFilter, QueryPredicate } from "./details-query.ts";
import { CONVERSATION_FIELDS, EVALUATION_FIELDS, SEGMENT_FIELDS, SURVEY_FIELDS } from "./fields.ts";

const INTERVAL = "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z";

function matches(query: Omit<DetailsQuery, "interval">, subject: Conversation): boolean {
  return compileFilters({ interval: INTERVAL, ...query })?.(subject) ?? true;
}

function and(...predicates: readonly QueryPredicate[]): QueryFilter {
  return { type: "and", predicates };
}

const CALL = conversation({
  start: "2024-05-01T10:00:00.000Z",
  end: "2024-05-01T10:20:00.000Z",
  divisionIds: ["d1", "d2"],
  mediaStatsMinConversationMos: 4.5,
  customerParticipation: true,
  surveys: [
    { surveyStatus: "Finished", surveyPromoterScore: 9, oSurveyTotalScore: 80, surveyPartialResponse: false },
    { surveyStatus: "Sent" },
  ],
  evaluations: [{ evaluationStatus: "Finished", oTotalScore: 55, formName: "Courtesy" }],
  resolutions: [{ nNextContactAvoided: 1, queueId: "q1" }],
  participants: [
    participant("customer", {
      direction: "inbound",
      remote: "Jo Doe",
      requestedRoutings: ["Bullseye", "Standard"],
      segments: [segment({ queueId: "q1" })],
      metrics: [{ name: "nConnected", value: 1, emitDate: "2024-05-01T10:00:00.000Z" }],
    }),
    participant(
      "agent",
      {
        mediaType: "voice",
        flow: { flowName: "In", outcomes: [{ flowOutcome: "SUCCESS" }, { flowOutcome: "FAILURE" }] },
        segments: [
          segment({ queueId: "q1", properties: [{ propertyType: "integer", property: "rank", value: "3" }] }),
          segment({
            queueId: "q2",
            segmentType: "wrapup",
            wrapUpCode: "done",
            segmentEnd: "2024-05-01T10:01:00.000Z",
            sipResponseCodes: [200, 486],
          }),
        ],
        metrics: [
          { name: "tTalk", value: 5_000, emitDate: "2024-05-01T10:05:00.000Z" },
          { name: "tTalk", value: 60_000, emitDate: "2024-05-01T10:10:00.000Z" },
        ],
      },
      { userId: "u1", screenRecording: false, attributes: { rank: "9" } },
    ),
  ],
});

describe("compileFilters() on one conversation", () => {
  test.each<[string, boolean, Omit<DetailsQuery, "interval">]>([
    ["a word in another case", true, { segmentFilters: [and({ dimension: "purpose", value: "Agent" })] }],
    ["a text in another case", false, { segmentFilters: [and({ dimension: "remote", value: "jo doe" })] }],
    ["a text", true, { segmentFilters: [and({ dimension: "remote", value: "Jo Doe" })] }],
    ["a boolean", true, { segmentFilters: [and({ dimension: "screenRecording", value: "false" })] }],
    ["one of several values", true, { segmentFilters: [and({ dimension: "requestedRouting", value: "standard" })] }],
    ["a number in a list", true, { segmentFilters: [and({ dimension: "sipResponseCode", value: "486" })] }],
    ["a flow's outcome", true, { segmentFilters: [and({ dimension: "flowOutcome", value: "failure" })] }],
    [
      "two facts of one segment",
      true,
      { segmentFilters: [and({ dimension: "queueId", value: "q2" }, { dimension: "purpose", value: "agent" })] },
    ],
    [
      "two facts of two segments in one filter",
      false,
      { segmentFilters: [and({ dimension: "queueId", value: "q2" }, { dimension: "segmentType", value: "interact" })] },
    ],
    [
      "two facts of two segments in two filters",
      true,
      {
        segmentFilters: [
          and({ dimension: "queueId", value: "q2" }),
          and({ dimension: "segmentType", value: "interact" }),
        ],
      },
    ],
    [
      "the same two facts joined by or",
      true,
      {
        segmentFilters: [
          {
            type: "or",
            predicates: [
              { dimension: "queueId", value: "q9" },
              { dimension: "segmentType", value: "interact" },
            ],
          },
        ],
      },
    ],
    [
      "clauses beside predicates",
      false,
      {
        segmentFilters: [
          {
            type: "and",
            clauses: [{ type: "or", predicates: [{ dimension: "queueId", value: "q1" }] }],
            predicates: [{ dimension: "wrapUpCode", operator: "exists" }],
          },
        ],
      },
    ],
    ["exists", true, { segmentFilters: [and({ dimension: "wrapUpCode", operator: "exists" })] }],
    [
      "notExists: some segment without it",
      true,
      {
        segmentFilters: [
          and({ dimension: "wrapUpCode", operator: "notExists" }, { dimension: "purpose", value: "agent" }),
        ],
      },
    ],
    [
      "notExists: every such segment has it",
      false,
      {
        segmentFilters: [and({ dimension: "userId", operator: "notExists" }, { dimension: "purpose", value: "agent" })],
      },
    ],
    [
      "a dimension that the tree never shows",
      false,
      { segmentFilters: [and({ dimension: "canonicalExternalContactId", operator: "exists" })] },
    ],
    [
      "the length of a segment",
      true,
      {
        segmentFilters: [
          and({ metric: "tSegmentDuration", range: { lte: 60_000 } }, { dimension: "segmentType", value: "wrapup" }),
        ],
      },
    ],
    [
      "the length of another segment",
      false,
      { segmentFilters: [and({ metric: "tSegmentDuration", range: { lt: 60_000 } })] },
    ],
    ["a property", true, { segmentFilters: [and({ property: "rank", propertyType: "integer", value: "3" })] }],
    [
      "a property in a range",
      true,
      { segmentFilters: [and({ property: "rank", propertyType: "integer", range: { gt: 2, lt: 4 } })] },
    ],
    [
      "a property of another type",
      false,
      { segmentFilters: [and({ property: "rank", propertyType: "string", value: "3" })] },
    ],
    [
      "an attribute, out of reach",
      false,
      { segmentFilters: [and({ property: "rank", propertyType: "integer", value: "9" })] },
    ],
    ["a division, one of several", true, { conversationFilters: [and({ dimension: "divisionId", value: "D2" })] }],
    [
      "conversationEnd exists",
      true,
      { conversationFilters: [and({ dimension: "conversationEnd", operator: "exists" })] },
    ],
    [
      "an instant in another notation",
      true,
      { conversationFilters: [and({ dimension: "conversationStart", value: "2024-05-01T12:00:00+02:00" })] },
    ],
    [
      "a number in a range of a dimension",
      true,
      { conversationFilters: [and({ dimension: "mediaStatsMinConversationMos", range: { gte: 4.5 } })] },
    ],
    [
      "one of several values of a metric",
      true,
      { conversationFilters: [and({ metric: "tTalk", range: { gt: 5_000 } })] },
    ],
    [
      "no value of a metric",
      false,
      { conversationFilters: [and({ metric: "tTalk", range: { gt: 5_000, lt: 60_000 } })] },
    ],
    ["a metric that exists", true, { conversationFilters: [and({ metric: "nConnected", operator: "exists" })] }],
    ["a metric that does not", true, { conversationFilters: [and({ metric: "tHeld", operator: "notExists" })] }],
    [
      "the length of the conversation",
      true,
      { conversationFilters: [and({ metric: "tConversationDuration", range: { gte: 1_200_000, lte: 1_200_000 } })] },
    ],
    ["a conversation counts as one", true, { conversationFilters: [and({ metric: "nConversations", value: "1" })] }],
    [
      "two facts of one survey",
      true,
      {
        surveyFilters: [
          and(
            { dimension: "surveyPromoterScore", range: { gte: 9 } },
            { metric: "oSurveyTotalScore", range: { gt: 70 } },
          ),
        ],
      },
    ],
    [
      "two facts of two surveys",
      false,
      {
        surveyFilters: [
          and({ dimension: "surveyPromoterScore", range: { gte: 9 } }, { dimension: "surveyStatus", value: "Sent" }),
        ],
      },
    ],
    [
      "an evaluation",
      true,
      {
        evaluationFilters: [
          and({ dimension: "evaluationStatus", value: "finished" }, { metric: "oTotalScore", range: { lt: 60 } }),
        ],
      },
    ],
    ["a resolution", true, { resolutionFilters: [and({ metric: "nNextContactAvoided", value: "1" })] }],
    [
      "arrays joined by and",
      false,
      {
        conversationFilters: [and({ dimension: "divisionId", value: "d1" })],
        segmentFilters: [and({ dimension: "queueId", value: "q9" })],
      },
    ],
  ])("%s: %s", (_name, expected, query) => {
    expect(matches(query, CALL)).toBe(expected);
  });

  test("compileFilters() finds no survey in a conversation without one, whatever is asked", () => {
    const plain = conversation({ start: "2024-05-01T10:00:00.000Z" });
    expect(matches({ surveyFilters: [and({ dimension: "surveyStatus", operator: "notExists" })] }, plain)).toBe(false);
  });
});

test.each<[string, QueryFilter]>([
  ["A filter needs at least one clause or predicate", { type: "and" }],
  ["a clause a predicate", { type: "or", clauses: [{ type: "and", predicates: [] }] }],
  ["names exactly one dimension, metric or property", and({ value: "x" })],
  [
    "names exactly one dimension, metric or property",
    and({ dimension: "queueId", metric: "tSegmentDuration", value: "x" }),
  ],
  [
    "Predicate of type [metric] names the dimension [queueId]",
    and({ type: "metric", dimension: "queueId", value: "x" }),
  ],
  ["with operator [matches] needs a value or a range", and({ dimension: "queueId" })],
  ["needs a propertyType", and({ property: "rank", value: "x" })],
])("compileFilters() refuses a filter that asks nothing: %s", (message, filter) => {
  expect(() => compileFilters({ interval: INTERVAL, segmentFilters: [filter] })).toThrow(message);
});

test("the tables of fields name every dimension and metric of the API description, and no other", () => {
  const openApi = readOpenApi();
  const words = (schema: string, member = "dimension"): string[] => openApi.enumOf(schema, member).toSorted();
  const keys = (fields: object): string[] => Object.keys(fields).toSorted();
  expect(keys(CONVERSATION_FIELDS)).toEqual(words("ConversationDetailQueryPredicate"));
  expect(keys(SEGMENT_FIELDS)).toEqual(words("SegmentDetailQueryPredicate"));
  expect(words("SegmentDetailQueryPredicate", "metric")).toEqual(["tSegmentDuration"]);
  for (const [schema, fields] of [
    ["EvaluationDetailQueryPredicate", EVALUATION_FIELDS],
    ["SurveyDetailQueryPredicate", SURVEY_FIELDS],
  ] as const) {
    expect(keys(fields)).toEqual([...words(schema), ...words(schema, "metric")].toSorted());
  }
});

/** A small world: a conversation is a list of segments, each with a queue, a purpose and perhaps a code. */
interface SmallSegment {
  readonly queueId: string;
  readonly purpose: string;
  readonly wrapUpCode?: string | undefined;
}

const smallSegment = fc.record({
  queueId: fc.constantFrom("q1", "q2"),
  purpose: fc.constantFrom("acd", "agent"),
  wrapUpCode: fc.constantFrom(undefined, "done"),
});
const predicate = fc.oneof(
  fc.record({ dimension: fc.constant("queueId"), value: fc.constantFrom("q1", "Q2", "q3") }),
  fc.record({ dimension: fc.constant("purpose"), value: fc.constantFrom("acd", "AGENT") }),
  fc.record({
    dimension: fc.constant("wrapUpCode"),
    operator: fc.constantFrom("exists" as const, "notExists" as const),
  }),
);
const type = fc.constantFrom("and" as const, "or" as const);
const clause = fc.record({ type, predicates: fc.array(predicate, { minLength: 1, maxLength: 3 }) });
const filter = fc
  .record({ type, clauses: fc.array(clause, { maxLength: 2 }), predicates: fc.array(predicate, { maxLength: 2 }) })
  .filter(({ clauses, predicates }) => clauses.length + predicates.length > 0);

/** The grammar once more, as slowly and plainly as it can be said. */
function oracle(segments: readonly SmallSegment[], filters: readonly QueryFilter[]): boolean {
  const holds = (it: SmallSegment, { dimension, operator, value }: QueryPredicate): boolean => {
    const found = dimension === "queueId" ? it.queueId : dimension === "purpose" ? it.purpose : it.wrapUpCode;
    if (operator === "exists") return found !== undefined;
    if (operator === "notExists") return found === undefined;
    return found?.toLowerCase() === value?.toLowerCase();
  };
  const join = (how: "and" | "or", answers: readonly boolean[]): boolean =>
    how === "and" ? !answers.includes(false) : answers.includes(true);
  const meets = (it: SmallSegment, { type: how, clauses = [], predicates = [] }: QueryFilter): boolean =>
    join(how, [
      ...clauses.map((part) =>
        join(
          part.type,
          part.predicates.map((one) => holds(it, one)),
        ),
      ),
      ...predicates.map((one) => holds(it, one)),
    ]);
  return filters.filter((one) => segments.filter((it) => meets(it, one)).length === 0).length === 0;
}

test("compileFilters() agrees with a plain reading of the grammar on random small worlds", () => {
  fc.assert(
    fc.property(
      fc.array(smallSegment, { maxLength: 4 }),
      fc.array(filter, { minLength: 1, maxLength: 3 }),
      (segments, filters) => {
        const subject = conversation({
          start: "2024-05-01T10:00:00.000Z",
          participants: segments.map(({ purpose, queueId, wrapUpCode }) =>
            participant(purpose, {
              segments: [segment({ queueId, ...(wrapUpCode === undefined ? {} : { wrapUpCode }) })],
            }),
          ),
        });
        expect(matches({ segmentFilters: filters }, subject)).toBe(oracle(segments, filters));
      },
    ),
    { numRuns: 2_000 },
  );
});
