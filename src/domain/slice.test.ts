import fc from "fast-check";
import { expect, test } from "vitest";
import { createInterval } from "./interval.ts";
import { createSlice, cutSlice, halveList, shareList, type SliceSource, wantedPieces } from "./slice.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

test("createSlice() names a slice so that names sort by time and are safe in every file system", () => {
  const at = Date.UTC(2024, 0, 31, 22);

  expect(createSlice(createInterval(at, at + 2 * 3_600_000)).id).toBe("20240131T220000Z-20240201T000000Z");
  expect(createSlice(createInterval(at + 1, at + 2)).id).toBe("20240131T220000.001Z-20240131T220000.002Z");
});

test("cutSlice() cuts within a day at whole minutes, and stops at fifteen", () => {
  const pieces = (count: number, minutes: number, extraMs = 0): readonly string[] | undefined =>
    cutSlice(createSlice(createInterval(0, minutes * MINUTE_MS + extraMs)), count)?.map(({ id }) => id);

  expect(pieces(2, 1440)).toEqual(["19700101T000000Z-19700101T120000Z", "19700101T120000Z-19700102T000000Z"]);
  expect(pieces(2, 31)).toEqual(["19700101T000000Z-19700101T001500Z", "19700101T001500Z-19700101T003100Z"]);
  expect(pieces(9, 31)).toEqual(pieces(2, 31));
  expect(pieces(2, 30, -1)).toBeUndefined();
  expect(pieces(1, 1440)).toBeUndefined();
});

test("cutSlice() cuts several days at the UTC midnights nearest to even parts", () => {
  const noon = Date.UTC(2024, 0, 1, 12);
  const pieces = (count: number, days: number): readonly string[] | undefined =>
    cutSlice(createSlice(createInterval(noon, noon + days * DAY_MS)), count)?.map(({ id }) => id);

  expect(pieces(2, 1)).toEqual(["20240101T120000Z-20240102T000000Z", "20240102T000000Z-20240102T120000Z"]);
  expect(pieces(5, 1)).toEqual(pieces(2, 1));
  expect(pieces(3, 6)?.map((id) => id.slice(0, 11))).toEqual(["20240101T12", "20240104T00", "20240106T00"]);
  expect(pieces(100, 2)).toHaveLength(3);
});

test("cutSlice() gives pieces that meet, are the whole, and are nearly even", () => {
  const start = fc.integer({ min: 0, max: 2 ** 41 });
  const width = fc.integer({ min: 30 * MINUTE_MS, max: 40 * DAY_MS });
  fc.assert(
    fc.property(start, width, fc.integer({ min: 2, max: 200 }), (startAt, widthMs, count) => {
      const whole = createSlice(createInterval(startAt, startAt + widthMs));
      const pieces = cutSlice(whole, count) ?? [];
      const widths = pieces.map(({ interval }) => interval.endAt - interval.startAt);

      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.length).toBeLessThanOrEqual(Math.max(count, 2));
      expect(pieces[0]?.interval.startAt).toBe(startAt);
      expect(pieces.at(-1)?.interval.endAt).toBe(startAt + widthMs);
      for (const [nth, { interval }] of pieces.entries())
        if (nth > 0) expect(interval.startAt).toBe(pieces[nth - 1]?.interval.endAt);
      const crossesMidnight = Math.ceil((startAt + widthMs) / DAY_MS) - Math.floor(startAt / DAY_MS) > 1;
      if (crossesMidnight) expect(pieces.slice(1).every(({ interval }) => interval.startAt % DAY_MS === 0)).toBe(true);
      else expect(Math.min(...widths)).toBeGreaterThanOrEqual(15 * MINUTE_MS);
      expect(Math.max(...widths)).toBeLessThanOrEqual(
        widthMs / count + (crossesMidnight ? 2 * DAY_MS : 16 * MINUTE_MS),
      );
    }),
  );
});

test("cutSlice() comes to an end", () => {
  const widest = createSlice(createInterval(0, 31 * DAY_MS + 1234));
  const leaves = leavesOf(widest);

  expect(leaves.length).toBeLessThan(3000);
  expect(leaves.every((id, index) => index === 0 || leaves[index - 1]?.split("-")[1] === id.split("-")[0])).toBe(true);
});

function leavesOf(slice: ReturnType<typeof createSlice>): string[] {
  const halves = cutSlice(slice, 2);
  return halves ? halves.flatMap(leavesOf) : [slice.id];
}

test("wantedPieces() cuts several days that hold more than 8,000 conversations, never a day, never a job", () => {
  const [start, day] = [Date.UTC(2024, 0, 1, 22), DAY_MS];
  const pieces = (days: number, hits: number, source: SliceSource = "details_query"): number =>
    wantedPieces(createSlice(createInterval(start, start + days * day), source), hits)?.length ?? 0;

  expect([pieces(6, 8_000), pieces(6, 8_001), pieces(6, 24_001), pieces(6, 99_999)]).toEqual([0, 2, 4, 7]);
  expect([pieces(1, 8_001), pieces(1 / 12, 99_999), pieces(6, 99_999, "details_job")]).toEqual([2, 0, 0]);
});

test("B3: shareList() and halveList() hand every alternative to exactly one slice, and none gets too many", () => {
  const slice = createSlice(createInterval(0, 60 * MINUTE_MS), "details_job");
  for (const size of [0, 1, 2, 3, 4, 7, 500, 501, 999, 1000, 1001]) {
    const parts = shareList(slice, size, 3);
    const indices = parts.flatMap(({ part = { from: 0, to: size } }) => range(part.from, part.to));
    expect(indices).toEqual(range(0, size));
    expect(parts.every(({ part }) => part === undefined || part.to - part.from <= 3)).toBe(true);
    const halves = halveList(slice, size)?.flatMap(({ part }) => (part ? range(part.from, part.to) : []));
    expect(halves).toEqual(size < 2 ? undefined : range(0, size));
  }
  expect(shareList(slice, 4, 3).map(({ id, source }) => [id.slice(33), source])).toEqual([
    ["-values-00001-00002", "details_job"],
    ["-values-00003-00004", "details_job"],
  ]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, nth) => from + nth);
}
