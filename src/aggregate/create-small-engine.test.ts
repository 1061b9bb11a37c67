import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTableEngine } from "../duckdb/create-table-engine.ts";
import { createSmallEngine, type OpenEngine } from "./create-small-engine.ts";
import type { FactColumn, FactRow, FactTable, Figure } from "./table-engine.ts";

const COLUMNS: readonly FactColumn[] = [
  { name: "unit", type: "integer" },
  { name: "key_0", type: "text" },
  { name: "key_1", type: "integer" },
  { name: "value", type: "integer" },
  { name: "code", type: "text" },
];

const FIGURES: readonly Figure[] = [
  { kind: "sum", column: "value", unit: "unit" },
  { kind: "codes", column: "code", unit: "unit", limit: 2 },
  { kind: "percentile", percent: 90, of: [{ column: "value", unit: "unit" }] },
  {
    kind: "percentile",
    percent: 37,
    of: [
      { column: "value", unit: "unit" },
      { column: "value", unit: "unit" },
    ],
  },
  { kind: "percentile", percent: 100, of: [{ column: "value", unit: "unit" }] },
  { kind: "distinct", column: "code" },
];

/** Texts that are easily confused. */
const TEXT = fc.oneof(
  fc.constantFrom(null, "", "null", "\ufeff", "a", "a,b", "\u0000", '"', "\ud800", "\udc00x", "\uff1d", "\u{1f600}"),
  fc.string({ unit: "binary", maxLength: 2 }),
);

/** Some rows; what a unit has as a value is the same in each of its rows. */
const ROWS: fc.Arbitrary<FactRow[]> = fc
  .array(fc.tuple(fc.option(fc.nat(5)), TEXT, fc.option(fc.integer({ min: -2, max: 2 })), TEXT), { maxLength: 30 })
  .map((rows) =>
    rows.map(([unit, key, number, code]) => [unit, key, number, unit === 3 ? null : (unit ?? 0) ** 20 - 7, code]),
  );

let folder: string;
let duckDb: OpenEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-small-"));
  duckDb = await createTableEngine(folder);
});
afterEach(() => {
  duckDb.close();
  rmSync(folder, { recursive: true });
});

/** Everything that can be read from a table; two of its keys, as they come, are kept when it is folded. */
async function readAll(table: FactTable): Promise<unknown> {
  const kept = (await Array.fromAsync(table.group(["key_1", "key_0"], []))).slice(1, 3).map(({ keys }) => keys);
  const folded = await table.fold(["key_1", "key_0"], kept, "others");
  const read = {
    folded: await Array.fromAsync(folded.group(["key_0", "others", "key_1"], FIGURES)),
    foldedRows: folded.rowCount,
    rowCount: table.rowCount,
    rows: await Array.fromAsync(table.scan()),
    byBoth: await Array.fromAsync(table.group(["key_0", "key_1"], FIGURES)),
    byOne: await Array.fromAsync(table.group(["key_1"], FIGURES)),
    all: await Array.fromAsync(table.group([], FIGURES)),
  };
  await folded.close();
  await table.close();
  return read;
}

async function filled(engine: OpenEngine, batches: readonly (readonly FactRow[])[]): Promise<FactTable> {
  const table = await engine.createTable(COLUMNS);
  for (const batch of batches) await table.append(batch);
  return table;
}

describe("createSmallEngine()", () => {
  test("gives what the database gives, in the same order, whatever the rows", async () => {
    const small = createSmallEngine(() => Promise.reject(new Error("thirty rows are few")));
    await fc.assert(
      fc.asyncProperty(ROWS, async (rows) => {
        expect(await readAll(await filled(small, [rows]))).toEqual(await readAll(await filled(duckDb, [rows])));
      }),
      { numRuns: 100 },
    );
  });

  test("moves to the large engine when there are too many rows, and loses none", async () => {
    const rows = Array.from({ length: 12 }, (_, index): FactRow => [index, "\ufeffa", index % 3, index, "\ud800"]);
    const inside = mkdtempSync(join(folder, "large-"));
    const engine = createSmallEngine(async () => await createTableEngine(inside), 5);
    const batches = [rows.slice(0, 2), rows.slice(2, 5), rows.slice(5, 9), rows.slice(9)];
    const table = await filled(engine, batches.slice(0, 2));
    expect(readdirSync(inside)).toEqual([]);
    for (const batch of batches.slice(2)) await table.append(batch);
    expect(readdirSync(inside)).toContain("rows.duckdb");
    expect(await readAll(table)).toEqual(await readAll(await filled(duckDb, [rows])));
    engine.close();
  });

  test("opens one large engine for all tables that outgrow it", async () => {
    let opened = 0;
    const engine = createSmallEngine(async () => {
      opened += 1;
      return await createTableEngine(mkdtempSync(join(folder, "one-")));
    }, 0);
    const row: FactRow = [1, "a", 1, 1, "x"];
    const [left, right] = await Promise.all([filled(engine, [[row]]), filled(engine, [[row], [row]])]);
    expect([left.rowCount, right.rowCount, opened]).toEqual([1, 2, 1]);
    engine.close();
  });
});
