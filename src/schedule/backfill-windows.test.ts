import { describe, expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { createInterval, formatInterval } from "../domain/interval.ts";
import type { WindowSpec } from "../domain/report-definition.ts";
import { type Every, parseEvery, windowEndingAt } from "../plan/every.ts";
import { cutWindows, everyOf } from "./backfill-windows.ts";

function every(text: string): Every {
  const parsed = parseEvery(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

function cut(from: string, to: string, text: string, zone = "Europe/Berlin"): string[] {
  return cutWindows(createInterval(Date.parse(from), Date.parse(to)), every(text), zone).map(({ interval }) =>
    formatInterval(interval).replaceAll(":00.000Z", "Z"),
  );
}

test("parseEvery() takes days, weeks, months, hours and minutes", () => {
  expect(parseEvery("P1D")).toEqual({ text: "P1D", unit: "day", count: 1 });
  expect(parseEvery("P2W")).toEqual({ text: "P2W", unit: "day", count: 14 });
  expect(parseEvery("P3M")).toEqual({ text: "P3M", unit: "month", count: 3 });
  expect(parseEvery("PT6H")).toEqual({ text: "PT6H", unit: "minute", count: 360 });
  expect(parseEvery("PT30M")).toEqual({ text: "PT30M", unit: "minute", count: 30 });
  for (const text of ["P0D", "P1Y", "1D", "P1DT1H", "PT30S", "P-1D", "p1d", ""])
    expect(parseEvery(text), text).toBeUndefined();
});

test("everyOf() is the length of the report's own window, where that is whole days or months", () => {
  const last = (unit: "day" | "week" | "month" | "quarter", count = 1): WindowSpec => ({ kind: "last", unit, count });

  expect(
    [last("day"), last("week"), last("month"), last("quarter"), last("day", 7)].map((each) => everyOf(each)?.text),
  ).toEqual(["P1D", "P1W", "P1M", "P3M", "P7D"]);
  expect(everyOf({ kind: "to_date", unit: "day" })).toBeUndefined();
});

test("R-65: cutWindows() cuts local days, of 23 and 25 hours too, that meet without a gap", () => {
  expect(cut("2026-03-27T23:00Z", "2026-03-30T22:00Z", "P1D")).toEqual([
    "2026-03-27T23:00Z/2026-03-28T23:00Z",
    "2026-03-28T23:00Z/2026-03-29T22:00Z",
    "2026-03-29T22:00Z/2026-03-30T22:00Z",
  ]);
  expect(cut("2026-10-24T22:00Z", "2026-10-25T23:00Z", "P1D")).toEqual(["2026-10-24T22:00Z/2026-10-25T23:00Z"]);
});

test("cutWindows() cuts months on the calendar and hours in real time", () => {
  expect(cut("2026-01-31T23:00Z", "2026-04-30T22:00Z", "P1M")).toEqual([
    "2026-01-31T23:00Z/2026-02-28T23:00Z",
    "2026-02-28T23:00Z/2026-03-31T22:00Z",
    "2026-03-31T22:00Z/2026-04-30T22:00Z",
  ]);
  expect(cut("2026-03-29T00:00Z", "2026-03-29T03:00Z", "PT90M")).toEqual([
    "2026-03-29T00:00Z/2026-03-29T01:30Z",
    "2026-03-29T01:30Z/2026-03-29T03:00Z",
  ]);
});

test("cutWindows() says calendar days as such", () => {
  const [window] = cutWindows(createInterval(Date.UTC(2026, 2, 1), Date.UTC(2026, 3, 1)), every("P1M"), "UTC");
  expect(window?.spec).toEqual({ kind: "local_days", startDay: "2026-03-01", endDay: "2026-04-01" });
});

test("R-65: windowEndingAt() finds each window of a backfill again from its end, clock changes and months included", () => {
  for (const [text, zone, from, to] of [
    ["P1D", "Europe/Berlin", "2026-03-27T23:00Z", "2026-03-30T22:00Z"],
    ["P1W", "Asia/Beirut", "2026-03-21T22:00Z", "2026-04-18T21:00Z"],
    ["P1M", "America/New_York", "2026-01-28T05:00Z", "2026-12-28T05:00Z"],
    ["PT90M", "UTC", "2026-03-01T00:00Z", "2026-03-01T12:00Z"],
  ] as const) {
    const windows = cutWindows(createInterval(Date.parse(from), Date.parse(to)), every(text), zone);
    expect(windows.map(({ interval }) => windowEndingAt(interval.endAt, every(text), zone))).toEqual(
      windows.map(({ spec }) => spec),
    );
  }
});

describe("cutWindows() refuses what windows cannot fill", () => {
  const CASES: readonly (readonly [string, string, string, string, string])[] = [
    [
      "2026-03-01",
      "2026-03-08",
      "P2D",
      "Windows of P2D do not end where the last one must",
      "Use --to 2026-03-07 or --to 2026-03-09.",
    ],
    [
      "2026-03-01",
      "2026-03-01T02:00Z",
      "PT90M",
      "Windows of PT90M do not end where the last one must",
      "Use --to 2026-03-01T01:30:00.000Z or --to 2026-03-01T03:00:00.000Z.",
    ],
    [
      "2026-03-01T08:00Z",
      "2026-03-08",
      "P1D",
      "Windows of P1D cannot begin at 2026-03-01T08:00:00.000+00:00",
      "Give days of UTC, such as 2026-03-01.",
    ],
    [
      "2026-01-31",
      "2026-03-31",
      "P1M",
      "Windows of P1M cannot begin on 2026-01-31",
      "Begin on a day that every month has: 1 to 28.",
    ],
    [
      "2020-01-01",
      "2026-01-01",
      "P1D",
      "More than 2000 windows of P1D",
      "Choose longer windows, or do it in several parts.",
    ],
  ];
  test.each(CASES)("%s %s %s", (from, to, text, message, hint) => {
    const error = thrownBy(() => cut(from, to, text, "UTC"));
    expect(error).toBeInstanceOf(ReportError);
    expect(error).toMatchObject({ code: "definition.interval_invalid", message, hint });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
