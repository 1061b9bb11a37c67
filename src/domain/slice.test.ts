import fc from "fast-check";
import { expect, test } from "vitest";
import { createInterval } from "./interval.ts";
import { createSlice, halveList, halveSlice, shareList } from "./slice.ts";

const MINUTE_MS = 60_000;

test("createSlice() names a slice so that names sort by time and are safe in every file system", () => {
  const at = Date.UTC(2024, 0, 31, 22);

  expect(createSlice(createInterval(at, at + 2 * 3_600_000)).id).toBe("20240131T220000Z-20240201T000000Z");
  expect(createSlice(createInterval(at + 1, at + 2)).id).toBe("20240131T220000.001Z-20240131T220000.002Z");
});

test("halveSlice() cuts at a whole minute and stops at fifteen", () => {
  const halves = (minutes: number, extraMs = 0): readonly string[] | undefined =>
    halveSlice(createSlice(createInterval(0, minutes * MINUTE_MS + extraMs)))?.map(({ id }) => id);

  expect(halves(1440)).toEqual(["19700101T000000Z-19700101T120000Z", "19700101T120000Z-19700102T000000Z"]);
  expect(halves(31)).toEqual(["19700101T000000Z-19700101T001500Z", "19700101T001500Z-19700101T003100Z"]);
  expect(halves(30)).toEqual(["19700101T000000Z-19700101T001500Z", "19700101T001500Z-19700101T003000Z"]);
  expect(halves(30, -1)).toBeUndefined();
});

test("halveSlice() gives halves that meet, are the whole, and are never narrower than fifteen minutes", () => {
  const start = fc.integer({ min: 0, max: 2 ** 41 });
  const width = fc.integer({ min: 30 * MINUTE_MS, max: 40 * 86_400_000 });
  fc.assert(
    fc.property(start, width, (startAt, widthMs) => {
      const [left, right] = halveSlice(createSlice(createInterval(startAt, startAt + widthMs))) ?? [];

      expect(left?.interval.startAt).toBe(startAt);
      expect(left?.interval.endAt).toBe(right?.interval.startAt);
      expect(right?.interval.endAt).toBe(startAt + widthMs);
      for (const half of [left, right]) {
        const halfMs = (half?.interval.endAt ?? 0) - (half?.interval.startAt ?? 0);
        expect(halfMs).toBeGreaterThanOrEqual(15 * MINUTE_MS);
        expect(Math.abs(halfMs - widthMs / 2)).toBeLessThanOrEqual(MINUTE_MS);
      }
    }),
  );
});

test("halveSlice() comes to an end", () => {
  const widest = createSlice(createInterval(0, 31 * 86_400_000 + 1234));
  const leaves = leavesOf(widest);

  expect(leaves.length).toBeLessThan(3000);
  expect(leaves.every((id, index) => index === 0 || leaves[index - 1]?.split("-")[1] === id.split("-")[0])).toBe(true);
});

function leavesOf(slice: ReturnType<typeof createSlice>): string[] {
  const halves = halveSlice(slice);
  return halves ? halves.flatMap(leavesOf) : [slice.id];
}

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
