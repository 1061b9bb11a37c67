/** A stretch of the past cut into windows of one length, on the calendar of a zone where the length is days or months. */
import { ReportError } from "../domain/errors.ts";
import { createInterval, type Interval } from "../domain/interval.ts";
import type { WindowSpec } from "../domain/report-definition.ts";
import { type LocalTime, localTimeOf } from "../support/local-time.ts";

/** How long each window is: so many days or months on the calendar, or minutes of real time. */
export interface Every {
  /** As it is written: `P1D`, `P1W`, `P1M`, `PT1H`. */
  readonly text: string;
  readonly unit: "day" | "month" | "minute";
  readonly count: number;
}

/** A window, as a definition says it and as instants. */
export interface BackfillWindow {
  readonly spec: WindowSpec;
  readonly interval: Interval;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Three years of days, half a year of every two hours; more is two commands. */
const MOST_WINDOWS = 2000;

/** Parses an ISO 8601 duration of one unit; undefined when it is none that windows can have. */
export function parseEvery(text: string): Every | undefined {
  const [, count, unit = ""] = /^P([1-9]\d{0,3})([DWM])$/.exec(text) ?? [];
  if (count !== undefined)
    return { text, unit: unit === "M" ? "month" : "day", count: Number(count) * (unit === "W" ? 7 : 1) };
  const [, time, timeUnit = ""] = /^PT([1-9]\d{0,3})([HM])$/.exec(text) ?? [];
  if (time === undefined) return undefined;
  return { text, unit: "minute", count: Number(time) * (timeUnit === "H" ? 60 : 1) };
}

/** As long as the report's own window, where that is whole days, weeks or months: `yesterday` is P1D. */
export function everyOf(window: WindowSpec): Every | undefined {
  if (window.kind !== "last") return undefined;
  const [letter, each] = { day: ["D", 1], week: ["W", 1], month: ["M", 1], quarter: ["M", 3] }[window.unit] as [
    string,
    number,
  ];
  return parseEvery(`P${window.count * each}${letter}`);
}

/** The windows, the first one first. Throws `definition.interval_invalid` when they do not fill the stretch, or are too many. */
export function cutWindows(stretch: Interval, every: Every, timeZone: string): BackfillWindow[] {
  const local = localTimeOf(timeZone);
  const windows: BackfillWindow[] = [];
  if (every.unit !== "minute")
    for (const at of [stretch.startAt, stretch.endAt]) expectMidnight(at, every, local, timeZone);
  let startAt = stretch.startAt;
  while (startAt < stretch.endAt) {
    const endAt = endOf(startAt, every, local);
    if (endAt > stretch.endAt) throw unfilled(every, startAt, endAt, local);
    windows.push({ spec: specOf(startAt, endAt, every, local), interval: createInterval(startAt, endAt) });
    if (windows.length > MOST_WINDOWS)
      throw refused(
        `More than ${MOST_WINDOWS} windows of ${every.text}`,
        "Choose longer windows, or do it in several parts.",
      );
    startAt = endAt;
  }
  return windows;
}

function endOf(startAt: number, { unit, count }: Every, local: LocalTime): number {
  if (unit === "minute") return startAt + count * MINUTE_MS;
  const day = local.bucketOf(startAt, "day");
  if (unit === "day") return local.firstAt(day + count * DAY_MS);
  const date = new Date(day);
  return local.firstAt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, date.getUTCDate()));
}

/** Calendar days are said as such, so that a comparison with the period before counts in them too. */
function specOf(startAt: number, endAt: number, { unit }: Every, local: LocalTime): WindowSpec {
  if (unit === "minute") return { kind: "instants", startAt, endAt };
  return { kind: "local_days", startDay: dayText(startAt, local), endDay: dayText(endAt, local) };
}

function dayText(at: number, local: LocalTime): string {
  return local.formatBucket(local.bucketOf(at, "day"), "day");
}

function expectMidnight(at: number, { text, unit }: Every, local: LocalTime, timeZone: string): void {
  const day = local.bucketOf(at, "day");
  if (local.firstAt(day) !== at)
    throw refused(
      `Windows of ${text} cannot begin at ${local.format(at)}`,
      `Give days of ${timeZone}, such as ${dayText(at, local)}.`,
    );
  if (unit === "month" && new Date(day).getUTCDate() > 28)
    throw refused(
      `Windows of ${text} cannot begin on ${dayText(at, local)}`,
      "Begin on a day that every month has: 1 to 28.",
    );
}

function unfilled({ text, unit }: Every, startAt: number, endAt: number, local: LocalTime): ReportError {
  const say = (at: number): string => (unit === "minute" ? new Date(at).toISOString() : dayText(at, local));
  return refused(
    `Windows of ${text} do not end where the last one must`,
    `Use --to ${say(startAt)} or --to ${say(endAt)}.`,
  );
}

function refused(message: string, hint: string): ReportError {
  return new ReportError("definition.interval_invalid", `${message}`, { hint });
}
