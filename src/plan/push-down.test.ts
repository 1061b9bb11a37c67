import { expect, test } from "vitest";
import { type FilterSource, parseFilters } from "../define/parse-filter.ts";
import type { DetailsPredicate } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { describeFilter } from "./describe-filter.ts";
import { FIELDS } from "../define/vocabulary.ts";
import { pushDown } from "./push-down.ts";

const QUEUE = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const OTHER = "1a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

const voice = { path: "conversation.media.type", operator: "eq", value: "voice" };
const queue = { path: "routing.queue.id", operator: "eq", value: QUEUE };
const queues = { path: "routing.queue.id", operator: "in", value: [QUEUE, OTHER] };
const solved = { path: "wrapup.code", operator: "eq", value: "Solved" };
const inbound = { path: "conversation.direction", operator: "eq", value: "inbound" };
const agent = { path: "agent.id", operator: "exists" };
const longTalk = { path: "agent.talk.seconds", operator: "gt", value: 30 };
const or = (...filters: FilterSource[]): FilterSource => ({ type: "compound", operator: "or", filters });

const is = (dimension: string, value: string): DetailsPredicate => ({
  type: "dimension",
  dimension,
  operator: "matches",
  value,
});

test("R-09: pushDown() writes equality, lists and existence in the vendor's grammar", () => {
  expect(pushed([voice, queues, agent])).toEqual({
    conversationFilters: [],
    segmentFilters: [
      {
        type: "and",
        clauses: [{ type: "or", predicates: [is("queueId", QUEUE), is("queueId", OTHER)] }],
        predicates: [is("mediaType", "voice"), { type: "dimension", dimension: "userId", operator: "exists" }],
      },
    ],
    local: [],
  });
});

test("pushDown() sends what belongs to the conversation apart from what belongs to a segment", () => {
  expect(pushed([inbound, voice])).toEqual({
    conversationFilters: [{ type: "and", predicates: [is("originatingDirection", "inbound")] }],
    segmentFilters: [{ type: "and", predicates: [is("mediaType", "voice")] }],
    local: [],
  });
});

test("pushDown() sends alternatives as one clause when all of them can be asked of one kind", () => {
  expect(pushed([or(voice, queue)]).segmentFilters).toEqual([
    { type: "and", clauses: [{ type: "or", predicates: [is("mediaType", "voice"), is("queueId", QUEUE)] }] },
  ]);
  expect(pushed([or(voice, inbound)])).toMatchObject({ conversationFilters: [], segmentFilters: [] });
});

test("R-09: pushDown() sends of a metric only that it is there, since sums over a leg bound no single value", () => {
  const sent = (path: string, operator: string, value?: number): unknown =>
    pushed([{ path, operator, ...(value === undefined ? {} : { value }) }]).conversationFilters;
  const only = (metric: string, rest: object): unknown => [
    { type: "and", predicates: [{ type: "metric", metric, ...rest }] },
  ];
  const there = { operator: "exists" };
  const above = { range: { gt: 0 } };

  expect(sent("metric.tTalk", "exists")).toEqual(only("tTalk", there));
  expect(sent("metric.tTalk", "gt", 30)).toEqual(only("tTalk", above));
  expect(sent("metric.tTalk", "gt", 0)).toEqual(only("tTalk", above));
  expect(sent("metric.tTalk", "gte", 0)).toEqual(only("tTalk", there));
  expect(sent("metric.nTransferred", "eq", 2)).toEqual(only("nTransferred", above));
  expect(sent("metric.nTransferred", "lte", 2)).toEqual(only("nTransferred", there));
  expect(sent("metric.tTalk", "ne", 30)).toEqual([]);
  expect(sent("metric.tTalk", "not_exists")).toEqual([]);
  expect(sent("metric.tConversationDuration", "gte", 1.005)).toEqual(
    only("tConversationDuration", { range: { gte: 1005 } }),
  );
});

test("pushDown() says what it really sends of a bound on a metric, and that the bound itself is kept here", () => {
  const rang = { path: "metric.tAlert", operator: "gt", value: 15 };
  const { pushedDown, local } = pushDown(parseFilters([rang, inbound], [], []), "figures");

  expect(pushedDown.map(describeFilter)).toEqual(["metric.tAlert is above 0 s", "conversation.direction is inbound"]);
  expect(local.map(describeFilter)).toEqual(["metric.tAlert is above 15 s"]);
});

test("pushDown() sends bounds of a dimension that is a bare number", () => {
  const mos = { path: "conversation.media.stats.min.conversation.mos", operator: "lt", value: 3.5 };

  expect(pushed([mos]).conversationFilters).toEqual([
    { type: "and", predicates: [{ type: "dimension", dimension: "mediaStatsMinConversationMos", range: { lt: 3.5 } }] },
  ]);
});

test("pushDown() never sends an attribute, which the service cannot filter", () => {
  const tier = { path: "conversation.attribute.tier", operator: "eq", value: "gold" };

  expect(pushed([tier, voice])).toEqual({
    conversationFilters: [],
    segmentFilters: [{ type: "and", predicates: [is("mediaType", "voice")] }],
    local: ["conversation.attribute.tier is gold"],
  });
});

test("pushDown() asks alone for what may stand on another part, such as the flow before the queue", () => {
  const flow = { path: "flow.id", operator: "eq", value: OTHER };
  const skill = { path: "routing.skill.id", operator: "eq", value: QUEUE };
  const only = (dimension: string, value: string): unknown => [{ type: "and", predicates: [is(dimension, value)] }];

  expect(pushed([flow]).segmentFilters).toEqual(only("flowId", OTHER));
  expect(pushed([flow, skill]).segmentFilters).toEqual(only("flowId", OTHER));
  expect(pushed([flow, skill, voice])).toMatchObject({
    segmentFilters: only("mediaType", "voice"),
    local: [expect.stringContaining("flow.id"), expect.stringContaining("routing.skill.id")],
  });
});

test("pushDown() keeps here what no request can say: parts of texts, and names that nobody has", () => {
  const local = (source: FilterSource): void =>
    expect(pushed([source]), source.operator).toMatchObject({ segmentFilters: [], local: [expect.any(String)] });

  local({ path: "wrapup.code", operator: "contains", value: "ININ" });
  expect(
    pushDown(
      {
        kind: "predicate",
        field: FIELDS.get("routing.queue.id") ?? expect.fail("no such field"),
        condition: { kind: "is_one_of", values: [] },
        negated: false,
      },
      "figures",
    ),
  ).toMatchObject({ segmentFilters: [], pushedDown: [] });
});

const LOCAL: readonly (readonly [why: string, source: FilterSource])[] = [
  ["a negation, which the vendor does not have", { ...voice, operator: "ne" }],
  ["an absence", { path: "routing.queue.id", operator: "not_exists" }],
  ["a comparison of talk time, which it cannot filter by leg", longTalk],
  ["alternatives of which one stays here", or(voice, longTalk)],
  ["alternatives that hold conjunctions", or(voice, { type: "compound", operator: "and", filters: [queue, solved] })],
  ["the media type that stands for none", { ...voice, value: "unknown" }],
  ["any media type", { path: "conversation.media.type", operator: "exists" }],
];

test.each(LOCAL)("R-09: pushDown() leaves here %s", (_why, source) => {
  const { local, ...sent } = pushed([source]);

  expect(sent).toEqual({ conversationFilters: [], segmentFilters: [] });
  expect(local).toHaveLength(1);
});

test("pushDown() says which conditions it sent and which it kept", () => {
  const { pushedDown, local } = pushDown(parseFilters([voice, longTalk, solved], [], []), "figures");

  expect(pushedDown.map(describeFilter)).toEqual(["conversation.media.type is voice", "wrapup.code is Solved"]);
  expect(local.map(describeFilter)).toEqual(["agent.talk.seconds is above 30 s"]);
});

test("pushDown() never asks one segment for queue and wrap-up code, which stand on two", () => {
  expect(pushed([solved, queue, voice])).toMatchObject({
    segmentFilters: [{ predicates: [is("queueId", QUEUE), is("mediaType", "voice")] }],
    local: ["wrapup.code is Solved"],
  });
});

test("pushDown() asks whole conversations for one condition on their parts, since others may be met elsewhere", () => {
  expect(pushed([voice, inbound, queue], "conversation")).toMatchObject({
    conversationFilters: [{ predicates: [is("originatingDirection", "inbound")] }],
    segmentFilters: [{ predicates: [is("mediaType", "voice")] }],
    local: [`routing.queue.id is ${QUEUE}`],
  });
});

test("pushDown() opens conjunctions inside conjunctions", () => {
  expect(pushed([{ type: "compound", operator: "and", filters: [voice, longTalk] }])).toMatchObject({
    segmentFilters: [{ predicates: [is("mediaType", "voice")] }],
    local: ["agent.talk.seconds is above 30 s"],
  });
});

test("pushDown() sends nothing for the filter that keeps everything", () => {
  expect(pushed([])).toEqual({ conversationFilters: [], segmentFilters: [], local: [] });
});

const BOUNDS: readonly (readonly [operator: string, seconds: number, range: object])[] = [
  ["gt", 60, { gt: 60_000 }],
  ["gte", 1.005, { gte: 1005 }],
  ["lte", 1.005, { lte: 1005 }],
  ["eq", 1.005, { gte: 1005, lte: 1005 }],
  ["lt", 4.0155, { lt: 4016 }],
  ["gte", 4.0155, { gte: 4016 }],
  ["gt", 4.0155, { gt: 4015 }],
  ["lte", 4.0155, { lte: 4015 }],
  ["gt", -0.5, { gt: -500 }],
  ["lte", 1e9, { lte: 1e12 }],
];

test.each(BOUNDS)("pushDown() writes %s %d s in whole milliseconds", (operator, value, range) => {
  expect(pushed([{ path: "conversation.duration.seconds", operator, value }]).conversationFilters).toEqual([
    { type: "and", predicates: [{ type: "metric", metric: "tConversationDuration", range }] },
  ]);
});

test("pushDown() takes with its bounds exactly the milliseconds that the comparison in seconds takes", () => {
  const fits = { gt: (a: number, b: number) => a > b, gte: (a: number, b: number) => a >= b };
  for (let ms = -50; ms <= 70_000; ms += 53) {
    for (const bound of [ms / 1000, (ms + 0.5) / 1000]) {
      for (const operator of ["gt", "gte"] as const) {
        const [filter] = pushed([
          { path: "conversation.duration.seconds", operator, value: bound },
        ]).conversationFilters;
        const sent = filter?.predicates?.[0]?.range?.[operator] ?? Number.NaN;
        for (const durationMs of [ms - 1, ms, ms + 1])
          expect(fits[operator](durationMs, sent), `${durationMs} ${operator} ${bound}`).toBe(
            fits[operator](durationMs / 1000, bound),
          );
      }
    }
  }
});

test("B3: pushDown() sends the longest list whole, and of the others only what fits beside it", () => {
  const ids = (start: string, count: number): string[] =>
    Array.from({ length: count }, (_, nth) => `${start}1b2c3d-4e5f-4a6b-8c7d-${String(nth).padStart(12, "0")}`);
  const inList = (path: string, count: number): FilterSource => ({ path, operator: "in", value: ids("0a", count) });
  const lists = [inList("agent.id", 501), inList("routing.queue.id", 502), inList("conversation.division.id", 500)];
  const plan = pushDown(parseFilters([...lists, voice], [], []), "figures");

  expect(plan.longestList).toEqual({ array: "segmentFilters", clause: 0, size: 502 });
  expect(plan.segmentFilters[0]?.clauses?.[0]?.predicates).toHaveLength(502);
  expect(plan.tooLong).toEqual(plan.local);
  expect(plan.pushedDown.map((filter) => describeFilter(filter).split(" ", 1)[0])).toEqual([
    "routing.queue.id",
    "conversation.media.type",
  ]);
  const fewer = pushDown(parseFilters([...lists.slice(1), inList("agent.id", 400)], [], []), "figures");
  expect(fewer.pushedDown).toHaveLength(2);
});

function pushed(sources: readonly FilterSource[], scope: ReportDefinition["filterScope"] = "figures") {
  const { conversationFilters, segmentFilters, local } = pushDown(parseFilters(sources, [], []), scope);
  return { conversationFilters, segmentFilters, local: local.map(describeFilter) };
}
