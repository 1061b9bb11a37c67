import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import { createInterval } from "../domain/interval.ts";
import { buildAggregates } from "./build-aggregates.ts";

const DAYS = createInterval(Date.UTC(2024, 0, 1, 22), Date.UTC(2024, 0, 3, 22));
const QUEUE = "a623d83c-96d7-4baa-af1f-d46ad6700d8b";

function planOf(keys: string, window = DAYS): ReturnType<typeof buildAggregates> {
  const head = "report: r\ntimeZone: Asia/Jerusalem\ninterval: 2024-01-02/2024-01-04\n";
  const definition = parseDefinition(`${head}${keys}`, "r.yaml");
  return buildAggregates(definition, definition.filter, window);
}

test("buildAggregates() asks for the report's groups, buckets, figures and filter", () => {
  const plan = planOf(`groupBy: [routing.queue.id, routing.queue.name, conversation.direction, time.hour]
measures: [conversation_count, offered, aht_seconds, total_duration_seconds]
filter:
  - { path: conversation.media.type, operator: in, value: [voice, chat] }
  - { path: routing.queue.id, operator: eq, value: ${QUEUE} }
`);
  expect(plan).toMatchObject({
    window: DAYS,
    ask: {
      timeZone: "Asia/Jerusalem",
      granularity: "PT1H",
      groupBy: ["queueId", "originatingDirection", "mediaType"],
      metrics: ["nConversations", "nOffered", "tHandle"],
      filter: {
        type: "and",
        clauses: [
          {
            type: "or",
            predicates: [
              { type: "dimension", dimension: "mediaType", operator: "matches", value: "voice" },
              { type: "dimension", dimension: "mediaType", operator: "matches", value: "chat" },
            ],
          },
        ],
        predicates: [{ type: "dimension", dimension: "queueId", operator: "matches", value: QUEUE }],
      },
    },
    bucket: "hour",
    notes: [],
  });
  expect("figures" in plan && plan.figures.map(({ fact, metric, stat }) => [fact.name, metric, stat])).toEqual([
    ["conversations", "nConversations", "count"],
    ["offered", "nOffered", "count"],
    ["handleMs", "tHandle", "sum"],
    ["handles", "tHandle", "count"],
  ]);
});

test.each([
  ["groupBy: [time.day]", "P1D", undefined],
  ["groupBy: [time.minute15]", "PT15M", undefined],
  ["groupBy: [time.minute30]", "PT30M", undefined],
  ["groupBy: [time.week]", undefined, "week is no granularity: compared over the whole window"],
  ["groupBy: [time.hour, time.day]", undefined, "several time keys are no granularity: compared over the whole window"],
  ["groupBy: [conversation.id]", undefined, "aggregates have no conversation.id: compared without it"],
])("buildAggregates() of %s has granularity %s", (keys, granularity, note) => {
  const plan = planOf(`${keys}\nmeasures: [offered]\n`);
  expect("ask" in plan && plan.ask.granularity).toBe(granularity);
  expect(plan).toMatchObject({ notes: note === undefined ? [] : [note] });
});

test("buildAggregates() has no granularity where the window begins inside a bucket", () => {
  const plan = planOf("groupBy: [time.hour]\nmeasures: [offered]\n", createInterval(DAYS.startAt + 60_000, DAYS.endAt));
  expect("ask" in plan && plan.ask.granularity).toBeUndefined();
  expect(plan).toMatchObject({ notes: [expect.stringContaining("begins no hour")] });
});

test("buildAggregates() leaves out what means something else: visits by agent, conversations by code", () => {
  const plan = planOf("groupBy: [agent.id, wrapup.code]\nmeasures: [conversation_count, offered, answered]\n");
  expect("figures" in plan && plan.figures.map(({ fact }) => fact.name)).toEqual(["answered"]);
  expect("notes" in plan && plan.notes).toHaveLength(2);
});

test.each([
  ["rows: leg\ncolumns: [agent.id]", "a detail report has no figures that aggregates state"],
  ["measures: [avg_duration_seconds]", "none of its measures"],
  ["groupBy: [agent.id]\nmeasures: [abandoned]", "none of its measures"],
  [filtered("path: agent.talk.seconds, operator: gt, value: 1"), "cannot filter on agent.talk.seconds"],
  [filtered("path: conversation.media.type, operator: ne, value: voice"), "no operator for the condition"],
  [filtered("path: conversation.media.type, operator: exists"), "no operator for the condition"],
  [filtered("path: conversation.media.type, operator: eq, value: unknown"), 'our "unknown"'],
  [`${filtered("path: agent.id, operator: exists")}\nfilterScope: conversation`, "keeps whole conversations"],
])("buildAggregates() refuses what the server cannot say: %s", (keys, refusal) => {
  expect(planOf(`${keys}\n`)).toEqual({ refusal: expect.stringContaining(refusal) });
});

test("buildAggregates() says that a queue exists, and that it does not", () => {
  for (const operator of ["exists", "not_exists"])
    expect(planOf(`${filtered(`path: routing.queue.id, operator: ${operator}`)}\n`)).toMatchObject({
      ask: {
        filter: { predicates: [{ dimension: "queueId", operator: operator === "exists" ? "exists" : "notExists" }] },
      },
    });
});

function filtered(condition: string): string {
  return `measures: [answered]\nfilter: [{ ${condition} }]`;
}
