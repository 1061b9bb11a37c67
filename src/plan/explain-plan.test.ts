import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { createInterval } from "../domain/interval.ts";
import { buildPlan } from "./build-plan.ts";
import { type Explanation, explainPlan, formatExplanation, markNames } from "./explain-plan.ts";

const TEXT = `report: a
timeZone: Asia/Jerusalem
interval: yesterday
filter:
  - { path: routing.queue.name, operator: in, value: [Sales, "{{ x }}"] }
  - { path: agent.talk.seconds, operator: gt, value: 30 }
measures: [conversation_count]
`;

test("explainPlan() says what is asked, what is done here, and what it costs at least", () => {
  const { bodies, ...rest } = explained();

  expect(rest).toEqual({
    source: "details_query",
    why: "the window is short",
    interval: "2024-01-01T22:00:00.000Z/2024-01-02T22:00:00.000Z",
    localInterval: "2024-01-02T00:00:00.000+02:00/2024-01-03T00:00:00.000+02:00",
    slices: [
      {
        id: "20240101T220000Z-20240102T220000Z",
        source: "details_query",
        interval: "2024-01-01T22:00:00.000Z/2024-01-02T22:00:00.000Z",
      },
    ],
    pushedDown: ["routing.queue.name is one of <id of Sales>, <id of {{ x }}>"],
    local: ["agent.talk.seconds is above 30 s"],
    requests: { atLeast: 2, perMinute: 300, minutesAtLeast: 0.01, pageSize: 100 },
    notAdditive: [],
  });
  expect(bodies).toHaveLength(1);
});

test("R-09: formatExplanation() tells pushed conditions from those that are evaluated here", () => {
  expect(formatExplanation(explained(), "Asia/Jerusalem", false)).toBe(
    `source       details_query: the window is short
window       2024-01-01T22:00:00.000Z/2024-01-02T22:00:00.000Z
             2024-01-02T00:00:00.000+02:00/2024-01-03T00:00:00.000+02:00 (Asia/Jerusalem)
slices       1 query
asked        routing.queue.name is one of <id of Sales>, <id of {{ x }}>
done here    agent.talk.seconds is above 30 s (the whole filter is checked again on every row)
requests     at least 2: one for each slice and listing, and one for each further 100 conversations
time         at least 0.01 minutes at 300 requests a minute
`,
  );
});

test("formatExplanation() shows the exact bodies when asked", () => {
  const bodies = formatExplanation(explained(), "Asia/Jerusalem", true)
    .split("\nPOST /api/v2/analytics/conversations/details/query\n")
    .slice(1);

  expect(bodies.map((body): unknown => JSON.parse(body))).toEqual(explained().bodies.map(({ body }) => body));
});

function explained(): Explanation {
  const definition = parseDefinition(TEXT, "a.yaml");
  const interval = createInterval(Date.UTC(2024, 0, 1, 22), Date.UTC(2024, 0, 2, 22));
  const plan = buildPlan(definition, markNames(definition.filter), interval);
  return explainPlan(plan, { window: interval }, definition.shape, 1);
}
