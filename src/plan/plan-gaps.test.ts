import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { createInterval, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { buildPlan } from "./build-plan.ts";
import { addLostDays, gapsNeedAvailability, planGaps } from "./plan-gaps.ts";

/** A day of May 2024, or so many. */
function days(from: number, count = 1): Interval {
  return createInterval(Date.UTC(2024, 4, from), Date.UTC(2024, 4, from + count));
}

const WINDOW = days(1, 20);

function definitionOf(lines: string): ReportDefinition {
  return parseDefinition(`report: calls\ntimeZone: UTC\ninterval: yesterday\n${lines}`, "calls.yaml");
}

const BY_QUEUE = definitionOf("groupBy: [routing.queue.id]\nmeasures: [offered]\n");
const BY_ATTRIBUTE = definitionOf("groupBy: [conversation.attribute.tier]\nmeasures: [conversation_count]\n");

function plan(definition: ReportDefinition, gaps: readonly Interval[], availableUntil?: number): QueryPlan {
  return planGaps(buildPlan(definition, definition.filter, WINDOW), definition, gaps, availableUntil);
}

function slicesOf({ slices }: QueryPlan): string[] {
  return slices.map(({ source, id }) => `${source} ${id}`);
}

test("planGaps() asks for each gap as for a window of its own: a few days of a long one are no job", () => {
  expect(gapsNeedAvailability(BY_QUEUE, [days(2), days(9, 2)])).toBe(false);
  const planned = plan(BY_QUEUE, [days(2), days(9, 2)]);
  expect(planned).toMatchObject({ source: "local store and details_query", interval: WINDOW });
  expect(slicesOf(planned)).toEqual([
    "details_query 20240502T000000Z-20240503T000000Z",
    "details_query 20240509T000000Z-20240511T000000Z",
  ]);
});

test("planGaps() of the whole window is the plan without a store", () => {
  const availableUntil = Date.UTC(2024, 5, 1);
  expect(plan(BY_QUEUE, [WINDOW], availableUntil)).toEqual(
    buildPlan(BY_QUEUE, BY_QUEUE.filter, WINDOW, availableUntil),
  );
});

test("planGaps() of no gap asks for nothing, and nothing is missing", () => {
  const planned = plan(BY_ATTRIBUTE, []);
  expect(planned).toMatchObject({ source: "local store", slices: [] });
  expect(planned).not.toHaveProperty("shortfall");
});

test("D6: planGaps() says where the jobs' data end, when they end before a gap does", () => {
  const availableUntil = Date.UTC(2024, 4, 20, 12);
  expect(plan(BY_ATTRIBUTE, [days(3), days(20)], availableUntil).shortfall).toEqual({
    dataUntil: availableUntil,
    reason: "the data for jobs end at 2024-05-20T12:00:00.000Z: what began later is not in this report",
  });
  expect(plan(BY_ATTRIBUTE, [days(3)], availableUntil)).not.toHaveProperty("shortfall");
});

test("addLostDays() leaves the plan's own slices as they are, also where a lost day lies beside one", () => {
  const planned = plan(BY_QUEUE, [days(9, 2)]);
  const more = addLostDays(planned, plan(BY_QUEUE, [days(8), days(12)]), true);
  expect(more.source).toBe("local store and details_query");
  expect(slicesOf(more)).toEqual([
    "details_query 20240508T000000Z-20240509T000000Z",
    "details_query 20240509T000000Z-20240511T000000Z",
    "details_query 20240512T000000Z-20240513T000000Z",
  ]);
  expect(addLostDays(planned, plan(BY_QUEUE, [days(8)]), false).source).toBe("details_query");
});
