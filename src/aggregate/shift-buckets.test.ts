import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BucketWidth } from "../domain/field.ts";
import type { Shift } from "../domain/periods.ts";
import { createLocalTime } from "../support/local-time.ts";
import { createShiftedBuckets, NO_COUNTERPART } from "./shift-buckets.ts";

/** The bucket that a moment before is put into, as a report shows it. */
function shifted(at: string, shift: Shift, width: BucketWidth, zone = "Europe/Berlin"): string {
  const localTime = createLocalTime(zone);
  const bucket = createShiftedBuckets(localTime, shift).bucketOf(Date.parse(at), width);
  return bucket === NO_COUNTERPART ? "none" : localTime.formatBucket(bucket, width);
}

const DAY: Shift = { unit: "day", by: 1 };
const MONTH: Shift = { unit: "month", by: 1 };

describe("createShiftedBuckets()", () => {
  test.each<[string, Shift, BucketWidth, string]>([
    ["2024-05-13T09:40:00+02:00", DAY, "hour", "2024-05-14T09:00+02:00"],
    ["2024-05-13T09:40:00+02:00", DAY, "minute15", "2024-05-14T09:30+02:00"],
    ["2024-05-13T09:40:00+02:00", DAY, "day", "2024-05-14"],
    ["2024-05-13T09:40:00+02:00", DAY, "hour_of_day", "9"],
    ["2024-05-13T09:40:00+02:00", DAY, "day_of_week", "1"],
    ["2024-05-13T09:40:00+02:00", { unit: "day", by: 7 }, "week", "2024-05-20"],
    ["2024-05-13T09:40:00+02:00", { unit: "millisecond", by: 18 * 3_600_000 }, "hour", "2024-05-14T03:00+02:00"],
    // The hour that the day after goes through twice counts in the first; the two of the day before in the one.
    ["2024-10-26T02:10:00+02:00", DAY, "hour", "2024-10-27T02:00+02:00"],
    ["2024-10-27T02:10:00+02:00", DAY, "hour", "2024-10-28T02:00+01:00"],
    ["2024-10-27T02:10:00+01:00", DAY, "hour", "2024-10-28T02:00+01:00"],
    // What the clocks leave out the day after counts in the hour behind it.
    ["2024-03-30T02:10:00+01:00", DAY, "hour", "2024-03-31T03:00+02:00"],
    ["2024-01-29T12:00:00+01:00", MONTH, "day", "2024-02-29"],
    ["2024-01-30T12:00:00+01:00", MONTH, "day", "none"],
    ["2024-01-31T12:00:00+01:00", MONTH, "hour", "none"],
    ["2024-01-31T12:00:00+01:00", MONTH, "month", "2024-02-01"],
    ["2024-01-31T12:00:00+01:00", MONTH, "week", "2024-02-26"],
    ["2023-11-30T12:00:00+01:00", { unit: "month", by: 3 }, "month", "2024-02-01"],
  ])("puts %s, moved by %o, into the %s %s", (at, shift, width, expected) => {
    expect(shifted(at, shift, width)).toBe(expected);
  });

  test("agrees with the calendar's own arithmetic, around clock changes", () => {
    const zone = fc.constantFrom("Europe/Berlin", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "UTC");
    const shift = fc.record({
      unit: fc.constantFrom("day" as const, "month" as const),
      by: fc.integer({ min: 1, max: 9 }),
    });
    const moment = fc.integer({ min: Date.UTC(2023, 0), max: Date.UTC(2025, 0) });
    const widths = fc.constantFrom("minute15" as const, "hour" as const, "day" as const, "month" as const);
    fc.assert(
      fc.property(zone, shift, moment, widths, (timeZone, by, at, width) => {
        const localTime = createLocalTime(timeZone);
        const then = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
        const now = then.add(by.unit === "day" ? { days: by.by } : { months: by.by });
        const isThere = by.unit === "day" || now.day === then.day || width === "month";
        // The calendar's day, even where the clock that is left out would lead into the next one.
        const expected =
          width === "day" || width === "month"
            ? localTime.bucketOf(now.with({ hour: 12 }).toZonedDateTime(timeZone).epochMilliseconds, width)
            : localTime.bucketOf(now.toZonedDateTime(timeZone).epochMilliseconds, width);
        const found = createShiftedBuckets(localTime, by).bucketOf(at, width);
        expect(found).toBe(isThere ? expected : NO_COUNTERPART);
      }),
      { numRuns: 1000 },
    );
  });
});
