/**
 * Compares the rows of two runs of one window. A row of a grouped report is its group; a row of a detail report is the
 * nth one of its conversation, or, where no column names the conversation, itself.
 */
import { isDeepStrictEqual } from "node:util";
import type { Cell } from "../domain/report-table.ts";
import type { ComparedColumn, ReportRow, RowChange } from "../domain/row-change.ts";

const CONVERSATION = "conversation.id";

/** What changed, in the order of the rows after; rows that went come behind. */
export function diffRows(
  columns: readonly ComparedColumn[],
  before: readonly ReportRow[],
  after: readonly ReportRow[],
): RowChange[] {
  const keys = keyColumns(columns);
  const others = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  const older = byKey(keys, before);
  const changes: RowChange[] = [];
  for (const [text, row] of byKey(keys, after)) {
    const earlier = older.get(text);
    older.delete(text);
    const cells = others
      .map((column) => ({ column, before: cellOf(earlier, column), after: cellOf(row, column) }))
      .filter((cell) => !isDeepStrictEqual(cell.before, cell.after));
    if (!earlier) changes.push({ kind: "added", key: keyOf(keys, row), cells });
    else if (cells.length > 0) changes.push({ kind: "changed", key: keyOf(keys, row), cells });
  }
  for (const row of older.values()) {
    const cells = others
      .map((column) => ({ column, before: cellOf(row, column), after: null }))
      .filter((cell) => cell.before !== null);
    changes.push({ kind: "removed", key: keyOf(keys, row), cells });
  }
  return changes;
}

function keyColumns(columns: readonly ComparedColumn[]): readonly string[] {
  const keys = columns.filter(({ role }) => role === "key" || role === "row").map(({ name }) => name);
  if (keys.length > 0 || columns.every(({ role }) => role === "measure")) return keys;
  const names = columns.map(({ name }) => name);
  return names.includes(CONVERSATION) ? [CONVERSATION] : names;
}

/** Rows by the text of their key; rows of one key are told apart by their number. */
function byKey(keys: readonly string[], rows: readonly ReportRow[]): Map<string, ReportRow> {
  const found = new Map<string, ReportRow>();
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = JSON.stringify(keys.map((key) => cellOf(row, key)));
    const nth = (counts.get(text) ?? 0) + 1;
    counts.set(text, nth);
    found.set(`${text} ${nth}`, row);
  }
  return found;
}

function keyOf(keys: readonly string[], row: ReportRow): ReportRow {
  return Object.fromEntries(keys.map((key) => [key, cellOf(row, key)]));
}

function cellOf(row: ReportRow | undefined, column: string): Cell {
  return row?.[column] ?? null;
}
