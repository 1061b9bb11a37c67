/**
 * The schedule rule: at which instants a schedule fires. The pattern is read off the wall clock of the schedule's zone,
 * and a clock change does this to it (docs/schedules.md has the same for readers):
 *
 *   a fixed time (one minute of one hour) fires once on each of its days. Where the clock skips the time, at the first
 *   instant behind the gap; where the clock shows it twice, at the first.
 *
 *   anything else is an interval and runs in real time: at every instant at which the clock shows one of its times, in
 *   both passes of a repeated hour, and never for a time that the clock skips.
 *
 * Nothing here knows what time it is, and an instant is all that names a run: never the text on the wall.
 */
import { type CronPattern, isFixedTime, MOST_DAYS_AHEAD, takesDay } from "../domain/cron-pattern.ts";
import type { Schedule } from "../domain/schedule.ts";
import { type LocalTime, localTimeOf } from "../support/local-time.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The parts of a schedule that decide its instants. */
export type When = Pick<Schedule, "cron" | "timeZone">;

/** The first instant strictly after the given one; undefined when there is none in the next forty years. */
export function nextInstant({ cron, timeZone }: When, afterAt: number): number | undefined {
  const local = localTimeOf(timeZone);
  return isFixedTime(cron) ? nextFixedTime(cron, local, afterAt) : nextOfInterval(cron, local, afterAt);
}

/** Every instant after the one and up to the other, which belongs to it: what is due since one last looked. */
export function* instantsBetween(when: When, afterAt: number, untilAt: number): Generator<number, void, undefined> {
  let at = nextInstant(when, afterAt);
  while (at !== undefined && at <= untilAt) {
    yield at;
    at = nextInstant(when, at);
  }
}

/** Day by day: each has one time, and it comes once. */
function nextFixedTime(cron: CronPattern, local: LocalTime, afterAt: number): number | undefined {
  const timeMs = firstTime(cron, 0) ?? 0;
  // A time of the day before yesterday may be now: a zone that changes sides of the date line skips a day.
  let day = firstDay(cron, dayOf(local.toLocal(afterAt)) - 2 * DAY_MS);
  while (day !== undefined) {
    const at = local.firstAt(day + timeMs);
    if (at > afterAt) return at;
    day = firstDay(cron, day + DAY_MS);
  }
  return undefined;
}

/** Stretch by stretch between clock changes: in each, the wall and real time run alike. */
function nextOfInterval(cron: CronPattern, local: LocalTime, afterAt: number): number | undefined {
  const lastAt = afterAt + MOST_DAYS_AHEAD * DAY_MS;
  let fromAt = afterAt + 1;
  while (fromAt <= lastAt) {
    const day = firstDay(cron, dayOf(local.toLocal(fromAt)) - DAY_MS);
    if (day === undefined) return undefined;
    // No offset is as long as a day: it is that day nowhere before, and changes up to then need not be looked at.
    fromAt = Math.max(fromAt, day - DAY_MS);
    const { offsetMs, untilAt } = local.stretchAt(fromAt);
    const shown = firstShown(cron, fromAt + offsetMs, Math.min(untilAt, lastAt) + offsetMs);
    if (shown !== undefined) return shown - offsetMs;
    fromAt = untilAt;
  }
  return undefined;
}

/** The first day that the pattern takes, from this one on. */
function firstDay(cron: CronPattern, from: number): number | undefined {
  for (let day = from; day <= from + MOST_DAYS_AHEAD * DAY_MS; day += DAY_MS) if (takesDay(cron, day)) return day;
  return undefined;
}

/** The first time that the pattern takes, from the one local time on and before the other. */
function firstShown(cron: CronPattern, from: number, until: number): number | undefined {
  for (let day = dayOf(from); day < until; day += DAY_MS) {
    if (!takesDay(cron, day)) continue;
    const time = firstTime(cron, from - day);
    if (time !== undefined) return day + time < until ? day + time : undefined;
  }
  return undefined;
}

/** The first time of day that the pattern takes and that is not before the given one; milliseconds since midnight. */
function firstTime({ hours, minutes, second }: CronPattern, fromMs: number): number | undefined {
  for (const hour of hours) {
    const hourMs = hour * HOUR_MS;
    if (hourMs + HOUR_MS <= fromMs) continue;
    const minute = minutes.find((each) => hourMs + each * MINUTE_MS + second * SECOND_MS >= fromMs);
    if (minute !== undefined) return hourMs + minute * MINUTE_MS + second * SECOND_MS;
  }
  return undefined;
}

function dayOf(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}
