import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { parseWindow } from "../define/parse-window.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import { createLocalTime } from "../support/local-time.ts";
import { resolveWindow } from "./resolve-window.ts";

/** Zones with clock changes at other hours, other halves of the year, other widths, and none at all. */
const ZONES = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Havana",
  "America/New_York",
  "America/Santiago",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Asia/Beirut",
  "Asia/Gaza",
  "Asia/Jerusalem",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Tehran",
  "Atlantic/Azores",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "Europe/Berlin",
  "Europe/London",
  "Pacific/Auckland",
  "Pacific/Chatham",
];

const HOUR_MS = 3_600_000;

test.each(ZONES)(
  "B5: the days of %s meet, begin at the first instant of their date, and have 23 to 25 hours",
  (zone) => {
    const localTime = createLocalTime(zone);
    const lengths = new Set<number>();
    let last: Interval | undefined;
    // Three years with 29 February, two year ends and every clock change.
    for (let day = Temporal.PlainDate.from("2023-01-01"); day.year < 2026; day = day.add({ days: 1 })) {
      const interval = resolve(`${day.toString()}/${day.add({ days: 1 }).toString()}`, zone, "2030-01-01T00:00:00Z");
      if (last) expect(interval.startAt, day.toString()).toBe(last.endAt);
      expect(localTime.format(interval.startAt).slice(0, 10)).toBe(day.toString());
      expect(localTime.format(interval.startAt - 1).slice(0, 10)).toBe(day.subtract({ days: 1 }).toString());
      lengths.add((interval.endAt - interval.startAt) / HOUR_MS);
      last = interval;
    }
    const changes = zone === "Australia/Lord_Howe" ? [23.5, 24, 24.5] : hasChanges(zone) ? [23, 24, 25] : [24];
    expect([...lengths].toSorted((left, right) => left - right)).toEqual(changes);
  },
);

test.each(ZONES)("B5: yesterday in %s, asked at any hour of two years, is the whole local day before", (zone) => {
  for (let at = Date.UTC(2023, 11, 25); at < Date.UTC(2024, 11, 5); at += 7 * HOUR_MS + 1) {
    const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
    const interval = resolve("yesterday", zone, here.toInstant().toString());

    expect(interval.endAt).toBe(here.startOfDay().epochMilliseconds);
    expect(interval.startAt).toBe(here.subtract({ days: 1 }).startOfDay().epochMilliseconds);
  }
});

const NOW = "2024-03-31T12:00:00Z";
const EXAMPLES: readonly (readonly [words: string, zone: string, interval: string])[] = [
  ["yesterday", "Europe/Berlin", "2024-03-29T23:00:00.000Z/2024-03-30T23:00:00.000Z"],
  ["today", "Europe/Berlin", "2024-03-30T23:00:00.000Z/2024-03-31T12:00:00.000Z"],
  ["last week", "Europe/Berlin", "2024-03-17T23:00:00.000Z/2024-03-24T23:00:00.000Z"],
  ["last 2 weeks", "UTC", "2024-03-11T00:00:00.000Z/2024-03-25T00:00:00.000Z"],
  ["last 7 days", "Europe/Berlin", "2024-03-23T23:00:00.000Z/2024-03-30T23:00:00.000Z"],
  ["last month", "Europe/Berlin", "2024-01-31T23:00:00.000Z/2024-02-29T23:00:00.000Z"],
  ["last 13 months", "UTC", "2023-02-01T00:00:00.000Z/2024-03-01T00:00:00.000Z"],
  ["last quarter", "Europe/Berlin", "2023-09-30T22:00:00.000Z/2023-12-31T23:00:00.000Z"],
  ["week to date", "Europe/Berlin", "2024-03-24T23:00:00.000Z/2024-03-31T12:00:00.000Z"],
  ["month to date", "Asia/Kathmandu", "2024-02-29T18:15:00.000Z/2024-03-31T12:00:00.000Z"],
  ["quarter to date", "UTC", "2024-01-01T00:00:00.000Z/2024-03-31T12:00:00.000Z"],
  ["2024-02-29/2024-03-01", "America/New_York", "2024-02-29T05:00:00.000Z/2024-03-01T05:00:00.000Z"],
  ["2023-12-31/2024-01-01", "Pacific/Auckland", "2023-12-30T11:00:00.000Z/2023-12-31T11:00:00.000Z"],
  ["2024-03-31T00:00:00+02:00/2024-03-31T01:00:00Z", "UTC", "2024-03-30T22:00:00.000Z/2024-03-31T01:00:00.000Z"],
];

test.each(EXAMPLES)("B5: resolveWindow() makes of %j in %s %s", (words, zone, interval) => {
  expect(formatInterval(resolve(words, zone, NOW))).toBe(interval);
});

const REFUSED: readonly (readonly [words: string, now: string, message: RegExp, hint: RegExp])[] = [
  ["2024-04-01/2024-04-02", NOW, /: it begins in the future$/, /START must be before now/],
  [`${NOW}/2024-04-01T00:00:00Z`, NOW, /: it begins in the future$/, /START must be before now/],
  ["0224-01-01/2024-02-01", NOW, /: it is longer than 3660 days$/, /Look at the years/],
  ["last 1000 quarters", NOW, /: it is longer than 3660 days$/, /Look at the years/],
  [
    "month to date",
    "2024-04-01T00:00:00Z",
    /^Cannot use "month to date" at 2024-04-01T00:00:00.000Z: the month begins at this very instant$/,
    /Write "last month"/,
  ],
];

test.each(REFUSED)("B4: resolveWindow() refuses %j at %s", (words, now, message, hint) => {
  expect(() => resolve(words, "UTC", now)).toThrow(
    expect.objectContaining({
      code: "definition.interval_invalid",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  );
});

test("resolveWindow() takes a window that has begun and is not over", () => {
  expect(formatInterval(resolve("2024-03-31/2024-04-01", "UTC", NOW))).toBe(
    "2024-03-31T00:00:00.000Z/2024-04-01T00:00:00.000Z",
  );
});

test("resolveWindow() has nothing for a day that a zone left out", () => {
  expect(() => resolve("2011-12-30/2011-12-31", "Pacific/Apia", NOW)).toThrow("end must be after start");
});

function resolve(words: string, zone: string, now: string): Interval {
  const window = parseWindow(words);
  if ("refused" in window) throw new Error(window.refused);
  return resolveWindow(window, zone, Date.parse(now));
}

function hasChanges(zone: string): boolean {
  const change = Temporal.ZonedDateTime.from(`2023-01-01T12:00:00[${zone}]`).getTimeZoneTransition("next");
  return change !== null && change.year < 2026;
}
