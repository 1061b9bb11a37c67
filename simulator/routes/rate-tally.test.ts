import { expect, test } from "vitest";
import { tallied } from "./rate-tally.ts";
import { createRateCounter } from "./rate-window.ts";

test("tallied() writes down each window of each token: what it let through, what it refused, its last limit", () => {
  let [clock, limit] = [1_000, 2];
  const now = (): number => clock;
  const { count, windows } = tallied(
    createRateCounter(() => limit, "fixed", now),
    now,
  );
  for (const key of ["a", "a", "a", "b"]) count(key);
  clock += 60_000;
  limit = 1;
  for (const key of ["a", "a"]) count(key);
  expect(windows).toEqual([
    { startedAt: 1_000, allowed: 2, counted: 2, refused: 1 },
    { startedAt: 1_000, allowed: 2, counted: 1, refused: 0 },
    { startedAt: 61_000, allowed: 1, counted: 1, refused: 1 },
  ]);
});
