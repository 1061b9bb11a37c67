/** CSV by RFC 4180: UTF-8, CRLF, a header of paths and measure names, `.` decimals, texts that are no formulas. */
import { stringify } from "csv-stringify/sync";
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { finite } from "./finite.ts";
import { spreadsheetSafe } from "./spreadsheet-safe.ts";

/** Rows that are turned into text at once. */
const BATCH = 500;

/** The file in chunks; a table without rows gives the header alone. */
export async function* csvChunks(table: ReportTable): AsyncGenerator<string> {
  yield toText([table.columns.map(({ name }) => name)]);
  let batch: string[][] = [];
  for await (const row of table.rows()) {
    batch.push(row.map(csvCell));
    if (batch.length === BATCH) {
      yield toText(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield toText(batch);
}

/** Null is empty; a list is joined by `; `, counts are `code: n` joined the same way. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(finite(cell));
  if (typeof cell === "string") return spreadsheetSafe(cell);
  if (isList(cell)) return spreadsheetSafe(cell.join("; "));
  return spreadsheetSafe(
    Object.entries(cell)
      .map(([code, count]) => `${code}: ${count}`)
      .join("; "),
  );
}

function isList(cell: object): cell is readonly string[] {
  return Array.isArray(cell);
}

function toText(rows: readonly (readonly string[])[]): string {
  // The library quotes for its own record delimiter only; a lone CR or LF must be quoted too. NUL ends a cell in
  // several readers.
  return stringify(
    rows.map((row) => row.map((cell) => cell.replaceAll("\0", "\ufffd"))),
    { record_delimiter: "\r\n", quoted_match: /[\r\n]/ },
  );
}
