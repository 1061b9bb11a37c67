/**
 * The period before a window: as many calendar units before it where the window is told in them, so that February is
 * held against January and a day of 23 hours against a whole one; else the same length. What runs up to now is held
 * against the unit before up to the same day and time.
 */
import { Temporal } from "temporal-polyfill";
import { createInterval, type Interval } from "../domain/interval.ts";
import type { PreviousPeriod, Shift } from "../domain/periods.ts";
import type { CalendarUnit, WindowSpec } from "../domain/report-definition.ts";

/** `interval` is what the words of the window came to. */
export function previousPeriod(window: WindowSpec, timeZone: string, interval: Interval): PreviousPeriod {
  const shift = shiftOf(window, interval);
  if (shift.unit === "millisecond")
    return { shift, interval: createInterval(interval.startAt - shift.by, interval.startAt) };
  const back: Temporal.DurationLike = shift.unit === "day" ? { days: shift.by } : { months: shift.by };
  const local = (at: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const startAt = local(interval.startAt).toPlainDate().subtract(back).toZonedDateTime(timeZone).epochMilliseconds;
  if (window.kind !== "to_date") return { shift, interval: createInterval(startAt, interval.startAt) };
  const now = local(interval.endAt).toPlainDateTime();
  const then = now.subtract(back);
  // The 31st of a month has no day before it in a month of 30: the whole of that is what it is held against.
  const isThere = shift.unit === "day" || then.day === now.day;
  const endAt = isThere ? then.toZonedDateTime(timeZone).epochMilliseconds : interval.startAt;
  return { shift, interval: createInterval(startAt, Math.min(interval.startAt, Math.max(startAt + 1, endAt))) };
}

function shiftOf(window: WindowSpec, { startAt, endAt }: Interval): Shift {
  switch (window.kind) {
    case "instants":
      return { unit: "millisecond", by: endAt - startAt };
    case "local_days":
      return { unit: "day", by: Temporal.PlainDate.from(window.startDay).until(window.endDay).days };
    case "last":
      return shiftBy(window.unit, window.count);
    case "to_date":
      return shiftBy(window.unit, 1);
  }
}

function shiftBy(unit: CalendarUnit, count: number): Shift {
  switch (unit) {
    case "day":
      return { unit: "day", by: count };
    case "week":
      return { unit: "day", by: 7 * count };
    case "month":
      return { unit: "month", by: count };
    case "quarter":
      return { unit: "month", by: 3 * count };
  }
}
