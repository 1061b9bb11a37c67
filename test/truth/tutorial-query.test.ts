// The query document of the tutorial, as its `build_analytics_query` makes it, run unchanged against the simulator with
// a real month in it. What the tutorial's own script made of such a document never held real figures; here they are
// those of the raw file.

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";
import { divide, figuresOf, readRawMonth } from "./raw-month.ts";

const calls = readRawMonth();
const QUEUES = ["Regular activity", "Stock exchange"];
const KEYS = ["conversation.media.type", "routing.queue.id"];
const COLUMNS = [
  "conversation_count",
  "avg_duration_seconds",
  "talk_ratio",
  "hold_ratio",
  "efficiency_score",
  "unique_wrapup_codes",
];

let project: Project;
let queueIds: string[];
beforeAll(async () => {
  project = await openProject({ callsFile: "data/anonymous-bank-1999-02.tsv.gz", files: {} });
  queueIds = QUEUES.map((name) => project.centre.queues.find((queue) => queue.name === name)?.id ?? name);
  project.write("query.json", JSON.stringify(tutorialQuery(queueIds), undefined, 2));
});
afterAll(async () => await project.close());

/** The document that the tutorial's function returns for a month, a media type and two queues. */
function tutorialQuery(ids: readonly string[]): unknown {
  return {
    query: {
      type: "conversation",
      timeRange: { start: "1999-01-31T22:00:00Z", end: "1999-02-28T22:00:00Z" },
    },
    interval: "PT1H",
    groupBy: ["conversation.media.type", "routing.queue.id"],
    metrics: ["conversation.duration.seconds", "agent.talk.seconds", "agent.hold.seconds", "wrapup.code"],
    filter: [
      { type: "simple", path: "conversation.media.type", value: "voice", operator: "eq" },
      { type: "simple", path: "routing.queue.id", value: ids, operator: "in" },
    ],
  };
}

test("R-08, R-55, R-58, R-62: the tutorial's query gives its two keys and six columns, with the figures of the raw file", async () => {
  const { exitCode, err } = await project.callsheet(["run", "query.json", "--out", join(project.folder, "out")]);
  expect(exitCode).toBe(0);
  expect(err).toContain("interval PT1H is a granularity");
  const rows = QUEUES.map((name, index) => {
    const own = calls.filter(({ queue }) => queue === name);
    const { conversation_count, avg_duration_seconds, talk_ratio } = figuresOf(own);
    return { id: queueIds[index] ?? "", conversation_count, avg_duration_seconds, talk_ratio };
  }).sort((left, right) => (left.id < right.id ? -1 : 1));
  // The bank's agents neither held nor wrapped up.
  expect(project.read("out/query.csv")).toBe(
    [
      [...KEYS, ...COLUMNS].join(","),
      ...rows.map((row) =>
        ["voice", row.id, row.conversation_count, row.avg_duration_seconds, row.talk_ratio, 0, 100, ""].join(","),
      ),
      "",
    ].join("\r\n"),
  );
  expect(JSON.parse(project.read("out/query.json"))).toStrictEqual(
    rows.map((row) => ({
      "conversation.media.type": "voice",
      "routing.queue.id": row.id,
      conversation_count: Number(row.conversation_count),
      avg_duration_seconds: Number(row.avg_duration_seconds),
      talk_ratio: Number(row.talk_ratio),
      hold_ratio: 0,
      efficiency_score: 100,
      unique_wrapup_codes: [],
    })),
  );
});

test("the tutorial's query on a centre with holds, wrap-up codes and open conversations: each mean has its own denominator", async () => {
  const busy = await openProject({ generate: { count: 1500, seed: 5 }, files: {} });
  try {
    const ids = busy.centre.queues.slice(0, 2).map(({ id }) => id);
    const document = JSON.stringify(tutorialQuery(ids)).replace(
      /"timeRange":\{.*?\}/,
      '"timeRange":{"start":"2024-03-01T00:00:00Z","end":"2024-04-01T00:00:00Z"}',
    );
    busy.write("query.json", document);
    const { exitCode } = await busy.callsheet(["run", "query.json", "--out", join(busy.folder, "out")]);
    expect(exitCode).toBe(0);
    const rows = JSON.parse(busy.read("out/query.json")) as Record<string, unknown>[];
    expect(rows).toStrictEqual(ids.toSorted().map((id) => tutorialRow(id, vendorTrees(busy))));
    expect(rows.some(({ efficiency_score }) => Number(efficiency_score) < 100)).toBe(true);
  } finally {
    await busy.close();
  }
});

type Trees = ReturnType<typeof vendorTrees>;

function vendorTrees({ centre: { conversations } }: Project) {
  return Array.from({ length: conversations.size }, (_, index) => conversations.get(index));
}

/** What the tutorial meant: conversations with a voice session in the queue; talk and hold of the agents there. */
function tutorialRow(queueId: string, trees: Trees): Record<string, unknown> {
  let [conversations, ended, durationMs, talkMs, holdMs] = [0, 0n, 0n, 0n, 0n];
  const codes = new Set<string>();
  for (const { conversationStart, conversationEnd, participants } of trees) {
    const sessions = participants
      .flatMap(({ purpose, sessions: own }) => own.map((session) => ({ purpose, ...session })))
      .filter(({ mediaType, segments }) => mediaType === "voice" && segments.some((part) => part.queueId === queueId));
    if (sessions.length === 0) continue;
    conversations += 1;
    if (conversationEnd !== undefined) {
      ended += 1n;
      durationMs += BigInt(Date.parse(conversationEnd) - Date.parse(conversationStart));
    }
    for (const { purpose, metrics = [], segments } of sessions) {
      if (purpose !== "agent" && purpose !== "user") continue;
      for (const { name, value } of metrics) {
        if (name === "tTalkComplete") talkMs += BigInt(value);
        if (name === "tHeldComplete") holdMs += BigInt(value);
      }
      for (const { wrapUpCode } of segments) if (wrapUpCode !== undefined) codes.add(wrapUpCode);
    }
  }
  return {
    "conversation.media.type": "voice",
    "routing.queue.id": queueId,
    conversation_count: conversations,
    avg_duration_seconds: Number(divide(durationMs, ended * 1000n, 2)),
    talk_ratio: Number(divide(talkMs, durationMs, 4)),
    hold_ratio: Number(divide(holdMs, durationMs, 4)),
    efficiency_score: Number(divide(100n * durationMs - 50n * holdMs, durationMs, 2)),
    unique_wrapup_codes: [...codes].sort(),
  };
}

test("explain shows the real request that the tutorial's query became", async () => {
  const { exitCode, out } = await project.callsheet(["explain", "query.json", "--requests", "--fresh"]);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/POST \/api\/v2\/analytics\/conversations\/details\/(query|jobs)\n/);
  for (const words of ['"segmentFilters"', ...queueIds]) expect(out).toContain(words);
  expect(out).not.toContain("timeRange");
});
