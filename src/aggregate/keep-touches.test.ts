import { describe, expect, test } from "vitest";
import { type FilterSource, parseFilters } from "../define/parse-filter.ts";
import type { Problem } from "../define/problems.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { EVERYTHING, type Filter } from "../domain/report-definition.ts";
import { keepTouches } from "./keep-touches.ts";
import { touchesOf } from "./touch-rows.ts";

const SALES = "11111111-1111-4111-8111-111111111111";
const SERVICE = "22222222-2222-4222-8222-222222222222";
const ANN = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

/** Sales, where nobody had the call on hold, then Service; Ann's talk is 1.005 s. */
const RECORD: ConversationRecord = {
  id: "c",
  startedAt: 0,
  endedAt: 60_000,
  direction: "inbound",
  divisionIds: [],
  parts: [
    { kind: "visit", mediaType: "voice", queueId: SALES, startedAt: 0 },
    {
      kind: "leg",
      mediaType: "voice",
      queueId: SALES,
      startedAt: 5,
      userId: ANN,
      metrics: { tTalkComplete: { count: 1, sum: 1005 } },
    },
    { kind: "visit", mediaType: "voice", queueId: SERVICE, startedAt: 20 },
  ],
};
const TOUCHES = touchesOf(RECORD, { wrapUpCodes: false, divisions: false });

function filter(...sources: FilterSource[]): Filter {
  const problems: Problem[] = [];
  const parsed = parseFilters(sources, ["filter"], problems);
  expect(problems).toEqual([]);
  return parsed;
}

/** The queues of what is kept. */
function kept(wanted: Filter, scope: "figures" | "conversation" = "figures"): string[] {
  return keepTouches(TOUCHES, wanted, scope).map(({ part }) => (part?.queueId === SALES ? "sales" : "service"));
}

describe("keepTouches()", () => {
  test.each<[string, FilterSource, string[]]>([
    ["eq", { path: "routing.queue.id", operator: "eq", value: SERVICE }, ["service"]],
    ["ne", { path: "routing.queue.id", operator: "ne", value: SERVICE }, ["sales"]],
    ["in", { path: "routing.queue.id", operator: "in", value: [SALES, SERVICE] }, ["sales", "service"]],
    ["not_in", { path: "routing.queue.id", operator: "not_in", value: [SALES, SERVICE] }, []],
    ["exists", { path: "agent.id", operator: "exists" }, ["sales"]],
    ["not_exists", { path: "agent.id", operator: "not_exists" }, ["service"]],
    ["a negated condition on what is absent", { path: "agent.id", operator: "ne", value: ANN }, ["service"]],
    ["gt, not met", { path: "agent.talk.seconds", operator: "gt", value: 1.005 }, []],
    ["gte, met", { path: "agent.talk.seconds", operator: "gte", value: 1.005 }, ["sales"]],
    ["lt, not met", { path: "agent.talk.seconds", operator: "lt", value: 1.005 }, []],
    ["lte, met", { path: "agent.talk.seconds", operator: "lte", value: 1.005 }, ["sales"]],
    ["a number that is absent", { path: "agent.hold.seconds", operator: "lt", value: 9 }, []],
    ["of the conversation", { path: "conversation.duration.seconds", operator: "eq", value: 60 }, ["sales", "service"]],
  ])("keeps the figures that meet %s", (_, source, expected) => {
    expect(kept(filter(source))).toEqual(expected);
  });

  test("two conditions concern the same touch, unless whole conversations are kept", () => {
    const both = filter(
      { path: "agent.id", operator: "eq", value: ANN },
      { path: "routing.queue.id", operator: "eq", value: SERVICE },
    );
    expect(kept(both)).toEqual([]);
    expect(kept(both, "conversation")).toEqual(["sales", "service"]);
  });

  test("conditions joined in one compound concern the same touch, even for whole conversations", () => {
    const joined = filter({
      type: "compound",
      operator: "and",
      filters: [
        { path: "agent.id", operator: "eq", value: ANN },
        { path: "routing.queue.id", operator: "eq", value: SERVICE },
      ],
    });
    expect(kept({ kind: "and", filters: [joined] }, "conversation")).toEqual([]);
  });

  test("or keeps what meets either; a filter of nothing keeps everything", () => {
    const either = filter({
      type: "compound",
      operator: "or",
      filters: [
        { path: "agent.id", operator: "exists" },
        { path: "routing.queue.id", operator: "eq", value: SERVICE },
      ],
    });
    expect(kept(either)).toEqual(["sales", "service"]);
    expect(kept(EVERYTHING)).toEqual(["sales", "service"]);
    expect(kept(EVERYTHING, "conversation")).toEqual(["sales", "service"]);
    expect(kept({ kind: "or", filters: [] })).toEqual([]);
  });
});

test("keepTouches() under conversation scope asks a compound `and` of one part, and a list of several", () => {
  const inService: FilterSource = { path: "routing.queue.id", operator: "eq", value: SERVICE };
  const byAnn: FilterSource = { path: "agent.id", operator: "eq", value: ANN };

  expect(kept(filter(inService, byAnn), "conversation")).toEqual(["sales", "service"]);
  expect(kept(filter({ type: "compound", operator: "and", filters: [inService, byAnn] }), "conversation")).toEqual([]);
});
