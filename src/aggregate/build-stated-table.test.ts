// Tables of figures that the service states, on the real engine: definition text and answers in, columns and rows out.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import type { AggregateRow } from "../domain/aggregates-query.ts";
import { factsOf } from "../domain/measure.ts";
import type { ReportTable } from "../domain/report-table.ts";
import { statedFigure } from "../domain/stated-figures.ts";
import { createTableEngine, type DuckDbEngine } from "../duckdb/create-table-engine.ts";
import { buildStatedTable } from "./build-stated-table.ts";

let folder: string;
let engine: DuckDbEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-stated-"));
  engine = await createTableEngine(folder);
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const NAMES: Readonly<Record<string, string>> = { sales: "Sales", ann: "Ann" };

function row(
  group: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, readonly [count: number, sum: number]>>,
  time = "10:00",
): AggregateRow {
  const stats = Object.entries(metrics).map(([name, [count, sum]]) => [name, { count, sum }] as const);
  return { group, startAt: Date.parse(`2024-05-01T${time}Z`), metrics: new Map(stats) };
}

async function table(
  keys: Readonly<Record<string, unknown>>,
  rows: readonly AggregateRow[],
  totals?: readonly AggregateRow[],
): Promise<{ table: ReportTable; rows: unknown[] }> {
  const text = JSON.stringify({ report: "r", interval: "2024-05-01/2024-05-02", timeBasis: "eventTime", ...keys });
  const definition = parseDefinition(text, "r.json");
  const facts = definition.shape.kind === "grouped" ? factsOf(definition.shape.measures) : [];
  const plan = {
    questions: [],
    figures: facts.flatMap((fact) => statedFigure(fact) ?? []),
    withoutTotal: facts.filter(({ home }) => home === "conversation"),
  };
  const input = { definition, plan, rows, ...(totals && { totals }), nameOf: (_: string, id: string) => NAMES[id] };
  const built = await buildStatedTable({ ...input, engine });
  return { table: built, rows: await Array.fromAsync(built.rows()) };
}

test("buildStatedTable() adds media types that are no key, names ids, and keeps an id that has no name", async () => {
  const { rows, table: built } = await table(
    { groupBy: ["routing.queue.name"], measures: ["answered", "asa_seconds"] },
    [
      row({ mediaType: "voice", queueId: "sales" }, { tAnswered: [2, 3000] }),
      row({ mediaType: "chat", queueId: "sales" }, { tAnswered: [1, 10_000] }),
      row({ mediaType: "chat", queueId: "gone" }, { tAnswered: [1, 1] }),
      row({ mediaType: "chat" }, { tAnswered: [1, 5] }),
    ],
  );
  expect(rows).toEqual([
    ["Sales", 3, 4.33],
    ["gone", 1, 0],
    [null, 1, 0.01],
  ]);
  expect(built.totals).toEqual([null, 5, 2.6]);
});

test("buildStatedTable() makes no row of a group in which nothing occurred, and one of what took no time", async () => {
  const { rows } = await table({ groupBy: ["agent.id"], measures: ["talk_seconds", "aht_seconds"] }, [
    row({ userId: "ann" }, { tTalkComplete: [1, 0] }),
    row({ userId: "ben" }, { tTalkComplete: [0, 0], tHandle: [0, 0] }),
    row({ userId: "cid" }, {}),
    row({ userId: "dan" }, { tAnswered: [4, 4] }),
  ]);
  expect(rows).toEqual([["ann", 0, null]]);
});

test("buildStatedTable() puts buckets into those of the keys, and sessions without a media type under unknown", async () => {
  const keys = { groupBy: ["time.hour_of_day", "conversation.media.type"], measures: ["offered"] };
  const { rows } = await table({ ...keys, timeZone: "Asia/Kolkata" }, [
    row({ mediaType: "voice" }, { nOffered: [1, 0] }, "10:30"),
    row({ mediaType: "voice" }, { nOffered: [2, 0] }, "11:15"),
    row({}, { nOffered: [4, 0] }, "11:30"),
  ]);
  expect(rows).toEqual([
    [16, "voice", 3],
    [17, "unknown", 4],
  ]);
});

test("buildStatedTable() takes totals from their own question, and leaves those empty that nobody knows", async () => {
  const keys = {
    groupBy: ["conversation.media.type", "conversation.division.id"],
    measures: ["conversation_count", "offered"],
  };
  const both = { nConversations: [1, 0], nOffered: [1, 0] } as const;
  const { table: built } = await table(
    keys,
    [row({ mediaType: "voice", divisionId: "a" }, both), row({ mediaType: "voice", divisionId: "b" }, both)],
    [row({ mediaType: "voice" }, both)],
  );
  expect(built.totals).toEqual([null, null, null, 1]);
  expect(built.columns.map(({ adds }) => adds)).toEqual([undefined, undefined, "overlapping", "overlapping"]);
  expect(built.findings).toMatchObject([
    { code: "total_not_stated", message: expect.stringMatching(/^conversation_count has no total/) },
  ]);
});
