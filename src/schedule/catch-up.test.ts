import { expect, test } from "vitest";
import type { Missed } from "../domain/schedule.ts";
import { catchUp, ON_TIME_MS } from "./catch-up.ts";

/** Which of the instants run; they are minutes, and it is a little after the last one. */
function runs(instants: readonly number[], missed: Missed, now: number, more = false): number[] {
  return catchUp(instants, missed, now, more).flatMap((passed) => (passed.missed === undefined ? [passed.at] : []));
}

const HOUR = 3_600_000;
const THREE = [1 * HOUR, 2 * HOUR, 3 * HOUR];

test("catchUp() runs what is on time under every policy", () => {
  for (const missed of [{ kind: "skip" }, { kind: "latest" }, { kind: "all", most: 2 }] as const)
    expect(runs([HOUR], missed, HOUR + ON_TIME_MS)).toEqual([HOUR]);
});

test("catchUp() runs of late instants none, the latest, or the latest so many", () => {
  expect(runs(THREE, { kind: "skip" }, 4 * HOUR)).toEqual([]);
  expect(runs(THREE, { kind: "latest" }, 4 * HOUR)).toEqual([3 * HOUR]);
  expect(runs(THREE, { kind: "all", most: 2 }, 4 * HOUR)).toEqual([2 * HOUR, 3 * HOUR]);
  expect(runs(THREE, { kind: "all", most: 9 }, 4 * HOUR)).toEqual(THREE);
});

test("catchUp() takes the one on time for the latest, and all late ones besides when all are wanted", () => {
  expect(runs(THREE, { kind: "latest" }, 3 * HOUR)).toEqual([3 * HOUR]);
  expect(runs(THREE, { kind: "all", most: 1 }, 3 * HOUR)).toEqual([2 * HOUR, 3 * HOUR]);
});

test("catchUp() leaves those that may have to run to the next step when later ones have passed too", () => {
  expect(catchUp(THREE, { kind: "skip" }, 9 * HOUR, true).map(({ at }) => at)).toEqual(THREE);
  expect(catchUp(THREE, { kind: "latest" }, 9 * HOUR, true).map(({ at }) => at)).toEqual([HOUR, 2 * HOUR]);
  expect(runs(THREE, { kind: "all", most: 2 }, 9 * HOUR, true)).toEqual([]);
});

test("catchUp() gives a reason for each instant that is not run", () => {
  const reasons = catchUp(THREE, { kind: "latest" }, 4 * HOUR).map(({ missed }) => missed);
  expect(reasons).toEqual([
    "no scheduler was at work at this instant; of what was missed only the latest is run (missed: latest)",
    "no scheduler was at work at this instant; of what was missed only the latest is run (missed: latest)",
    undefined,
  ]);
});
