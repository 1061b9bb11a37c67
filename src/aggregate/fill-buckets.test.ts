import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { findField } from "../define/find-field.ts";
import type { Field } from "../domain/field.ts";
import type { GroupedShape } from "../domain/report-definition.ts";
import { createLocalTime } from "../support/local-time.ts";
import { createSmallEngine } from "./create-small-engine.ts";
import { bucketsWithin, fillBuckets } from "./fill-buckets.ts";
import { groupColumns, keyColumn } from "./group-rows.ts";

const DAY_MS = 86_400_000;
const WIDTHS = ["minute15", "minute30", "hour", "day", "week", "month", "hour_of_day", "day_of_week"] as const;

/** The clock changes of 2024, each with its zone. */
const CHANGES = Intl.supportedValuesOf("timeZone").flatMap((zone) => {
  const change = Temporal.ZonedDateTime.from({ timeZone: zone, year: 2024, month: 1, day: 1 }).getTimeZoneTransition(
    "next",
  );
  return change?.year === 2024 ? [{ zone, changeAt: change.epochMilliseconds }] : [];
});

test("R-51: bucketsWithin() finds the buckets that a walk by the minute finds, around clock changes of all zones", () => {
  expect(CHANGES.length).toBeGreaterThan(100);
  const before = fc.integer({ min: -60, max: 30 * 60 });
  const after = fc.integer({ min: 1, max: 30 * 60 });
  const widths = fc.subarray([...WIDTHS], { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.constantFrom(...CHANGES), before, after, widths, ({ zone, changeAt }, minutes, more, asked) => {
      const localTime = createLocalTime(zone);
      const startAt = changeAt - minutes * 60_000;
      const endAt = startAt + more * 60_000;
      const expected = new Map<string, number[]>();
      for (let at = startAt; at < endAt; at += 60_000) {
        const bucket = asked.map((width) => localTime.bucketOf(at, width));
        expected.set(bucket.join(" "), bucket);
      }
      expect(bucketsWithin({ startAt, endAt }, asked, localTime)).toEqual([...expected.values()]);
    }),
    { numRuns: 150 },
  );
});

test("R-51: bucketsWithin() gives a day of a clock change 23 or 25 hours, the repeated one by its offset", () => {
  const hoursOf = (day: string, zone: string): string[] => {
    const localTime = createLocalTime(zone);
    const startAt = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
    const endAt = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
    return bucketsWithin({ startAt, endAt }, ["hour"], localTime).map(([hour = 0]) =>
      localTime.formatBucket(hour, "hour"),
    );
  };
  expect(hoursOf("2024-03-31", "Europe/Berlin")).toHaveLength(23);
  expect(hoursOf("2024-10-27", "Europe/Berlin")).toHaveLength(25);
  expect(hoursOf("2024-10-27", "Europe/Berlin").slice(1, 5)).toEqual([
    "2024-10-27T01:00+02:00",
    "2024-10-27T02:00+02:00",
    "2024-10-27T02:00+01:00",
    "2024-10-27T03:00+01:00",
  ]);
  // Half an hour twice: 25 buckets, too.
  expect(hoursOf("2024-04-07", "Australia/Lord_Howe").slice(1, 4)).toEqual([
    "2024-04-07T01:00+11:00",
    "2024-04-07T01:30+10:30",
    "2024-04-07T02:00+10:30",
  ]);
});

test("bucketsWithin() leaves out a day that a zone skipped", () => {
  const localTime = createLocalTime("Pacific/Apia");
  const startAt = Date.parse("2011-12-29T00:00-10:00");
  const days = bucketsWithin({ startAt, endAt: startAt + 2 * DAY_MS }, ["day"], localTime);
  expect(days.map(([day = 0]) => localTime.formatBucket(day, "day"))).toEqual(["2011-12-29", "2011-12-31"]);
});

test("fillBuckets() says so when there would be too many rows, and adds none", async () => {
  const shape: GroupedShape = {
    kind: "grouped",
    groupBy: ["conversation.direction", "time.hour"].map(fieldOf),
    measures: [],
    fill: true,
  };
  const known = { startAt: 0, endAt: DAY_MS };
  const groupsAt = async (maxRows: number): Promise<[number, string[]]> => {
    const columns = groupColumns(shape.groupBy, []);
    const table = await createSmallEngine(() => Promise.reject(new Error("it is small"))).createTable(columns);
    const filling = fillBuckets(table, columns.length, shape, known, createLocalTime("UTC"), maxRows);
    for (const direction of ["inbound", null, "null", "inbound"])
      await filling.append([[1, null, null, direction, 0, null, null]]);
    const findings = (await filling.finish()).map(({ code }) => code);
    return [(await Array.fromAsync(table.group([keyColumn(0), keyColumn(1)], []))).length, findings];
  };
  expect(await groupsAt(72)).toEqual([72, []]);
  expect(await groupsAt(71)).toEqual([3, ["fill_left_out"]]);
});

function fieldOf(path: string): Field {
  const field = findField(path);
  if (!field) throw new Error(`${path} is no path`);
  return field;
}
