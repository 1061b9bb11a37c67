import fc from "fast-check";
import { expect, test } from "vitest";
import { createInterval, formatInterval } from "../domain/interval.ts";
import { cutSlices } from "./cut-slices.ts";

const DAY_MS = 86_400_000;

test("B4: cutSlices() cuts a local day at the UTC midnight inside it", () => {
  const window = createInterval(Date.UTC(1999, 0, 31, 22), Date.UTC(1999, 1, 1, 22));

  expect(cutSlices(window).map(({ id, interval }) => [id, formatInterval(interval)])).toEqual([
    ["19990131T220000Z-19990201T000000Z", "1999-01-31T22:00:00.000Z/1999-02-01T00:00:00.000Z"],
    ["19990201T000000Z-19990201T220000Z", "1999-02-01T00:00:00.000Z/1999-02-01T22:00:00.000Z"],
  ]);
});

test("B4: cutSlices() gives slices that meet, are the window, end at UTC midnights and stay within a day", () => {
  const start = fc.integer({ min: Date.UTC(1969, 0, 1), max: Date.UTC(2040, 0, 1) });
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 100 * DAY_MS }), (startAt, widthMs) => {
      const slices = cutSlices(createInterval(startAt, startAt + widthMs));
      const intervals = slices.map(({ interval }) => interval);

      expect(intervals[0]?.startAt).toBe(startAt);
      expect(intervals.at(-1)?.endAt).toBe(startAt + widthMs);
      for (const [index, interval] of intervals.entries()) {
        expect(interval.endAt - interval.startAt).toBeLessThanOrEqual(DAY_MS);
        if (index > 0) expect(interval.startAt).toBe(intervals[index - 1]?.endAt);
        if (index > 0) expect(Math.abs(interval.startAt % DAY_MS)).toBe(0);
      }
      expect(new Set(slices.map(({ id }) => id)).size).toBe(slices.length);
      expect(slices.map(({ id }) => id).toSorted()).toEqual(slices.map(({ id }) => id));
    }),
  );
});

test("B4: cutSlices() never asks for the seven days that the service allows without a filter", () => {
  const year = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1));

  expect(cutSlices(year)).toHaveLength(366);
  expect(cutSlices(year).every(({ interval }) => interval.endAt - interval.startAt < 7 * DAY_MS)).toBe(true);
});
