/** JSON: an array of row objects, numbers as numbers, null as null, keys in the order of the columns. */
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { finite } from "./finite.ts";

const BATCH = 500;

/** The file in chunks: one row a line. */
export async function* jsonChunks(table: ReportTable): AsyncGenerator<string> {
  const keys = table.columns.map(({ name }) => JSON.stringify(name));
  let lines: string[] = [];
  let separator = "\n";
  yield "[";
  for await (const row of table.rows()) {
    lines.push(`${separator}{${row.map((cell, index) => `${keys[index]}:${jsonCell(cell)}`).join(",")}}`);
    separator = ",\n";
    if (lines.length === BATCH) {
      yield lines.join("");
      lines = [];
    }
  }
  yield `${lines.join("")}\n]\n`;
}

function jsonCell(cell: Cell): string {
  return JSON.stringify(typeof cell === "number" ? finite(cell) : cell);
}
