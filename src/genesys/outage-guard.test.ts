import { expect, test } from "vitest";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { createOutageGuard, type OutageGuard } from "./outage-guard.ts";

const NEVER = new AbortController().signal;
const DOWN = new ReportError("genesys.unavailable", "Genesys Cloud answered 503");

/** A guard whose probe is answered from the `nth` look on. */
function guardUntil(nth: number): {
  guard: OutageGuard;
  waits: readonly number[];
  looks: () => number;
} {
  const waits: number[] = [];
  const clock: Clock = { now: () => 0, elapsed: () => 0, sleep: async (durationMs) => void waits.push(durationMs) };
  let looks = 0;
  const probe = async (): Promise<void> => {
    looks += 1;
    if (looks < nth) throw DOWN;
  };
  return { guard: createOutageGuard({ clock, random: () => 0.5, probe }), waits, looks: () => looks };
}

function fail(guard: OutageGuard, times: number): void {
  for (let nth = 0; nth < times; nth++) guard.failed(DOWN);
}

test("pass() lets everybody through while failures are single", async () => {
  const { guard, looks } = guardUntil(1);
  fail(guard, 4);
  guard.answered();
  fail(guard, 4);
  await guard.pass(NEVER);
  expect(looks()).toBe(0);
});

test("C8: after five failures in a row all callers wait for one look, and go on when it is answered", async () => {
  const { guard, waits, looks } = guardUntil(3);
  fail(guard, 5);
  await Promise.all([guard.pass(NEVER), guard.pass(NEVER), guard.pass(NEVER)]);
  expect([looks(), waits]).toEqual([3, [3_000, 6_000]]);
  await guard.pass(NEVER);
  expect(looks()).toBe(3);
});

test("C8: when no look is answered every caller fails with what happened; a later call looks again", async () => {
  const { guard, looks } = guardUntil(6);
  fail(guard, 5);
  const both = await Promise.allSettled([guard.pass(NEVER), guard.pass(NEVER)]);
  for (const outcome of both) {
    expect(outcome).toMatchObject({
      reason: {
        code: "genesys.unavailable",
        message:
          "Genesys Cloud is down: 5 requests in a row failed, and 5 looks at its limits too. Genesys Cloud answered 503",
      },
    });
  }
  await guard.pass(NEVER);
  expect(looks()).toBe(6);
});

test("C8: retries are paid from a quota that answers fill up", () => {
  const { guard } = guardUntil(1);
  const taken = Array.from({ length: 30 }, () => guard.takeRetry());
  expect(taken.filter(Boolean)).toHaveLength(24);
  guard.answered();
  expect([guard.takeRetry(), guard.takeRetry()]).toEqual([true, false]);
});

test("R-35: a run that is stopped does not wait for the next look", async () => {
  const { guard } = guardUntil(6);
  fail(guard, 5);
  await expect(guard.pass(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});
