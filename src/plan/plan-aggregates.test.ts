import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { createInterval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import { buildPlan } from "./build-plan.ts";

const QUARTER = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2024, 3, 1));
const MONTH = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2024, 1, 1));
const ID = "a623d83c-96d7-4baa-af1f-d46ad6700d8b";

function planOf(keys: string, window = MONTH): QueryPlan {
  const head = "report: r\ntimeZone: UTC\ninterval: 2024-01-01/2024-02-01\ntimeBasis: eventTime\n";
  const definition = parseDefinition(`${head}${keys}\n`, "r.yaml");
  return buildPlan(definition, definition.filter, window);
}

test("R-05: planAggregates() asks for groups, figures, granularity, zone and filter, and for no conversation", () => {
  const plan = planOf(`groupBy: [routing.queue.id, routing.queue.name, time.hour]
measures: [offered, aht_seconds]
filter: [{ path: routing.queue.id, operator: eq, value: ${ID} }]`);
  expect(plan).toMatchObject({ source: "aggregates", slices: [] });
  expect(plan.aggregates).toMatchObject({ withoutTotal: [] });
  expect(plan.aggregates?.questions).toEqual([
    {
      form: "query",
      interval: MONTH,
      buckets: 744,
      ask: {
        timeZone: "UTC",
        granularity: "PT1H",
        groupBy: ["queueId"],
        metrics: ["nOffered", "tHandle"],
        filter: {
          type: "and",
          predicates: [{ type: "dimension", dimension: "queueId", operator: "matches", value: ID }],
        },
      },
    },
  ]);
  expect(plan.aggregates?.totals).toBeUndefined();
});

test.each([
  ["groupBy: [routing.queue.id, time.hour]", MONTH, "query"],
  ["groupBy: [routing.queue.id, time.hour]", QUARTER, "job"],
  ["groupBy: [agent.id, time.day]", MONTH, "query"],
  ["groupBy: [agent.id, time.hour]", MONTH, "job"],
])("planAggregates() makes %s a question of the right weight", (keys, window, form) => {
  expect(planOf(`${keys}\nmeasures: [answered]`, window).aggregates?.questions).toMatchObject([{ form }]);
});

test("planAggregates() asks for totals where groups do not add up, and leaves out those that nobody knows", () => {
  const byDivision = planOf("groupBy: [conversation.division.id, time.day]\nmeasures: [answered]");
  expect(byDivision.aggregates?.totals).toEqual({
    form: "query",
    interval: MONTH,
    buckets: 1,
    ask: { timeZone: "UTC", metrics: ["tAnswered"] },
  });
  const byMedia = planOf("groupBy: [conversation.media.type]\nmeasures: [conversation_count, answered]");
  expect(byMedia.aggregates).toMatchObject({ withoutTotal: [{ name: "conversations" }] });
  expect(byMedia.aggregates?.totals).toBeUndefined();
});

test("planAggregates() asks for nothing when no value can meet the filter", () => {
  const head = "report: r\ninterval: yesterday\ntimeBasis: eventTime\nmeasures: [answered]\n";
  const definition = parseDefinition(
    `${head}filter: [{ path: routing.queue.name, operator: contains, value: x }]\n`,
    "r.yaml",
  );
  const { field } = definition.filter.kind === "predicate" ? definition.filter : { field: undefined };
  if (!field) throw new Error("the filter is one condition");
  const nobody = { kind: "predicate", field, condition: { kind: "is_one_of", values: [] }, negated: false } as const;
  expect(buildPlan(definition, nobody, MONTH).aggregates).toMatchObject({ questions: [] });
});

test("planAggregates() refuses a list that does not fit in a request", () => {
  const values = Array.from({ length: 501 }, (_, index) => `code-${index}`).join(", ");
  expect(() =>
    planOf(`measures: [answered]\nfilter: [{ path: wrapup.code, operator: in, value: [${values}] }]`),
  ).toThrow("Cannot ask aggregates for a filter of 501 values; 500 fit in a request");
});
