/**
 * One cell of a worksheet as XML. Texts are written in place, as texts: nothing that stands in one is ever a formula.
 * Numbers are numbers; a local time is the number of days that a spreadsheet counts, shown as a time.
 */
import { assert } from "../../domain/errors.ts";

/** What a cell holds; a text may be longer than a cell can be. */
export type SheetCell =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "empty" };

/** No cell holds more UTF-16 units. */
const MAX_CELL_TEXT = 32_767;

/** The cell at a column, counted from 0; `style` is a place in the table of styles. An empty cell is left out. */
export function cellXml(cell: SheetCell, column: number, row: number, style: number): string {
  const at = `r="${columnName(column)}${row}" s="${style}"`;
  switch (cell.kind) {
    case "empty":
      return "";
    case "number":
      assert(Number.isFinite(cell.value), "a cell of a report is never NaN or infinite");
      return `<c ${at}><v>${cell.value}</v></c>`;
    case "text":
      return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escapeText(shortened(cell.text))}</t></is></c>`;
  }
}

/** Whether a text is cut to fit. */
export function isTooLong(text: string): boolean {
  return text.length > MAX_CELL_TEXT;
}

function shortened(text: string): string {
  return isTooLong(text) ? `${text.slice(0, MAX_CELL_TEXT - 1)}…` : text;
}

/** 0 is A, 25 Z, 26 AA. */
export function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

const DAY_MS = 86_400_000;
/** A spreadsheet's day 0, with the leap day of 1900 that never was. */
const DAY_ZERO_AT = Date.UTC(1899, 11, 30);
/** Before this its calendar is off by a day. */
const FIRST_AT = Date.UTC(1900, 2, 1);

/** `1999-02-01` or `1999-02-01T07:00:00.000+02:00` as the clock on the wall shows it; undefined for another text. */
export function serialDay(text: string): number | undefined {
  const [, day, time = "00:00"] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  return at >= FIRST_AT ? (at - DAY_ZERO_AT) / DAY_MS : undefined;
}

/**
 * Escapes a text for an element or an attribute. XML has no control characters: they become their pictures (␊), as on
 * the HTML page. What looks like a spreadsheet's own escape (`_x0041_`) is escaped as spreadsheets do it.
 */
export function escapeText(text: string): string {
  return HARMLESS.test(text) ? text : text.toWellFormed().replaceAll(SPECIAL, escaped);
}

const HARMLESS = /^[\p{L}\p{N} .,:;/()+-]*$/u;
/** Markup, controls but for tab and line feed, what is no character, and the beginning of an escape. */
const SPECIAL = /[&<>"\ufffe\uffff]|(?![\t\n\u007f-\u009f])\p{Cc}|_(?=x[0-9A-Fa-f]{4}_)/gu;
const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  _: "_x005F_",
  "\ufffe": "\ufffd",
  "\uffff": "\ufffd",
};

function escaped(sign: string): string {
  return ESCAPED[sign] ?? String.fromCharCode(0x24_00 + sign.charCodeAt(0));
}
