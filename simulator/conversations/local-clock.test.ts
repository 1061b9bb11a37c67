import { expect, test } from "vitest";
import { createLocalClock } from "./local-clock.ts";

const clock = createLocalClock("Asia/Jerusalem");
const iso = (month: number, day: number, seconds: number): string =>
  new Date(clock.instantAt({ year: 1999, month, day }, seconds)).toISOString();

test("instantAt() knows winter and summer time", () => {
  expect(iso(2, 1, 7 * 3600)).toBe("1999-02-01T05:00:00.000Z");
  expect(iso(7, 1, 7 * 3600)).toBe("1999-07-01T04:00:00.000Z");
});

test("instantAt() moves a skipped time forward and takes the first of a repeated one", () => {
  // In 1999 Israel's clocks went forward on 2 April at 2:00 and back on 3 September at 2:00.
  expect(iso(4, 2, 2 * 3600 + 1800)).toBe("1999-04-02T00:30:00.000Z");
  expect(iso(4, 2, 3 * 3600)).toBe("1999-04-02T00:00:00.000Z");
  expect(iso(9, 3, 1 * 3600 + 1800)).toBe("1999-09-02T22:30:00.000Z");
  expect(iso(9, 3, 2 * 3600)).toBe("1999-09-03T00:00:00.000Z");
});
