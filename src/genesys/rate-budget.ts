/**
 * Spends the rate limit and no more. What the service says in its headers leads: how many requests of this
 * window are used, how many are allowed, when the next window begins. A 429 pauses every caller.
 *
 * An answer may take long, and overtake others. Its headers were written at some instant between the sending and
 * the receiving, so they place the window's end between two instants; where such ranges meet it is one window.
 */
import type { Clock } from "../domain/clock.ts";

/** One budget for one OAuth client. */
export interface RateBudget {
  /** Waits until a request may be sent. */
  acquire(signal: AbortSignal): Promise<Spent>;
  /** Nobody sends before this many milliseconds have passed. */
  pause(durationMs: number): void;
}

/** A request that may be sent; `settle` must be called once, with its answer's headers or without an answer. */
export interface Spent {
  settle(headers: Readonly<Record<string, string>> | undefined): void;
}

/** The service counts whole seconds. */
const SECOND_MS = 1000;

/** How often a caller looks again that waits for the first answer of a window. */
const POLL_MS = 50;

/** Makes a budget that knows nothing yet. */
export function createRateBudget(clock: Clock): RateBudget {
  let allowed = Number.POSITIVE_INFINITY;
  let used = 0;
  let inFlight = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let windowEnd = { earliestAt: Number.NEGATIVE_INFINITY, latestAt: Number.NEGATIVE_INFINITY };

  function waitMs(): number {
    const now = clock.elapsed();
    if (pausedUntil > now) return pausedUntil - now;
    if (windowEnd.latestAt <= now) used = 0;
    // What is in flight may be counted already or not yet: it is counted here in any case.
    return used + inFlight < allowed ? 0 : Math.max(POLL_MS, windowEnd.latestAt - now);
  }

  function learn(sentAt: number, headers: Readonly<Record<string, string>> | undefined): void {
    const count = wholeNumber(headers?.["inin-ratelimit-count"]);
    const limit = wholeNumber(headers?.["inin-ratelimit-allowed"]);
    const resetSeconds = wholeNumber(headers?.["inin-ratelimit-reset"]);
    if (count === undefined || limit === undefined || resetSeconds === undefined) {
      used += 1;
      return;
    }
    allowed = Math.max(1, limit);
    const earliestAt = sentAt + (resetSeconds - 1) * SECOND_MS;
    const latestAt = clock.elapsed() + resetSeconds * SECOND_MS;
    if (latestAt < windowEnd.earliestAt) return;
    if (earliestAt > windowEnd.latestAt) {
      windowEnd = { earliestAt, latestAt };
      used = count;
    } else if (windowEnd.latestAt > clock.elapsed()) {
      windowEnd = {
        earliestAt: Math.max(windowEnd.earliestAt, earliestAt),
        latestAt: Math.min(windowEnd.latestAt, latestAt),
      };
      used = Math.max(used, count);
    }
  }

  return {
    async acquire(signal) {
      for (let wait = waitMs(); wait > 0; wait = waitMs()) await clock.sleep(wait, signal);
      signal.throwIfAborted();
      inFlight += 1;
      const sentAt = clock.elapsed();
      return {
        settle(headers) {
          inFlight -= 1;
          learn(sentAt, headers);
        },
      };
    },
    pause(durationMs) {
      pausedUntil = Math.max(pausedUntil, clock.elapsed() + durationMs);
    },
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}
