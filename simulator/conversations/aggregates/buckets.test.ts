import { expect, test } from "vitest";
import { parseInterval } from "../query-interval.ts";
import { cutBuckets } from "./buckets.ts";

function texts(interval: string, granularity?: string, timeZone?: string): string[] {
  const parsed = parseInterval(interval);
  const buckets = cutBuckets(parsed, granularity, timeZone);
  const last = buckets.numberOf(parsed.endAt - 1) ?? -1;
  return Array.from({ length: last + 1 }, (_, number) => buckets.textOf(number).replaceAll(":00.000Z", "Z"));
}

test("cutBuckets() makes one bucket without a granularity, in UTC whatever the offset", () => {
  expect(texts("2024-05-01T00:00+02:00/2024-05-02T00:00+02:00")).toEqual(["2024-04-30T22:00Z/2024-05-01T22:00Z"]);
});

test("cutBuckets() counts from the start of the interval and ends with it", () => {
  expect(texts("2024-05-01T00:10Z/2024-05-01T02:00Z", "PT1H")).toEqual([
    "2024-05-01T00:10Z/2024-05-01T01:10Z",
    "2024-05-01T01:10Z/2024-05-01T02:00Z",
  ]);
});

test("cutBuckets() gives days of 23 and 25 hours where clocks change", () => {
  expect(texts("2024-03-30T23:00Z/2024-04-01T22:00Z", "P1D", "Europe/Berlin")).toEqual([
    "2024-03-30T23:00Z/2024-03-31T22:00Z",
    "2024-03-31T22:00Z/2024-04-01T22:00Z",
  ]);
  expect(texts("2024-11-02T04:00Z/2024-11-04T05:00Z", "P1D", "America/New_York")).toEqual([
    "2024-11-02T04:00Z/2024-11-03T04:00Z",
    "2024-11-03T04:00Z/2024-11-04T05:00Z",
  ]);
});

test("cutBuckets() begins days at midnight even after one that has none", () => {
  // In Cairo the clocks went from 00:00 to 01:00 on 26 April 2024.
  expect(texts("2024-04-25T22:00Z/2024-04-27T21:00Z", "P1D", "Africa/Cairo")).toEqual([
    "2024-04-25T22:00Z/2024-04-26T21:00Z",
    "2024-04-26T21:00Z/2024-04-27T21:00Z",
  ]);
});

test("cutBuckets() counts months from the start, so that short ones do not shorten those after them", () => {
  expect(texts("2024-01-31T00:00Z/2024-05-01T00:00Z", "P1M")).toEqual([
    "2024-01-31T00:00Z/2024-02-29T00:00Z",
    "2024-02-29T00:00Z/2024-03-31T00:00Z",
    "2024-03-31T00:00Z/2024-04-30T00:00Z",
    "2024-04-30T00:00Z/2024-05-01T00:00Z",
  ]);
});

test("cutBuckets() adds days by the calendar and hours by the clock", () => {
  expect(texts("2024-03-29T23:00Z/2024-04-02T10:00Z", "P1DT12H", "Europe/Berlin")).toEqual([
    "2024-03-29T23:00Z/2024-03-31T11:00Z",
    "2024-03-31T11:00Z/2024-04-01T22:00Z",
    "2024-04-01T22:00Z/2024-04-02T10:00Z",
  ]);
});

test("cutBuckets() puts an instant into the bucket that it begins, and none outside the interval", () => {
  const interval = parseInterval("2024-05-01T00:00Z/2024-05-01T02:00Z");
  const buckets = cutBuckets(interval, "PT30M");
  const numbers = [-1, 0, 1_799_999, 1_800_000, 7_199_999, 7_200_000];
  expect(numbers.map((ms) => buckets.numberOf(interval.startAt + ms))).toEqual([undefined, 0, 0, 1, 3, undefined]);
});

test.each([
  ["PT0S", undefined, "no ISO-8601 duration"],
  ["P", undefined, "no ISO-8601 duration"],
  ["PT", undefined, "no ISO-8601 duration"],
  ["1H", undefined, "no ISO-8601 duration"],
  ["-PT1H", undefined, "no ISO-8601 duration"],
  ["PT1S", undefined, "too many buckets"],
  ["PT1H", "Europe/Atlantis", "Time zone [Europe/Atlantis] is not known"],
])("cutBuckets() refuses granularity %s in zone %s", (granularity, timeZone, message) => {
  expect(() => cutBuckets(parseInterval("2024-05-01T00Z/2024-06-01T00Z"), granularity, timeZone)).toThrow(message);
});
