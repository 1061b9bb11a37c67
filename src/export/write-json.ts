/**
 * JSON: an array of row objects, numbers as numbers, null as null, keys in the order of the columns. NDJSON: the same
 * objects, each a line of its own, so that a reader needs to hold no more than one.
 */
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { finite } from "./finite.ts";

const BATCH = 500;

/** The file in chunks: one row a line. */
export async function* jsonChunks(table: ReportTable): AsyncGenerator<string> {
  let separator = "\n";
  yield "[";
  for await (const objects of batchesOf(table)) {
    yield separator + objects.join(",\n");
    separator = ",\n";
  }
  yield "\n]\n";
}

/** The file in chunks; a table without rows gives an empty file. */
export async function* ndjsonChunks(table: ReportTable): AsyncGenerator<string> {
  for await (const objects of batchesOf(table)) yield `${objects.join("\n")}\n`;
}

/** The rows as JSON objects, a few hundred at once. */
async function* batchesOf(table: ReportTable): AsyncGenerator<readonly string[]> {
  const keys = table.columns.map(({ name }) => JSON.stringify(name));
  let objects: string[] = [];
  for await (const row of table.rows()) {
    objects.push(`{${row.map((cell, index) => `${keys[index]}:${jsonCell(cell)}`).join(",")}}`);
    if (objects.length === BATCH) {
      yield objects;
      objects = [];
    }
  }
  if (objects.length > 0) yield objects;
}

function jsonCell(cell: Cell): string {
  return JSON.stringify(typeof cell === "number" ? finite(cell) : cell);
}
