import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { parseWindow } from "../define/parse-window.ts";
import type { WindowSpec } from "../domain/report-definition.ts";
import { createLocalTime } from "../support/local-time.ts";
import { previousPeriod } from "./previous-period.ts";
import { resolveWindow } from "./resolve-window.ts";

const NOW = "2024-05-15T10:30:00+02:00";

function specOf(words: string): WindowSpec {
  const window = parseWindow(words);
  if ("refused" in window) throw new Error(window.refused);
  return window;
}

/** The period before those words in Berlin, in local time. */
function before(words: string, now = NOW): string {
  const localTime = createLocalTime("Europe/Berlin");
  const window = resolveWindow(specOf(words), "Europe/Berlin", Date.parse(now));
  const { startAt, endAt } = previousPeriod(specOf(words), "Europe/Berlin", window).interval;
  return [startAt, endAt].map((at) => localTime.format(at).slice(0, 16)).join("/");
}

test.each([
  ["yesterday", NOW, "2024-05-13T00:00/2024-05-14T00:00"],
  ["last 7 days", NOW, "2024-05-01T00:00/2024-05-08T00:00"],
  ["last week", NOW, "2024-04-29T00:00/2024-05-06T00:00"],
  ["last month", NOW, "2024-03-01T00:00/2024-04-01T00:00"],
  ["last 3 months", NOW, "2023-11-01T00:00/2024-02-01T00:00"],
  ["last quarter", NOW, "2023-10-01T00:00/2024-01-01T00:00"],
  ["2024-W07", NOW, "2024-02-05T00:00/2024-02-12T00:00"],
  ["2024-02-01/2024-03-01", NOW, "2024-01-03T00:00/2024-02-01T00:00"],
  ["2024-05-02T06:00:00Z/2024-05-03T00:00:00Z", NOW, "2024-05-01T14:00/2024-05-02T08:00"],
  ["today", NOW, "2024-05-14T00:00/2024-05-14T10:30"],
  ["week to date", NOW, "2024-05-06T00:00/2024-05-08T10:30"],
  ["month to date", NOW, "2024-04-01T00:00/2024-04-15T10:30"],
  ["quarter to date", NOW, "2024-01-01T00:00/2024-02-15T10:30"],
  // February has no 31st: all of it is what March is held against.
  ["month to date", "2024-03-31T10:30:00+02:00", "2024-02-01T00:00/2024-03-01T00:00"],
  // The day before the clocks went forward, and the day itself, have 24 and 23 hours.
  ["yesterday", "2024-04-01T08:00:00+02:00", "2024-03-30T00:00/2024-03-31T00:00"],
  ["yesterday", "2024-04-02T08:00:00+02:00", "2024-03-31T00:00/2024-04-01T00:00"],
  ["today", "2024-04-01T02:30:00+02:00", "2024-03-31T00:00/2024-03-31T03:30"],
])("previousPeriod() of %s at %s is %s", (words, now, expected) => {
  expect(before(words, now)).toBe(expected);
});

test("previousPeriod() of whole units ends where they begin, at the beginning of a day, whatever the clocks do", () => {
  const zone = fc.constantFrom(
    "Europe/Berlin",
    "America/Santiago",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Africa/Cairo",
  );
  const words = fc.constantFrom("yesterday", "last 3 days", "last week", "last month", "last 2 quarters");
  const moment = fc.integer({ min: Date.UTC(2023, 0), max: Date.UTC(2025, 0) });
  fc.assert(
    fc.property(zone, words, moment, (timeZone, said, nowAt) => {
      const window = resolveWindow(specOf(said), timeZone, nowAt);
      const { interval } = previousPeriod(specOf(said), timeZone, window);
      const start = Temporal.Instant.fromEpochMilliseconds(interval.startAt).toZonedDateTimeISO(timeZone);
      expect(interval.endAt).toBe(window.startAt);
      expect(start.startOfDay().epochMilliseconds).toBe(interval.startAt);
      // It is the window of the same words, said when this one began.
      expect(resolveWindow(specOf(said), timeZone, window.startAt)).toEqual(interval);
    }),
    { numRuns: 300 },
  );
});
