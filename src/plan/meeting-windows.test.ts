/**
 * Windows that follow each other must meet, in every zone that the runtime knows, at every clock change of 2020 to
 * 2037: a report each day, week, month or quarter then loses no instant and has none twice. The dates are judged by
 * Intl, which the product does not use.
 */
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import type { Interval } from "../domain/interval.ts";
import type { CalendarUnit } from "../domain/report-definition.ts";
import { resolveWindow } from "./resolve-window.ts";

const HOUR_MS = 3_600_000;
const FROM = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2038, 0, 1);
const ZONES = Intl.supportedValuesOf("timeZone");

/** Added to the start of a unit, it is always inside the next one; days have up to 26 hours (Antarctica/Troll). */
const INTO_NEXT_MS: Readonly<Record<CalendarUnit, number>> = {
  day: 27 * HOUR_MS,
  week: 8 * 24 * HOUR_MS,
  month: 32 * 24 * HOUR_MS,
  quarter: 93 * 24 * HOUR_MS,
};

/** Whether a local date may begin a unit. */
const BEGINS: Readonly<Record<CalendarUnit, (date: Date) => boolean>> = {
  day: () => true,
  week: (date) => date.getUTCDay() === 1,
  month: (date) => date.getUTCDate() === 1,
  quarter: (date) => date.getUTCDate() === 1 && date.getUTCMonth() % 3 === 0,
};

const UNITS = ["day", "week", "month", "quarter"] as const;

test.each(UNITS)("B5: the last %s, asked in one and in the next, meet in all zones from 2020 to 2037", (unit) => {
  const wrong: string[] = [];
  let changes = 0;
  for (const zone of ZONES) {
    const dateOf = dateReader(zone);
    for (const at of changesOf(zone)) {
      changes += 1;
      let before = lastUnit(unit, zone, at);
      // The window before the change, the one that holds it, and the one behind it.
      for (let step = 0; step < 2; step++) {
        const next = lastUnit(unit, zone, before.endAt + INTO_NEXT_MS[unit]);
        const [date, dateBefore] = [dateOf(next.startAt), dateOf(next.startAt - 1)];
        const begins = BEGINS[unit](new Date(date)) && dateBefore === date - 24 * HOUR_MS;
        if (next.startAt !== before.endAt || !begins) wrong.push(`${zone} at ${new Date(next.startAt).toISOString()}`);
        before = next;
      }
    }
  }
  expect(wrong).toEqual([]);
  expect([ZONES.length > 400, changes > 5000]).toEqual([true, true]);
});

test("B5: what is to date ends where the last one is asked, and begins where the last one ended, in all zones", () => {
  for (const zone of ZONES) {
    const now = Date.UTC(2025, 10, 2, 15, 30);
    for (const unit of UNITS) {
      const { startAt, endAt } = resolveWindow({ kind: "to_date", unit }, zone, now);
      expect([startAt, endAt], zone).toEqual([lastUnit(unit, zone, now).endAt, now]);
    }
  }
});

function lastUnit(unit: CalendarUnit, zone: string, nowAt: number): Interval {
  return resolveWindow({ kind: "last", count: 1, unit }, zone, nowAt);
}

/** The clock changes, the leap days and the ends of some years; a zone without changes has only these. */
function changesOf(zone: string): number[] {
  const changes = [Date.UTC(2024, 1, 29, 12), Date.UTC(2027, 11, 31, 12), Date.UTC(2036, 1, 29, 12)];
  const start = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(zone);
  let change = start.getTimeZoneTransition("next");
  while (change !== null && change.epochMilliseconds < UNTIL) {
    changes.push(change.epochMilliseconds);
    change = change.getTimeZoneTransition("next");
  }
  return changes;
}

/** The local date of an instant, as the same date's midnight in UTC. */
function dateReader(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (at) => Date.parse(format.format(at));
}
