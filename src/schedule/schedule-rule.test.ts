import { describe, expect, test } from "vitest";
import { parseCron } from "../define/parse-cron.ts";
import { createLocalTime } from "../support/local-time.ts";
import { instantsBetween, nextInstant, type When } from "./schedule-rule.ts";

const HOUR_MS = 3_600_000;

function when(text: string, timeZone: string): When {
  const cron = parseCron(text);
  if ("refused" in cron) throw new Error(cron.refused);
  return { cron, timeZone };
}

/** The instants of a UTC day or several, as the wall shows them. */
function walls(text: string, timeZone: string, from: string, until: string): string[] {
  const local = createLocalTime(timeZone);
  return [...instantsBetween(when(text, timeZone), Date.parse(from) - 1, Date.parse(until) - 1)].map((at) =>
    local.format(at).replace(":00.000", ""),
  );
}

describe("I5, R-71: nextInstant() gives a fixed time once on each day, whatever the clock does", () => {
  const CASES: readonly (readonly [string, string, string, string, string, readonly string[]])[] = [
    [
      "a time that is skipped comes at the first instant behind the gap",
      "30 2 * * *",
      "America/New_York",
      "2026-03-07T05:00Z",
      "2026-03-10T04:00Z",
      ["2026-03-07T02:30-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"],
    ],
    [
      "a time that comes twice is its first",
      "30 1 * * *",
      "America/New_York",
      "2026-10-31T04:00Z",
      "2026-11-03T05:00Z",
      ["2026-10-31T01:30-04:00", "2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"],
    ],
    [
      "midnight, where it is skipped",
      "0 0 * * *",
      "Africa/Cairo",
      "2026-04-22T22:00Z",
      "2026-04-25T20:00Z",
      ["2026-04-23T00:00+02:00", "2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"],
    ],
    [
      "half an hour that comes twice",
      "45 1 * * *",
      "Australia/Lord_Howe",
      "2026-04-03T13:00Z",
      "2026-04-06T12:00Z",
      ["2026-04-04T01:45+11:00", "2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
    ],
    [
      "a whole day that is skipped",
      "0 8 * * *",
      "Pacific/Apia",
      "2011-12-29T10:00Z",
      "2012-01-01T00:00Z",
      ["2011-12-29T08:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T08:00+14:00", "2012-01-01T08:00+14:00"],
    ],
  ];
  test.each(CASES)("%s", (_what, text, zone, from, until, expected) => {
    expect(walls(text, zone, from, until)).toEqual(expected);
  });
});

describe("I5, R-71: nextInstant() gives an interval in real time", () => {
  test("nothing for an hour that is skipped", () => {
    expect(walls("0,30 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T02:00Z")).toEqual([
      "2026-03-29T01:00+01:00",
      "2026-03-29T01:30+01:00",
      "2026-03-29T03:00+02:00",
      "2026-03-29T03:30+02:00",
    ]);
  });
  test("both passes of an hour that comes twice", () => {
    expect(walls("0,30 * * * *", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T02:00Z")).toEqual([
      "2026-10-25T02:00+02:00",
      "2026-10-25T02:30+02:00",
      "2026-10-25T02:00+01:00",
      "2026-10-25T02:30+01:00",
    ]);
  });
  test("a list of hours is an interval too", () => {
    expect(walls("30 1,13 * * *", "America/New_York", "2026-11-01T04:00Z", "2026-11-02T05:00Z")).toEqual([
      "2026-11-01T01:30-04:00",
      "2026-11-01T01:30-05:00",
      "2026-11-01T13:30-05:00",
    ]);
    expect(walls("30 2,14 * * *", "America/New_York", "2026-03-08T05:00Z", "2026-03-09T04:00Z")).toEqual([
      "2026-03-08T14:30-04:00",
    ]);
  });
});

test("nextInstant() is strictly after, to the millisecond", () => {
  const daily = when("0 2 * * *", "UTC");
  const at = Date.parse("2026-11-25T02:00:00Z");

  expect(nextInstant(daily, at - 1)).toBe(at);
  expect(nextInstant(daily, at)).toBe(at + 24 * HOUR_MS);
  expect(nextInstant(when("*/15 * * * *", "UTC"), at)).toBe(at + HOUR_MS / 4);
  expect(nextInstant(when("7 0 2 * * *", "UTC"), at)).toBe(at + 7000);
});

test("nextInstant() finds a day that comes every 28 years, and that a pattern of no day has none", () => {
  const rare = when("0 0 * 2 SUN#5", "Asia/Tokyo");
  expect(nextInstant(rare, Date.parse("2026-01-01T00:00Z"))).toBe(Date.parse("2032-02-28T15:00Z"));
  expect(nextInstant(rare, Date.parse("2033-01-01T00:00Z"))).toBe(Date.parse("2060-02-28T15:00Z"));

  const never: When = { ...rare, cron: { ...rare.cron, daysOfWeek: { days: [], last: [] } } };
  expect(nextInstant(never, 0)).toBeUndefined();
  expect(nextInstant({ ...never, cron: { ...never.cron, hours: [1, 2] } }, 0)).toBeUndefined();
});

test("instantsBetween() leaves out its first end and gives its last", () => {
  const hourly = when("@hourly", "UTC");
  const from = Date.parse("2026-11-25T02:00Z");

  expect([...instantsBetween(hourly, from, from + 2 * HOUR_MS)]).toEqual([from + HOUR_MS, from + 2 * HOUR_MS]);
  expect([...instantsBetween(hourly, from, from)]).toEqual([]);
});
