/** Keeps book of the rate windows, so that a bench or a test can see how well a client used each of them. */
import { remember } from "./record.ts";
import type { RateCounter } from "./rate-window.ts";

/** One window of one token; a sliding window never ends, so it is one for ever. */
export interface TalliedWindow {
  /** Epoch milliseconds of the simulator's clock. */
  readonly startedAt: number;
  /** The limit as it was last. */
  readonly allowed: number;
  /** Requests that were let through. */
  readonly counted: number;
  /** Requests that got a 429. */
  readonly refused: number;
}

/** A counter that also writes down what it said, window by window, oldest first. */
export function tallied(
  count: RateCounter,
  now: () => number,
): { readonly count: RateCounter; readonly windows: readonly TalliedWindow[] } {
  const windows: { startedAt: number; allowed: number; counted: number; refused: number }[] = [];
  const current = new Map<string, (typeof windows)[number]>();
  return {
    windows,
    count(key) {
      const state = count(key);
      let window = current.get(key);
      if (window === undefined || (state.count === 1 && !state.isOver)) {
        window = { startedAt: now(), allowed: state.allowed, counted: 0, refused: 0 };
        current.set(key, window);
        remember(windows, window);
      }
      window.allowed = state.allowed;
      if (state.isOver) window.refused += 1;
      else window.counted += 1;
      return state;
    },
  };
}
