/**
 * A clock that tests move: waiting takes no time, and moves the clock to the instant at which the wait would have
 * ended. Each wait lets pending input and output go on first, as a real one would.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/domain/clock.ts";

export interface TestClock extends Clock {
  /** Every wait so far, in milliseconds, in the order in which they began. */
  readonly waits: readonly number[];
  /** Lets time pass on both clocks. */
  advance(durationMs: number): void;
  /** Moves the wall clock only, as an operator or a time server does. */
  jump(durationMs: number): void;
}

/** Starts at an instant, by default the noon of 20 May 2024. */
export function createTestClock(startAt = Date.UTC(2024, 4, 20, 12)): TestClock {
  const waits: number[] = [];
  let elapsedMs = 0;
  let jumpedMs = 0;
  return {
    waits,
    now: () => startAt + elapsedMs + jumpedMs,
    elapsed: () => elapsedMs,
    advance(durationMs) {
      elapsedMs += durationMs;
    },
    jump(durationMs) {
      jumpedMs += durationMs;
    },
    async sleep(durationMs, signal) {
      waits.push(durationMs);
      const wakeAt = elapsedMs + durationMs;
      await turn();
      signal.throwIfAborted();
      elapsedMs = Math.max(elapsedMs, wakeAt);
    },
  };
}
