/** Schedules as people read them: in the schedule's zone, in UTC, and in the zone of whoever looks, if it is a third. */
import { isEitherDay, isFixedTime } from "../domain/cron-pattern.ts";
import type { Interval } from "../domain/interval.ts";
import type { Missed, Schedule } from "../domain/schedule.ts";
import type { UpcomingRun } from "../schedule/upcoming-runs.ts";
import { localTimeOf } from "../support/local-time.ts";
import { renderTable } from "./render-table.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `0 2 * * * on the clock of Europe/Berlin`, how clock changes meet it, and whether either day is enough. */
export function describeSchedule({ cron, timeZone }: Schedule): string {
  const kind = isFixedTime(cron)
    ? "a fixed time: once on each of its days, whatever the clock does"
    : "an interval: in real time, so twice in a repeated hour and never in one that is skipped";
  const either = isEitherDay(cron) ? "  days of the month and days of the week are both set: either is enough\n" : "";
  return `${cron.text} on the clock of ${timeZone}\n  ${kind}\n${either}`;
}

/** A line for each run: its instant in up to three zones, its window in the zone of the report, a clock change that day. */
export function renderUpcoming(
  runs: readonly UpcomingRun[],
  zones: { readonly schedule: string; readonly report: string; readonly viewer: string },
): string {
  const clocks = [...new Set([zones.schedule, "UTC", zones.viewer])];
  const changes = runs.some(({ change }) => change !== undefined);
  const names = [...clocks, `window (${zones.report})`, ...(changes ? ["clock change"] : [])];
  return renderTable(
    names.map((name) => ({ name, type: "text", role: "detail" })),
    runs.map(({ at, window, change }) => [
      ...clocks.map((zone) => instantText(at, zone)),
      windowText(window, zones.report),
      ...(changes ? [change === undefined ? "" : `${clockText(change.from)} → ${clockText(change.to)}`] : []),
    ]),
  );
}

/** `Sun 2026-03-29 03:00 +02:00`; the offset is left out of UTC, the second when it is 0. */
export function instantText(at: number, timeZone: string): string {
  const local = localTimeOf(timeZone);
  const weekday = WEEKDAYS[local.bucketOf(at, "day_of_week") - 1] ?? "";
  const [, day = "", time = "", second = "", offset = ""] =
    /^(.{10})T(.{5}):(..)\.\d{3}(.{6})$/.exec(local.format(at)) ?? [];
  return `${weekday} ${day} ${time}${second === "00" ? "" : `:${second}`}${timeZone === "UTC" ? "" : ` ${offset}`}`;
}

/** Whole days by their names, the last one included, and their hours where clocks change; else both instants. */
export function windowText({ startAt, endAt }: Interval, timeZone: string): string {
  const local = localTimeOf(timeZone);
  const isMidnight = (at: number): boolean => local.firstAt(local.bucketOf(at, "day")) === at;
  const text = (at: number): string => local.format(at).slice(0, 16).replace("T", " ");
  if (!isMidnight(startAt) || !isMidnight(endAt)) return `${text(startAt)} to ${text(endAt)}`;
  const [first, last] = [startAt, endAt - 1].map((at) => text(at).slice(0, 10));
  const hours = (endAt - startAt) % DAY_MS === 0 ? "" : ` (${(endAt - startAt) / HOUR_MS} h)`;
  return `${first === last ? first : `${first} to ${last}`}${hours}`;
}

/** `latest`, `all of 24`. */
export function missedText(missed: Missed): string {
  return missed.kind === "all" ? `all of ${missed.most}` : missed.kind;
}

function clockText(localMs: number): string {
  return new Date(localMs).toISOString().slice(11, 16);
}
