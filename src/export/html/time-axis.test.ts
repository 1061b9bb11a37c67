import { expect, test } from "vitest";
import { bucketAt, timeTicks } from "./time-axis.ts";

function labels(first: string, last: string, name: string, zone = "Asia/Jerusalem"): string[] {
  return timeTicks(bucketAt(first), bucketAt(last), name, zone).map(({ label }) => label);
}

test("timeTicks() are hours within a day, days within a week, Mondays within a month, months beyond", () => {
  expect(labels("1999-02-01T07:00+02:00", "1999-02-01T12:00+02:00", "time.hour")).toEqual([
    "07:00",
    "08:00",
    "09:00",
    "10:00",
    "11:00",
    "12:00",
  ]);
  expect(labels("1999-02-01T00:00+02:00", "1999-02-01T23:00+02:00", "time.hour")).toEqual([
    "Mon 1 Feb",
    "06:00",
    "12:00",
    "18:00",
  ]);
  expect(labels("1999-02-01", "1999-02-04", "time.day")).toEqual(["Mon 1 Feb", "Tue 2 Feb", "Wed 3 Feb", "Thu 4 Feb"]);
  expect(labels("1999-02-01", "1999-02-28", "time.day")).toEqual([
    "Mon 1 Feb",
    "Mon 8 Feb",
    "Mon 15 Feb",
    "Mon 22 Feb",
  ]);
  expect(labels("1999-01-01", "1999-04-01", "time.month")).toEqual(["Jan 1999", "Feb 1999", "Mar 1999", "Apr 1999"]);
  expect(labels("1999-01-01", "2003-01-01", "time.month")).toEqual([
    "Jan 1999",
    "Jan 2000",
    "Jan 2001",
    "Jan 2002",
    "Jan 2003",
  ]);
});

test("timeTicks() stand at local midnight on both sides of a clock change", () => {
  const ticks = timeTicks(
    Date.parse("2024-03-30T00:00+01:00"),
    Date.parse("2024-04-02T23:00+02:00"),
    "time.hour",
    "Europe/Berlin",
  );
  expect(ticks.map(({ at, label }) => [new Date(at).toISOString(), label])).toEqual([
    ["2024-03-29T23:00:00.000Z", "Sat 30 Mar"],
    ["2024-03-30T23:00:00.000Z", "Sun 31 Mar"],
    ["2024-03-31T22:00:00.000Z", "Mon 1 Apr"],
    ["2024-04-01T22:00:00.000Z", "Tue 2 Apr"],
  ]);
});
