import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Cell, ReportColumn, ReportTable } from "../domain/report-table.ts";
import type { ParquetWriter } from "../export/parquet-writer.ts";
import { createParquetWriter } from "./create-parquet-writer.ts";
import { createTableEngine } from "./create-table-engine.ts";

let folder: string;
let writer: ParquetWriter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-parquet-"));
  mkdirSync(join(folder, "scratch"));
  writer = createParquetWriter(join(folder, "scratch"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const COLUMNS: readonly ReportColumn[] = [
  { name: "routing.queue.name", type: "text", role: "key" },
  { name: "time.day", type: "bucket", role: "key" },
  { name: "time.hour", type: "bucket", role: "key" },
  { name: "offered", type: "integer", role: "measure", unit: "count" },
  { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio" },
  { name: "conversation.start", type: "instant", role: "detail" },
  { name: "unique_wrapup_codes", type: "list", role: "measure" },
  { name: "wrapup_counts", type: "counts", role: "measure" },
];
const ROWS: readonly (readonly Cell[])[] = [
  [
    "0017",
    "1999-02-01",
    "1999-02-01T23:00+02:00",
    9_007_199_254_740_991,
    0.1273,
    "1999-02-01T23:02:47.123+02:00",
    ["b", "a"],
    { b: 2, a: 11 },
  ],
  ["=1+1'\"", "1999-02-02", "1999-02-02T00:00+02:00", 0, null, null, [], {}],
  [null, null, null, null, -12.5, null, null, null],
];

function tableOf(columns: readonly ReportColumn[], rows: readonly (readonly Cell[])[]): ReportTable {
  return {
    columns,
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      for (const row of rows) yield await Promise.resolve(row);
    },
  };
}

/** Writes the table and keeps its files; gives their day and rows. */
async function write(
  table: ReportTable,
  dayColumn?: number,
  facts = {},
): Promise<[string | null | undefined, number][]> {
  const parts: [string | null | undefined, number][] = [];
  for await (const { day, rows, chunks } of writer.writeParquet(table, { report: "calls", ...facts }, dayColumn)) {
    writeFileSync(join(folder, `part-${parts.length}.parquet`), Buffer.concat(await Array.fromAsync(chunks)));
    parts.push([day, rows]);
  }
  return parts;
}

/** Reads with a database of its own. */
async function query(sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql.replaceAll("$", `${folder}/part-`))).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("writeParquet()", () => {
  test("R-58: gives each column its type and each value back", async () => {
    expect(await write(tableOf(COLUMNS, ROWS))).toEqual([[undefined, 3]]);
    const types = await query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '$0.parquet')");
    expect(types).toEqual([
      ["routing.queue.name", "VARCHAR"],
      ["time.day", "DATE"],
      ["time.hour", "TIMESTAMP WITH TIME ZONE"],
      ["offered", "BIGINT"],
      ["abandon_rate", "DOUBLE"],
      ["conversation.start", "TIMESTAMP WITH TIME ZONE"],
      ["unique_wrapup_codes", "VARCHAR[]"],
      ["wrapup_counts", "MAP(VARCHAR, BIGINT)"],
    ]);
    const rows = await query(
      `SELECT * REPLACE (epoch_ms("time.hour") AS "time.hour", epoch_ms("conversation.start") AS "conversation.start", to_json(wrapup_counts) AS wrapup_counts) FROM '$0.parquet'`,
    );
    expect(rows).toEqual([
      [
        "0017",
        "1999-02-01",
        String(Date.parse("1999-02-01T21:00Z")),
        "9007199254740991",
        0.1273,
        String(Date.parse("1999-02-01T21:02:47.123Z")),
        ["b", "a"],
        '{"b":2,"a":11}',
      ],
      ["=1+1'\"", "1999-02-02", String(Date.parse("1999-02-01T22:00Z")), "0", null, null, [], "{}"],
      [null, null, null, null, -12.5, null, null, null],
    ]);
  });

  test("R-64: holds the provenance as metadata", async () => {
    await write(tableOf(COLUMNS, ROWS), undefined, { title: 'It\'s "quoted" {too}', revision: 2 });
    expect(
      await query("SELECT decode(key), decode(value) FROM parquet_kv_metadata('$0.parquet') ORDER BY decode(key)"),
    ).toEqual([
      ["callsheet.report", "calls"],
      ["callsheet.revision", "2"],
      ["callsheet.title", 'It\'s "quoted" {too}'],
    ]);
  });

  test("parts rows by local day, those without a time last, each in the order of the table", async () => {
    const days = ["1999-02-02T00:30+02:00", "1999-02-01T23:30+02:00", null, "1999-02-02T01:00+02:00"];
    const table = tableOf(
      [COLUMNS[2] ?? assertNever(), COLUMNS[3] ?? assertNever()],
      days.map((hour, index) => [hour, index]),
    );
    expect(await write(table, 0)).toEqual([
      ["1999-02-01", 1],
      ["1999-02-02", 2],
      [null, 1],
    ]);
    expect(await query("SELECT offered FROM '$1.parquet'")).toEqual([["0"], ["3"]]);
    expect(await query("SELECT column_name FROM (DESCRIBE SELECT * FROM '$2.parquet')")).toEqual([
      ["time.hour"],
      ["offered"],
    ]);
  });

  test("the same rows give the same bytes, and rows keep their order over many row groups", async () => {
    const rows = Array.from({ length: 300_000 }, (_, index): Cell[] => [`queue ${index % 7}`, index]);
    const table = tableOf([COLUMNS[0] ?? assertNever(), COLUMNS[3] ?? assertNever()], rows);
    const bytes: Buffer[] = [];
    for (let turn = 0; turn < 2; turn += 1)
      for await (const { chunks } of writer.writeParquet(table, { report: "calls" }))
        bytes.push(Buffer.concat(await Array.fromAsync(chunks)));
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
    writeFileSync(join(folder, "part-0.parquet"), bytes[0] ?? "");
    expect(
      await query(
        "SELECT count(*), count(*) FILTER (offered <> file_row_number) FROM read_parquet('$0.parquet', file_row_number = true)",
      ),
    ).toEqual([["300000", "0"]]);
  });

  test("R-57: a table without rows is a file with columns", async () => {
    expect(await write(tableOf(COLUMNS, []))).toEqual([[undefined, 0]]);
    expect(await query("SELECT * FROM '$0.parquet'")).toEqual([]);
  });

  test("reads rows from the table engine while it writes, and leaves nothing in the scratch folder", async () => {
    const engine = await createTableEngine(join(folder, "scratch"));
    const facts = await engine.createTable([{ name: "n", type: "integer" }]);
    await facts.append(Array.from({ length: 10_000 }, (_, index) => [index]));
    const table: ReportTable = {
      ...tableOf([COLUMNS[3] ?? assertNever()], []),
      rowCount: 10_000,
      rows: () => facts.scan(),
    };
    await write(table);
    expect(await query("SELECT sum(offered)::BIGINT FROM '$0.parquet'")).toEqual([[String((9999 * 10_000) / 2)]]);
    expect(readdirSync(join(folder, "scratch")).filter((name) => name.includes("parquet"))).toEqual([]);
    engine.close();
  });

  test("H4: NaN never reaches a file", async () => {
    await expect(write(tableOf([COLUMNS[4] ?? assertNever()], [[Number.NaN]]))).rejects.toThrow(
      "never NaN or infinite",
    );
  });
});

function assertNever(): never {
  throw new Error("the column is there");
}
