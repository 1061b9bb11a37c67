/** Small readings of the rows of a chart: weights, points, hours and weekdays, names. */
import { type BucketLabels, hourLabel, weekdayLabel } from "./format-bucket.ts";
import type { ChartKey, ChartRow } from "./read-chart-data.ts";
import { bucketAt } from "./time-axis.ts";
import type { Point } from "./time-chart.ts";

/** What charts need to know besides the data. */
export interface ChartContext {
  readonly timeZone: string;
  readonly labels: BucketLabels;
}

/** The first measure of these rows, added up: only to put groups in order. */
export function weightOf(rows: readonly ChartRow[]): number {
  return rows.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
}

/** The rows as points in time; a row whose time is unknown has no place. */
export function pointsOf(rows: readonly ChartRow[], bucket: number, measure: number): Point[] {
  return rows.flatMap((row) => {
    const at = row.shown[bucket];
    return typeof at === "string" && !Number.isNaN(bucketAt(at))
      ? [{ bucket: at, value: row.values[measure] ?? null }]
      : [];
  });
}

/** The hours from the first to the last that occur, or the whole week. */
export function clockSlots(key: ChartKey, rows: readonly ChartRow[], index: number): number[] {
  if (key.kind === "day_of_week") return [1, 2, 3, 4, 5, 6, 7];
  const hours = new Set(rows.map((row) => Number(row.shown[index])).filter((hour) => hour >= 0 && hour < 24));
  const [first, last] = [Math.min(...hours), Math.max(...hours)];
  return hours.size === 0 ? [] : Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}

/** "07:00" or "Mon" */
export function clockLabel(key: ChartKey, slot: number): string {
  return key.kind === "hour_of_day" ? hourLabel(slot) : weekdayLabel(slot);
}

/** A name, also for what has none. */
export function shownText(shown: string | number | null | undefined): string {
  return shown === null || shown === undefined || shown === "" ? "(none)" : String(shown);
}
