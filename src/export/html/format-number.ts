/** Numbers as people read them: thousands apart, a fixed count of decimals, shares in per cent, long times in hours. */
import type { ReportColumn } from "../../domain/report-table.ts";

/** Stands for "no value". */
export const NO_VALUE = "–";

/** Narrow and non-breaking: a number never breaks over two lines. */
const THOUSANDS = "\u202f";
const MINUS = "−";

/** `-1234.5` with 2 decimals is `−1 234.50`; without a count of decimals it keeps those that it has. */
export function formatNumber(value: number, decimals?: number): string {
  const digits = decimals === undefined ? String(Math.abs(value)) : Math.abs(value).toFixed(decimals);
  const [, whole = "", rest = ""] = /^(\d+)(\.\d+)?$/.exec(digits) ?? [undefined, "", digits];
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, THOUSANDS) + rest;
  return value < 0 && /[1-9A-Z]/.test(grouped) ? MINUS + grouped : grouped;
}

/** The number of a column, in the unit that `unitOf` names: ratios are shown in per cent. */
export function formatMeasure(value: number, column: ReportColumn): string {
  const decimals = decimalsOf(column);
  if (column.unit !== "ratio") return formatNumber(value, decimals);
  return formatNumber(value * 100, decimals === undefined ? undefined : Math.max(0, decimals - 2));
}

/** As `formatMeasure`, with the unit behind it: `12.73 %`, `176.35 s`, `33 344`. */
export function formatWithUnit(value: number, column: ReportColumn): string {
  const unit = unitOf(column);
  return unit === "" ? formatMeasure(value, column) : `${formatMeasure(value, column)}\u00a0${unit}`;
}

/** `s`, `%` or nothing. */
export function unitOf(column: ReportColumn): string {
  return { seconds: "s", ratio: "%", score: "", number: "", count: "", codes: "", none: "" }[column.unit ?? "none"];
}

/** A time of two minutes and more in the two largest units: `2 min 56 s`, `1 330 h 35 min`; undefined below. */
export function formatLongTime(seconds: number): string | undefined {
  if (!(seconds >= 120) || !Number.isFinite(seconds)) return undefined;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatNumber(Math.floor(minutes / 60), 0)} h ${minutes % 60} min`;
}

/** Detail columns keep the decimals that they have; measures are rounded already, their unit says to how many. */
function decimalsOf(column: ReportColumn): number | undefined {
  if (column.decimals !== undefined) return column.decimals;
  if (column.type === "integer") return 0;
  if (column.role === "detail" || column.unit === undefined) return undefined;
  return { seconds: 2, score: 2, number: 2, ratio: 4, count: 0, codes: 0 }[column.unit];
}
