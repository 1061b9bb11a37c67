/**
 * Words about time become instants. Days, weeks and months are those of the report's zone, so a day of a clock
 * change has 23 or 25 hours. "Now" is handed in: a run of yesterday's schedule asks for yesterday's window.
 */
import { Temporal } from "temporal-polyfill";
import { ReportError } from "../domain/errors.ts";
import { createInterval, formatInterval, type Interval } from "../domain/interval.ts";
import type { CalendarUnit, WindowSpec } from "../domain/report-definition.ts";

/** Ten years; more is a slip of the pen in a year, and would be cut into thousands of slices. */
const MAX_DAYS = 3_660;

/**
 * The interval that the words mean; `nowAt` in epoch milliseconds. Throws `definition.interval_invalid` when
 * nothing of it can have happened yet, or when it is longer than ten years.
 */
export function resolveWindow(window: WindowSpec, timeZone: string, nowAt: number): Interval {
  const interval = intervalOf(window, timeZone, nowAt);
  if (interval.startAt >= nowAt)
    throw refused(interval, "begins in the future", "Choose a window that has begun: START must be before now.");
  if (interval.endAt - interval.startAt > MAX_DAYS * 24 * 3_600_000)
    throw refused(interval, `is longer than ${MAX_DAYS} days`, "Look at the years, or split it into several reports.");
  return interval;
}

function intervalOf(window: WindowSpec, timeZone: string, nowAt: number): Interval {
  switch (window.kind) {
    case "instants":
      return createInterval(window.startAt, window.endAt);
    case "local_days":
      return createInterval(startOfDay(window.startDay, timeZone), startOfDay(window.endDay, timeZone));
    case "last": {
      const end = startOf(window.unit, today(timeZone, nowAt));
      return createInterval(
        startOfDay(end.subtract(durationOf(window.unit, window.count)), timeZone),
        startOfDay(end, timeZone),
      );
    }
    case "to_date": {
      const startAt = startOfDay(startOf(window.unit, today(timeZone, nowAt)), timeZone);
      if (startAt === nowAt) throw justBegun(window.unit, startAt);
      return createInterval(startAt, nowAt);
    }
  }
}

function today(timeZone: string, nowAt: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(nowAt).toZonedDateTimeISO(timeZone).toPlainDate();
}

function startOf(unit: CalendarUnit, day: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case "day":
      return day;
    case "week":
      return day.subtract({ days: day.dayOfWeek - 1 });
    case "month":
      return day.with({ day: 1 });
    case "quarter":
      return day.with({ day: 1, month: day.month - ((day.month - 1) % 3) });
  }
}

function durationOf(unit: CalendarUnit, count: number): Temporal.DurationLike {
  switch (unit) {
    case "day":
      return { days: count };
    case "week":
      return { weeks: count };
    case "month":
      return { months: count };
    case "quarter":
      return { months: 3 * count };
  }
}

/** The first instant of a local day: usually midnight, later where the clock skips it. */
function startOfDay(day: Temporal.PlainDate | string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

function refused(interval: Interval, what: string, hint: string): ReportError {
  return new ReportError("definition.interval_invalid", `Cannot use interval ${formatInterval(interval)}: it ${what}`, {
    hint,
  });
}

function justBegun(unit: CalendarUnit, at: number): ReportError {
  return new ReportError(
    "definition.interval_invalid",
    `Cannot use "${unit} to date" at ${new Date(at).toISOString()}: the ${unit} begins at this very instant`,
    { hint: `Write "last ${unit}" for the one before.` },
  );
}
