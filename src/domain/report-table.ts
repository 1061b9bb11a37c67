/** A report's rows, ready to be written in any format. Rows can be read more than once, in the same order. */

import type { Unit } from "./measure.ts";

/**
 * What the cells of a column are. `bucket` is local time as text; `list` is a sorted array of texts; `counts`
 * maps a text to a whole number; `integer` and `decimal` are numbers, already rounded.
 */
export type CellType = "text" | "instant" | "bucket" | "integer" | "decimal" | "list" | "counts";

/** A value in a table. Null means that there is none: an empty denominator, an unknown agent. */
export type Cell = string | number | null | readonly string[] | Readonly<Record<string, number>>;

/** What a row that is no group of its own is marked as, in the column `row.kind`; others have labels of their report. */
export const ROW_KIND = { column: "row.kind", group: "group", others: "others", total: "total" } as const;

/**
 * One column. Role `row`: what the row is, where not all are groups. `additive`: adding its rows gives the total.
 * `overlapping`: something is counted in more than one row, so adding would count it twice. `ratio`: a mean, share or
 * score, which is never added.
 */
export interface ReportColumn {
  readonly name: string;
  readonly type: CellType;
  readonly role: "row" | "key" | "measure" | "detail";
  readonly unit?: Unit;
  readonly decimals?: number;
  /** What of a comparison it is: the value before, the difference, or the change in per cent. */
  readonly compares?: "previous" | "difference" | "change";
  readonly adds?: "additive" | "overlapping" | "ratio";
}

/** Whether the cells of a column are days, without a time: those of buckets that follow the calendar. */
export function isDate({ type, name }: ReportColumn): boolean {
  return type === "bucket" && /^time\.(?:day|week|month)$/.test(name);
}

/** Makes the function that says whether a row is a group, or a line of details: what charts show, and what may be added. */
export function createIsGroup(columns: readonly ReportColumn[]): (row: readonly Cell[]) => boolean {
  const index = columns.findIndex(({ role }) => role === "row");
  return (row) => index < 0 || row[index] === ROW_KIND.group;
}

/** The same for the rows that make up the whole: the groups, and the others where those are folded into one row. */
export function createIsPart(columns: readonly ReportColumn[]): (row: readonly Cell[]) => boolean {
  const index = columns.findIndex(({ role }) => role === "row");
  return (row) => index < 0 || row[index] === ROW_KIND.group || row[index] === ROW_KIND.others;
}

/** The same for the row over everything, which stands in `totals` too. */
export function createIsTotal(columns: readonly ReportColumn[]): (row: readonly Cell[]) => boolean {
  const index = columns.findIndex(({ role }) => role === "row");
  return (row) => index >= 0 && row[index] === ROW_KIND.total;
}

/** Something about the data that a reader should know before trusting a figure. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}

/** The table of a report. */
export interface ReportTable {
  readonly columns: readonly ReportColumn[];
  readonly rowCount: number;
  /** One cell for each column: the measures over all rows at once; null under keys and kinds. Absent in detail reports. */
  readonly totals?: readonly Cell[];
  readonly findings: readonly Finding[];
  rows(): AsyncIterable<readonly Cell[]>;
}
