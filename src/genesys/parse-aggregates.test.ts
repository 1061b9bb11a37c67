import { expect, test } from "vitest";
import { parseAggregates } from "./parse-aggregates.ts";

const INTERVAL = "2024-05-01T00:00:00.000Z/2024-05-01T01:00:00.000Z";

test("parseAggregates() reads groups and buckets; what is absent did not occur", () => {
  const metrics = [
    { metric: "nOffered", stats: { count: 3 } },
    { metric: "tAcw", qualifier: null, stats: { count: 2, sum: 1500.4, min: 1, max: 1499.4 } },
  ];
  const data = [{ interval: INTERVAL, metrics }, { interval: INTERVAL }];
  const startAt = Date.UTC(2024, 4, 1);
  expect(parseAggregates({ results: [{ group: { mediaType: "voice" }, data }, { data: null }] })).toEqual([
    {
      group: { mediaType: "voice" },
      startAt,
      metrics: new Map([
        ["nOffered", { count: 3, sum: 0 }],
        ["tAcw", { count: 2, sum: 1500 }],
      ]),
    },
    { group: { mediaType: "voice" }, startAt, metrics: new Map() },
  ]);
  for (const nothing of [{}, { results: null }, { results: [] }]) expect(parseAggregates(nothing)).toEqual([]);
});

test.each<readonly [unknown, string]>([
  [[], "the answer that is no object"],
  [{ conversations: [] }, "members conversations"],
  [{ results: {} }, "results that are no list"],
  [{ results: [{ group: { queueId: null }, data: [] }] }, "a value of queueId that is no text"],
  [{ results: [{ data: [{ interval: "today" }] }] }, "a bucket without a readable interval"],
  [withMetric({ metric: "nOffered" }), "stats that is no object"],
  [withMetric({ metric: "nOffered", stats: { count: "3" } }), "a number of nOffered that cannot be counted"],
  [withMetric({ stats: { count: 3 } }), "a metric without a name of its own"],
])("parseAggregates() refuses %j", (json, message) => {
  expect(() => parseAggregates(json)).toThrow(`The aggregates query answered with ${message}`);
});

function withMetric(metric: unknown): unknown {
  return { results: [{ data: [{ interval: INTERVAL, metrics: [metric] }] }] };
}
