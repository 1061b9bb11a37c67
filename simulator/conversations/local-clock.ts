/**
 * Turns clock times of a named zone into instants. A call log has tens of thousands of clock times on a few dozen
 * dates, and asking the time-zone database for each is slow; clocks change on the hour, so one answer an hour is kept.
 */
import { Temporal } from "temporal-polyfill";

/** A calendar date, month from 1. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The clock on the wall in one time zone. */
export interface LocalClock {
  /**
   * The instant (epoch ms) of `seconds` after midnight by the clock on the wall on `date`. A time that occurs twice is
   * its first occurrence; one that is skipped moves forward by the gap.
   */
  instantAt(date: LocalDate, seconds: number): number;
}

/** @param timeZone an IANA name, for example `Asia/Jerusalem` */
export function createLocalClock(timeZone: string): LocalClock {
  const shifts = new Map<number, number>();

  function instantAt(date: LocalDate, seconds: number): number {
    const asIfUtc = Date.UTC(date.year, date.month - 1, date.day) + seconds * 1000;
    const hour = Math.floor(asIfUtc / 3_600_000);
    const known = shifts.get(hour);
    if (known !== undefined) return asIfUtc - known;
    const shift = shiftOfHour(hour * 3_600_000);
    shifts.set(hour, shift);
    return asIfUtc - shift;
  }

  function shiftOfHour(asIfUtc: number): number {
    const local = Temporal.Instant.fromEpochMilliseconds(asIfUtc).toZonedDateTimeISO("UTC").toPlainDateTime();
    return asIfUtc - local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds;
  }

  return { instantAt };
}
