/** A stretch of the past cut into windows of one length, on the calendar of a zone where the length is days or months. */
import { ReportError } from "../domain/errors.ts";
import { createInterval, type Interval } from "../domain/interval.ts";
import type { WindowSpec } from "../domain/report-definition.ts";
import { dayText, endOfWindow, type Every, parseEvery, specOf } from "../plan/every.ts";
import { type LocalTime, localTimeOf } from "../support/local-time.ts";

/** A window, as a definition says it and as instants. */
export interface BackfillWindow {
  readonly spec: WindowSpec;
  readonly interval: Interval;
}

/** Three years of days, half a year of every two hours; more is two commands. */
const MOST_WINDOWS = 2000;

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
    const endAt = endOfWindow(startAt, every, local);
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
