/** What stands in a cell of a workbook, and how it looks: texts as texts, numbers as numbers, local times as times. */
import type { Style } from "@cj-tech-master/excelts";
import { assert } from "../domain/errors.ts";
import { type Cell, isDate, type ReportColumn } from "../domain/report-table.ts";

/** A text may be longer than a cell can be; a date is the clock on the wall as if it were UTC; nothing is no cell. */
export type SheetCell = string | number | Date | undefined;

/** No cell holds more UTF-16 units. */
const MAX_CELL_TEXT = 32_767;

/** Lists and counts as in CSV. */
export function sheetCell(cell: Cell, type: ReportColumn["type"] | undefined): SheetCell {
  if (cell === null) return undefined;
  if (typeof cell === "number") {
    assert(Number.isFinite(cell), "a cell of a report is never NaN or infinite");
    return cell;
  }
  const text = textOf(cell);
  return type === "bucket" || type === "instant" ? (wallTime(text) ?? text) : text;
}

/** A cell that is no number, as text. */
export function textOf(cell: Exclude<Cell, null>): string {
  if (typeof cell !== "object") return String(cell);
  const parts = isList(cell) ? cell : Object.entries(cell).map(([code, count]) => `${code}: ${count}`);
  return parts.join("; ");
}

function isList(cell: object): cell is readonly string[] {
  return Array.isArray(cell);
}

/** Before this a spreadsheet's calendar is off by a day. */
const FIRST_AT = Date.UTC(1900, 2, 1);

/** `1999-02-01` or `1999-02-01T07:00:00.000+02:00` as the clock on the wall shows it; undefined for another text. */
function wallTime(text: string): Date | undefined {
  const [, day, time = "00:00"] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  return at >= FIRST_AT ? new Date(at) : undefined;
}

/** Whether a text is cut to fit. */
export function isTooLong(cell: SheetCell): boolean {
  return typeof cell === "string" && cell.length > MAX_CELL_TEXT;
}

/**
 * A text as it can stand in a cell. The library leaves out what XML cannot hold: control characters become their
 * pictures (␊) before, as on the HTML page. A line ends as in a spreadsheet, with a line feed.
 */
export function cellText(text: string): string {
  const cut = text.length > MAX_CELL_TEXT ? `${text.slice(0, MAX_CELL_TEXT - 1)}…` : text;
  return HARMLESS.test(cut) ? cut : cut.toWellFormed().replaceAll(/\r\n?/g, "\n").replaceAll(UNWRITABLE, pictureOf);
}

const HARMLESS = /^[\p{L}\p{N} .,:;/()+-]*$/u;
const UNWRITABLE = /[\ufffe\uffff]|(?![\t\n\u0080-\u009f])\p{Cc}/gu;

function pictureOf(sign: string): string {
  if (sign > "\u007f") return "\ufffd";
  return sign === "\u007f" ? "␡" : String.fromCharCode(0x24_00 + sign.charCodeAt(0));
}

/** A style is one object for all cells that have it: the library knows it by that. */
export type CellStyle = Partial<Style>;

/** Styles that do not come from a column; text stays text when somebody edits it. */
export const STYLE = {
  general: {},
  text: { numFmt: "@" },
  wrapped: { numFmt: "@", alignment: { vertical: "top", wrapText: true } },
  header: {
    numFmt: "@",
    alignment: { vertical: "bottom", wrapText: true },
    font: { name: "Calibri", size: 11, family: 2, bold: true },
    fill: { type: "pattern", pattern: "solid", fgColor: { argb: "FFEEF3F8" } },
    border: { bottom: { style: "thin", color: { argb: "FF1F6AA5" } } },
  },
} as const satisfies Record<string, CellStyle>;

/** Decimals that a number can be shown with; a measure's `round` ends there. */
const MAX_DECIMALS = 9;

/** The style of a column's cells: shares in per cent, times as times, numbers with the decimals that they are rounded to. */
export function styleOf(column: ReportColumn): CellStyle {
  const { type, unit, decimals } = column;
  switch (type) {
    case "text":
    case "list":
    case "counts":
      return STYLE.text;
    case "bucket":
      return { numFmt: isDate(column) ? "yyyy-mm-dd" : "yyyy-mm-dd hh:mm" };
    case "instant":
      return { numFmt: "yyyy-mm-dd hh:mm:ss" };
    case "integer":
      return unit === "count" ? { numFmt: "#,##0" } : STYLE.general;
    case "decimal": {
      if (decimals === undefined) return STYLE.general;
      const shown = Math.min(decimals, MAX_DECIMALS);
      return { numFmt: unit === "ratio" ? `${withDecimals("0", shown - 2)}%` : withDecimals("#,##0", shown) };
    }
  }
}

function withDecimals(format: string, count: number): string {
  return count > 0 ? `${format}.${"0".repeat(count)}` : format;
}
