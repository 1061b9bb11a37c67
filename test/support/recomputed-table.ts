// In: the CSV of a report, and the same table computed by somebody else. Out: nothing, or a failed test that names the
// first row that differs. Numbers are compared as numbers, since 0.5 may be written 0.50; all else to the letter.

import { expect } from "vitest";

/** A table as another program gives it: cells are texts, numbers, or nothing. */
export interface RecomputedTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Expects the same columns and rows in the same order; `what` stands in the message. */
export function expectSameTable(csv: string, table: RecomputedTable, what: string): void {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split("\r\n")
    .map((line) => cellsOf(line));
  expect(table.header, what).toEqual(header);
  expect(
    table.rows.map((row) => row.map(plainCell)),
    what,
  ).toEqual(rows.map((row) => row.map(plainCell)));
}

/** Cells of the golden reports hold no quotes and no line breaks; lists are in quotes, and no comma is in them. */
function cellsOf(line: string): string[] {
  return line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1"));
}

function plainCell(cell: unknown): string | number {
  if (cell === null || cell === undefined) return "";
  const text = typeof cell === "string" ? cell : typeof cell === "bigint" ? String(cell) : JSON.stringify(cell);
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
