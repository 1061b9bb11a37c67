/** How long the windows of a backfill are, and which one ends at an instant: that, with the report, names its run. */
import type { WindowSpec } from "../domain/report-definition.ts";
import { type LocalTime, localTimeOf } from "../support/local-time.ts";

/** How long each window is: so many days or months on the calendar, or minutes of real time. */
export interface Every {
  /** As it is written: `P1D`, `P1W`, `P1M`, `PT1H`. */
  readonly text: string;
  readonly unit: "day" | "month" | "minute";
  readonly count: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Parses an ISO 8601 duration of one unit; undefined when it is none that windows can have. */
export function parseEvery(text: string): Every | undefined {
  const [, count, unit = ""] = /^P([1-9]\d{0,3})([DWM])$/.exec(text) ?? [];
  if (count !== undefined)
    return { text, unit: unit === "M" ? "month" : "day", count: Number(count) * (unit === "W" ? 7 : 1) };
  const [, time, timeUnit = ""] = /^PT([1-9]\d{0,3})([HM])$/.exec(text) ?? [];
  if (time === undefined) return undefined;
  return { text, unit: "minute", count: Number(time) * (timeUnit === "H" ? 60 : 1) };
}

/** The end of the window that begins at the instant. */
export function endOfWindow(startAt: number, every: Every, local: LocalTime): number {
  return moved(startAt, every, 1, local);
}

/** The window that ends at the instant, as a definition says it. */
export function windowEndingAt(endAt: number, every: Every, timeZone: string): WindowSpec {
  const local = localTimeOf(timeZone);
  return specOf(moved(endAt, every, -1, local), endAt, every, local);
}

/** Calendar days are said as such, so that a comparison with the period before counts in them too. */
export function specOf(startAt: number, endAt: number, { unit }: Every, local: LocalTime): WindowSpec {
  if (unit === "minute") return { kind: "instants", startAt, endAt };
  return { kind: "local_days", startDay: dayText(startAt, local), endDay: dayText(endAt, local) };
}

/** The local day of an instant: `2026-03-29`. */
export function dayText(at: number, local: LocalTime): string {
  return local.formatBucket(local.bucketOf(at, "day"), "day");
}

function moved(at: number, { unit, count }: Every, direction: 1 | -1, local: LocalTime): number {
  const by = count * direction;
  if (unit === "minute") return at + by * MINUTE_MS;
  const day = local.bucketOf(at, "day");
  if (unit === "day") return local.firstAt(day + by * DAY_MS);
  const date = new Date(day);
  return local.firstAt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, date.getUTCDate()));
}
