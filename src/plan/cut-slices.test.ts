import fc from "fast-check";
import { expect, test } from "vitest";
import { createInterval, formatInterval, type Interval } from "../domain/interval.ts";
import type { Slice } from "../domain/slice.ts";
import { cutJobs, cutQueries } from "./cut-slices.ts";

const DAY_MS = 86_400_000;

test("B4: cutQueries() cuts local days at the UTC midnights inside them", () => {
  const window = createInterval(Date.UTC(1999, 0, 31, 22), Date.UTC(1999, 1, 7, 22));

  expect(cutQueries(window, false).map(({ id, interval }) => [id, formatInterval(interval)])).toEqual([
    ["19990131T220000Z-19990206T000000Z", "1999-01-31T22:00:00.000Z/1999-02-06T00:00:00.000Z"],
    ["19990206T000000Z-19990207T220000Z", "1999-02-06T00:00:00.000Z/1999-02-07T22:00:00.000Z"],
  ]);
});

test.each([
  ["cutQueries() without a filter", (window: Interval): Slice[] => cutQueries(window, false), 6],
  ["cutQueries() with a filter", (window: Interval): Slice[] => cutQueries(window, true), 30],
  ["cutJobs()", cutJobs, 31],
])("B4: %s gives slices that meet at UTC midnights and are the window", (_name, cut, most) => {
  const start = fc.integer({ min: Date.UTC(1969, 0, 1), max: Date.UTC(2040, 0, 1) });
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 100 * DAY_MS }), (startAt, widthMs) => {
      const slices = cut(createInterval(startAt, startAt + widthMs));
      const intervals = slices.map(({ interval }) => interval);

      expect(intervals[0]?.startAt).toBe(startAt);
      expect(intervals.at(-1)?.endAt).toBe(startAt + widthMs);
      for (const [index, interval] of intervals.entries()) {
        expect(interval.endAt - interval.startAt).toBeLessThanOrEqual(most * DAY_MS);
        if (index > 0) expect(interval.startAt).toBe(intervals[index - 1]?.endAt);
        if (index > 0) expect(Math.abs(interval.startAt % DAY_MS)).toBe(0);
      }
      expect(new Set(slices.map(({ id }) => id)).size).toBe(slices.length);
      expect(slices.map(({ id }) => id).toSorted()).toEqual(slices.map(({ id }) => id));
    }),
  );
});

test("B4: cutQueries() stays below the 7 days that the service allows without a filter, and the 31 with one", () => {
  const year = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1));
  const widest = (filtered: boolean): number =>
    Math.max(...cutQueries(year, filtered).map(({ interval }) => interval.endAt - interval.startAt));

  expect(cutQueries(year, false)).toHaveLength(61);
  expect([widest(false), widest(true)]).toEqual([6 * DAY_MS, 30 * DAY_MS]);
});
