/**
 * A range of time. The start belongs to it, the end does not, so that consecutive intervals meet without
 * losing or repeating an instant. Instants are epoch milliseconds; ISO text lives at the edges only.
 */
import { ReportError } from "./errors.ts";

/** `[startAt, endAt)` in epoch milliseconds; the end is always after the start. */
export interface Interval {
  readonly startAt: number;
  readonly endAt: number;
}

/** Makes an interval; `definition.interval_invalid` when it would be empty, reversed or not a number. */
export function createInterval(startAt: number, endAt: number): Interval {
  if (!Number.isSafeInteger(startAt) || !Number.isSafeInteger(endAt) || endAt <= startAt) {
    throw new ReportError(
      "definition.interval_invalid",
      `Cannot use interval ${iso(startAt)}/${iso(endAt)}: end must be after start`,
      {
        hint: "Write the earlier instant first: START/END.",
      },
    );
  }
  return Object.freeze({ startAt, endAt });
}

/** `2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z` */
export function formatInterval(interval: Interval): string {
  return `${iso(interval.startAt)}/${iso(interval.endAt)}`;
}

/** Whether the instant lies in the interval: the start does, the end does not. */
export function contains(interval: Interval, at: number): boolean {
  return at >= interval.startAt && at < interval.endAt;
}

function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
