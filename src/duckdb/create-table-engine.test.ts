import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FactColumn, FactRow, FactTable, Figure, FigureValue, Group } from "../aggregate/table-engine.ts";
import { createTableEngine, type DuckDbEngine } from "./create-table-engine.ts";

let folder: string;
let engine: DuckDbEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-engine-"));
  engine = await createTableEngine(folder);
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const COLUMNS: readonly FactColumn[] = [
  { name: "unit", type: "integer" },
  { name: "key_0", type: "text" },
  { name: "key_1", type: "text" },
  { name: "value", type: "integer" },
  { name: "code", type: "text" },
];
const SUM: Figure = { kind: "sum", column: "value", unit: "unit" };
const CODES: Figure = { kind: "codes", column: "code", unit: "unit", limit: 3 };

function codesIn(figure: FigureValue): readonly (readonly [string, number])[] {
  return typeof figure === "object" && figure !== null ? [...figure.units] : [];
}

async function groupsOf(
  rows: readonly FactRow[],
  keys: readonly string[],
  figures: readonly Figure[],
): Promise<Group[]> {
  const table = await engine.createTable(COLUMNS);
  await table.append(rows);
  const groups = await Array.fromAsync(table.group(keys, figures));
  await table.close();
  return groups;
}

test("fold() keeps the rows of some keys, null among them, and takes the keys from all others", async () => {
  const table = await engine.createTable(COLUMNS);
  await table.append([
    [1, "a", "x", 10, null],
    [2, null, "x", 20, null],
    [3, "null", "x", 30, null],
    [4, "a", "y", 40, null],
    [5, "\ufeffb", null, 50, null],
  ]);
  const kept: FactRow[] = [
    ["x", null],
    ["x", "a"],
    [null, "\ufeffb"],
  ];
  const folded = await table.fold(["key_1", "key_0"], kept, "others");
  expect(folded.rowCount).toBe(5);
  expect(await Array.fromAsync(folded.group(["others", "key_0", "key_1"], [SUM]))).toEqual([
    { keys: [0, "a", "x"], figures: [10n] },
    { keys: [0, "\ufeffb", null], figures: [50n] },
    { keys: [0, null, "x"], figures: [20n] },
    { keys: [1, null, null], figures: [70n] },
  ]);
  expect(await Array.fromAsync(table.group([], [SUM]))).toEqual([{ keys: [], figures: [150n] }]);
});

describe("group()", () => {
  test("counts a unit once in each group that it touched, however many rows it has there", async () => {
    const rows: FactRow[] = [
      [1, "a", null, 10, null],
      [1, "a", null, 10, null],
      [1, "b", null, 10, null],
      [2, "a", null, 5, null],
      [null, "a", null, 99, null],
      [3, "c", null, null, null],
    ];
    expect(await groupsOf(rows, ["key_0"], [SUM])).toEqual([
      { keys: ["a"], figures: [15n] },
      { keys: ["b"], figures: [10n] },
      { keys: ["c"], figures: [null] },
    ]);
  });

  test("lists codes with their units, each once, in the order of code points", async () => {
    const rows: FactRow[] = [
      [1, "a", null, null, "\u{1f600}"],
      [1, "a", null, null, "\uff1d"],
      [1, "a", null, null, "\uff1d"],
      [2, "a", null, null, "\uff1d"],
      [2, "a", null, null, "\ufeffmark"],
      [2, "a", null, null, null],
    ];
    const groups = await groupsOf(rows, ["key_0"], [CODES]);
    const lists = groups.flatMap(({ figures }) => figures.map(codesIn));
    expect(lists).toEqual([
      [
        ["\ufeffmark", 1],
        ["\uff1d", 2],
        ["\u{1f600}", 1],
      ],
    ]);
  });

  test("G6, R-50: null, empty, the word null and a separator are keys of their own, in the order of code points, null last", async () => {
    const keys = [
      null,
      "null",
      "",
      "a",
      "a|b",
      "a\u0000b",
      "a,b",
      "('a', 'b')",
      "NaN",
      "Z",
      "\ufeff",
      "\ufeffa",
      "\uff1d",
      "\u{1f600}",
    ];
    const rows = keys.map((key, index): FactRow => [index, key, null, 1, null]);
    const groups = await groupsOf(rows, ["key_0"], [SUM]);
    expect(groups.map((group) => group.keys[0])).toEqual([
      "",
      "('a', 'b')",
      "NaN",
      "Z",
      "a",
      "a\u0000b",
      "a,b",
      "a|b",
      "null",
      "\ufeff",
      "\ufeffa",
      "\uff1d",
      "\u{1f600}",
      null,
    ]);
    expect(groups.every(({ figures }) => figures[0] === 1n)).toBe(true);
  });

  test("G6: two keys are never run together", async () => {
    const pairs = fc.uniqueArray(fc.tuple(KEY, KEY), { selector: (pair) => JSON.stringify(pair), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pairs, async (keys) => {
        const rows = keys.map(([one, two], index): FactRow => [index, one, two, 1, null]);
        const groups = await groupsOf(rows, ["key_0", "key_1"], [SUM]);
        expect(new Set(groups.map((group) => JSON.stringify(group.keys)))).toEqual(
          new Set(keys.map((pair) => JSON.stringify(pair))),
        );
        expect(groups).toHaveLength(keys.length);
      }),
      { numRuns: 40 },
    );
  });

  test("G4: a thousand orders of the same rows give the same figures", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, index): FactRow => [
        index % 45,
        ["a", "b", null][index % 3] ?? null,
        null,
        // One in three beyond what a float adds exactly beside a small number.
        ((index % 45) * 7_919) % 1000 === 0 ? 9_007_199_254_740_881 : ((index % 45) * 104_729) % 86_400_000,
        ["x", "y", "z", null][index % 4] ?? null,
      ],
    );
    const expected = await groupsOf(rows, ["key_0"], [SUM, CODES]);
    const orders = fc.sample(fc.shuffledSubarray(rows, { minLength: rows.length }), { seed: 4, numRuns: 1000 });
    const all = orders.flatMap((order, index) =>
      order.map((row): FactRow => row.with(2, String(index).padStart(3, "0"))),
    );
    const groups = await groupsOf(all, ["key_1", "key_0"], [SUM, CODES]);
    expect(groups).toHaveLength(3000);
    for (const [index, { keys, figures }] of groups.entries())
      expect({ keys: keys.slice(1), figures }).toEqual(expected[index % 3]);
  });

  test("sums whole numbers exactly where a float would not", async () => {
    const large = Number.MAX_SAFE_INTEGER;
    const rows = [large, large, large, 1, 1].map((value, unit): FactRow => [unit, "a", null, value, null]);
    expect(await groupsOf(rows, ["key_0"], [SUM])).toEqual([{ keys: ["a"], figures: [3n * BigInt(large) + 2n] }]);
  });

  test("without keys there is exactly one group, also over nothing", async () => {
    expect(await groupsOf([], [], [SUM, CODES])).toEqual([{ keys: [], figures: [null, { units: new Map(), cut: 0 }] }]);
    expect(await groupsOf([[1, "a", null, 7, "x"]], [], [SUM, CODES])).toEqual([
      { keys: [], figures: [7n, { units: new Map([["x", 1]]), cut: 0 }] },
    ]);
    expect(await groupsOf([], ["key_0"], [SUM])).toEqual([]);
  });
});

describe("G2: more than memory holds", () => {
  const MILLION = 1_000_000;

  async function tableOf(rowAt: (index: number) => FactRow): Promise<FactTable> {
    const table = await engine.createTable(COLUMNS);
    for (let from = 0; from < MILLION; from += 10_000)
      await table.append(Array.from({ length: 10_000 }, (_, index) => rowAt(from + index)));
    return table;
  }

  test("a million groups stream out in order, each with its sum", async () => {
    const name = (index: number): string => `group ${String((index * 7_919) % MILLION).padStart(7, "0")}`;
    const table = await tableOf((index) => [index, name(index), null, (index * 7_919) % MILLION, null]);
    let count = 0;
    for await (const { keys, figures } of table.group(["key_0"], [SUM])) {
      if (keys[0] !== `group ${String(count).padStart(7, "0")}` || figures[0] !== BigInt(count)) break;
      count += 1;
    }
    expect(count).toBe(MILLION);
    await table.close();
  });

  test("of a million codes of one group the first are listed, and the others are counted", async () => {
    const code = (index: number): string => `code ${String((index * 7_919) % MILLION).padStart(7, "0")}`;
    const table = await tableOf((index) => [index, "a", null, null, code(index)]);
    const [group, ...others] = await Array.fromAsync(table.group(["key_0"], [CODES]));
    const first = ["code 0000000", "code 0000001", "code 0000002"].map((name) => [name, 1] as const);
    expect(others).toEqual([]);
    expect(group?.figures).toEqual([{ units: new Map(first), cut: MILLION - 3 }]);
    await table.close();
  });
});

describe("scan()", () => {
  test("gives the rows back in the order in which they came, over many chunks", async () => {
    const table = await engine.createTable(COLUMNS);
    const rows = Array.from(
      { length: 5000 },
      (_, index): FactRow => [index, `${index % 7}`, null, -index, "\ufeff\u0000x"],
    );
    await table.append(rows.slice(0, 3));
    await table.append(rows.slice(3));
    expect(table.rowCount).toBe(5000);
    expect(await Array.fromAsync(table.scan())).toEqual(rows);
    expect(await Array.fromAsync(table.scan())).toEqual(rows);
    await table.close();
  });
});

/** Texts that are easily confused. */
const KEY = fc.oneof(
  fc.constantFrom(null, "", "null", "\ufeff", "\ufeff\ufeff", "a", "a,b", ",", "\u0000", '"', "a\u0000"),
  fc.string({ unit: "binary", maxLength: 3 }).map((text) => text.toWellFormed()),
);
