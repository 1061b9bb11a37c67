/**
 * CSV by RFC 4180: UTF-8, CRLF, a header of paths and measure names, numbers as numbers, texts that are no formulas. A
 * preset says what stands between cells and inside numbers, for spreadsheets of other languages.
 */
import { stringify } from "csv-stringify/sync";
import { type CsvStyle, PLAIN_CSV } from "../domain/report-definition.ts";
import type { Cell, ReportTable } from "../domain/report-table.ts";
import { type CsvPreset, PRESETS } from "./csv-preset.ts";
import { finite } from "./finite.ts";
import { readsAsNumber } from "./reads-as-number.ts";
import { spreadsheetSafe } from "./spreadsheet-safe.ts";

/** Rows that are turned into text at once. */
const BATCH = 500;

/** The file in chunks; a table without rows gives the header alone. */
export async function* csvChunks(table: ReportTable, style: CsvStyle = PLAIN_CSV): AsyncGenerator<string> {
  const preset = PRESETS[style.preset];
  const [keepText, keepTime] = keepsOf(preset, style.formulaGuard);
  const keeps = table.columns.map(({ type }) => (type === "bucket" || type === "instant" ? keepTime : keepText));
  yield (preset.byteOrderMark ? "\ufeff" : "") + toText([table.columns.map(({ name }) => name)], preset);
  let batch: string[][] = [];
  for await (const row of table.rows()) {
    batch.push(row.map((cell, index) => csvCell(cell, keeps[index] ?? keepText, preset)));
    if (batch.length === BATCH) {
      yield toText(batch, preset);
      batch = [];
    }
  }
  if (batch.length > 0) yield toText(batch, preset);
}

type Keep = (text: string) => string;

/** For texts of other people and for times of ours, which a spreadsheet may well read as dates. */
function keepsOf({ keepsTexts }: CsvPreset, formulaGuard: boolean): readonly [texts: Keep, times: Keep] {
  const guarded: Keep = formulaGuard ? spreadsheetSafe : (text) => text;
  return [keepsTexts ? (text) => (readsAsNumber(text) ? `'${text}` : guarded(text)) : guarded, guarded];
}

/** Null is empty; a list is joined by `; `, counts are `code: n` joined the same way. */
function csvCell(cell: Cell, keep: Keep, { decimalMark }: CsvPreset): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(finite(cell)).replace(".", decimalMark);
  if (typeof cell === "string") return keep(cell);
  if (isList(cell)) return keep(cell.join("; "));
  return keep(
    Object.entries(cell)
      .map(([code, count]) => `${code}: ${count}`)
      .join("; "),
  );
}

function isList(cell: object): cell is readonly string[] {
  return Array.isArray(cell);
}

/**
 * The library quotes for its own delimiters only. A lone CR or LF must be quoted too, and so must what a program might
 * take for a delimiter when it guesses: a cell that begins behind one could be a formula. Gnumeric guesses any sign. A
 * number with a decimal comma is no text and stays bare.
 */
const QUOTED =
  /^(?!-?\d+,\d+(?:e[+-]\d+)?$).*(?:[\r\n,;\t]|[^\p{L}\p{N}][\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])/su;

function toText(rows: readonly (readonly string[])[], { delimiter }: CsvPreset): string {
  return stringify(
    // NUL ends a cell in several readers.
    rows.map((row) => row.map((cell) => cell.replaceAll("\0", "\ufffd"))),
    { delimiter, record_delimiter: "\r\n", quoted_match: QUOTED },
  );
}
