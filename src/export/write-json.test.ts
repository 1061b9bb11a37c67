import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { jsonChunks, ndjsonChunks } from "./write-json.ts";

function table(names: readonly string[], rows: readonly (readonly Cell[])[]): ReportTable {
  return {
    columns: names.map((name) => ({ name, type: "text", role: "detail" })),
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      for (const row of rows) yield await Promise.resolve(row);
    },
  };
}

async function json(names: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> {
  return (await Array.fromAsync(jsonChunks(table(names, rows)))).join("");
}

describe("jsonChunks()", () => {
  test("writes one row a line: numbers as numbers, null as null, lists and counts as they are", async () => {
    const rows: Cell[][] = [
      ["=1+1", -12.5, null, ["a", "b"]],
      ["0017", 0, "12345678901234567890", { x: 1 }],
    ];
    expect(await json(["key", "number", "id", "codes"], rows)).toBe(
      `[
{"key":"=1+1","number":-12.5,"id":null,"codes":["a","b"]},
{"key":"0017","number":0,"id":"12345678901234567890","codes":{"x":1}}
]
`,
    );
  });

  test("R-57: a table without rows is an empty array", async () => {
    expect(JSON.parse(await json(["a"], []))).toEqual([]);
  });

  test("H4: any cells give valid JSON that reads back the same, keys in the order of the columns", async () => {
    const cell = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.constant(null),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.nat()),
    );
    const names = ["b", "a", "__proto__", 'quote " and \u2028', "constructor"];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell, cell, cell), { maxLength: 5 }), async (rows) => {
        const text = await json(names, rows);
        const parsed = JSON.parse(text) as object[];
        expect(parsed.map((row) => Object.keys(row))).toEqual(rows.map(() => names));
        expect(parsed.map((row) => Object.values(row))).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
    );
  });

  test("H4: writes in pieces, however large the table is", async () => {
    const rows = Array.from({ length: 1200 }, (_, index): Cell[] => [index]);
    const chunks = await Array.fromAsync(jsonChunks(table(["n"], rows)));
    expect(chunks).toHaveLength(5);
    expect(JSON.parse(chunks.join(""))).toEqual(rows.map(([n]) => ({ n })));
  });

  test("R-60, H4: what is no number is refused, never written as text or NaN", async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      await expect(json(["n"], [[value]])).rejects.toThrow("never NaN or infinite");
  });
});

describe("ndjsonChunks()", () => {
  test("writes the objects of the JSON file, each on a line of its own", async () => {
    const rows: Cell[][] = [
      ["=1+1\n", -12.5, null, ["a"]],
      ["0017", 0, "12345678901234567890", { x: 1 }],
    ];
    const text = (await Array.fromAsync(ndjsonChunks(table(["key", "number", "id", "codes"], rows)))).join("");
    expect(text).toBe(
      `{"key":"=1+1\\n","number":-12.5,"id":null,"codes":["a"]}
{"key":"0017","number":0,"id":"12345678901234567890","codes":{"x":1}}
`,
    );
  });

  test("R-57: a table without rows is an empty file", async () => {
    expect(await Array.fromAsync(ndjsonChunks(table(["a"], [])))).toEqual([]);
  });

  test("H4: the lines together are the JSON file, and more rows than a batch come in pieces", async () => {
    const rows = Array.from({ length: 1200 }, (_, index): Cell[] => [index]);
    const pieces = await Array.fromAsync(ndjsonChunks(table(["n"], rows)));
    const lines = pieces.join("").trimEnd().split("\n");
    expect(pieces).toHaveLength(3);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(JSON.parse(await json(["n"], rows)));
  });
});
