import fc from "fast-check";
import { expect, test } from "vitest";
import { axisSteps, percent, shorten } from "./chart-frame.ts";

test.each([
  [1158, true, [0, 500, 1000, 1500]],
  [3, true, [0, 1, 2, 3]],
  [1, true, [0, 1]],
  [0.28, false, [0, 0.1, 0.2, 0.3]],
  [0.6, false, [0, 0.2, 0.4, 0.6]],
  [100, false, [0, 25, 50, 75, 100]],
  [9, true, [0, 5, 10]],
  [0, false, [0, 1]],
])("axisSteps() to %d (whole: %s) are %j", (highest, whole, steps) => {
  expect(axisSteps(highest, whole)).toEqual(steps);
});

test("axisSteps() cover the highest value in at most four even steps, without waste", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), fc.boolean(), (highest, whole) => {
      const steps = axisSteps(highest, whole);
      const [zero, step = 0] = steps;
      const top = steps.at(-1) ?? 0;
      expect(zero).toBe(0);
      expect(steps.length).toBeLessThanOrEqual(5);
      expect(top).toBeGreaterThanOrEqual(highest * (1 - 1e-6));
      expect(top - step).toBeLessThan(highest * (1 + 1e-6));
      if (whole) expect(steps.every(Number.isInteger)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("shorten() counts East Asian letters twice and never cuts a letter in two", () => {
  expect(shorten("Regular activity", 16)).toBe("Regular activity");
  expect(shorten("Regular activity", 9)).toBe("Regular a…");
  expect(shorten("電話受付センター", 8)).toBe("電話受付…");
  expect(shorten("👩👩👩", 4)).toBe("👩👩…");
});

test("percent() has no tail of digits", () => {
  expect([percent(1 / 3), percent(0), percent(1)]).toEqual(["33.333%", "0%", "100%"]);
});
