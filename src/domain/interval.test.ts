import { expect, test } from "vitest";
import { contains, createInterval, formatInterval } from "./interval.ts";

test("createInterval() makes a frozen range that has its start and not its end", () => {
  const interval = createInterval(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2));

  expect(formatInterval(interval)).toBe("2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z");
  expect(Object.isFrozen(interval)).toBe(true);
  expect(
    [interval.startAt - 1, interval.startAt, interval.endAt - 1, interval.endAt].map((at) => contains(interval, at)),
  ).toEqual([false, true, true, false]);
});

test.each([
  [5, 5],
  [6, 5],
  [Number.NaN, 5],
  [0, Number.POSITIVE_INFINITY],
  [0.5, 5],
])("B4, R-14: createInterval(%d, %d) refuses what is empty, reversed or no instant", (startAt, endAt) => {
  expect(() => createInterval(startAt, endAt)).toThrow(
    expect.objectContaining({
      code: "definition.interval_invalid",
      message: expect.stringMatching(/^Cannot use interval .+\/.+: end must be after start$/),
      hint: "Write the earlier instant first: START/END.",
    }),
  );
});
