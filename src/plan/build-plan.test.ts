import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { createInterval } from "../domain/interval.ts";
import { detailsQueryBody, type QueryPlan } from "../domain/query-plan.ts";
import { buildPlan } from "./build-plan.ts";

const INTERVAL = createInterval(Date.UTC(2024, 0, 1, 22), Date.UTC(2024, 0, 9, 22));

test("buildPlan() keeps of each record what the report reads, and no more", () => {
  expect(planOf("groupBy: [agent.id]\nmeasures: [aht_seconds, offered]\n").needs).toEqual({
    metrics: ["nOffered", "tHandle"],
    segments: false,
  });
  expect(planOf("rows: leg\ncolumns: [agent.hold.seconds, agent.id]\n").needs).toEqual({
    metrics: ["tHeldComplete"],
    segments: false,
  });
  expect(planOf("rows: segment\ncolumns: [segment.type]\n").needs).toEqual({ metrics: [], segments: true });
  const filtered = "filter: [{ path: agent.acw.seconds, operator: gt, value: 1 }]\nmeasures: [conversation_count]\n";
  expect(planOf(filtered).needs.metrics).toEqual(["tAcw"]);
});

test("R-15: grouping changes what is done here and nothing of what is asked", () => {
  const bodies = (shape: string): unknown => {
    const plan = planOf(`filter: [{ path: conversation.media.type, operator: eq, value: voice }]\n${shape}`);
    return plan.slices.map((slice) => detailsQueryBody(plan, slice, 1));
  };

  const whole = bodies("measures: [conversation_count]\n");
  expect(bodies("groupBy: [time.hour, agent.name]\nmeasures: [conversation_count]\n")).toEqual(whole);
  expect(bodies("rows: segment\ncolumns: [segment.type]\n")).toEqual(whole);
});

test("R-13: buildPlan() asks for one media type only when the report says so", () => {
  expect(planOf("measures: [offered]\n")).toMatchObject({
    conversationFilters: [],
    segmentFilters: [],
    pushedDown: [],
    local: [],
  });
});

test("buildPlan() cuts the window into slices and is frozen", () => {
  const plan = planOf("measures: [offered]\n");

  expect(plan.slices.map(({ id }) => id)).toEqual([
    "20240101T220000Z-20240107T000000Z",
    "20240107T000000Z-20240109T220000Z",
  ]);
  expect(Object.isFrozen(plan)).toBe(true);
  expect(plan.timeZone).toBe("Asia/Jerusalem");
});

function planOf(lines: string): QueryPlan {
  const definition = parseDefinition(`report: a\ntimeZone: Asia/Jerusalem\ninterval: yesterday\n${lines}`, "a.yaml");
  return buildPlan(definition, definition.filter, INTERVAL);
}
