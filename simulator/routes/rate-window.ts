/**
 * Counts requests against a limit per minute (or another span), for each key (a token, a client) on its own. A fixed window begins with
 * the first request and forgets all at once; a sliding one looks back over the last span. Which of them the service
 * has is not known, so both are here.
 */
const MINUTE_MS = 60_000;

/** How a key stands after one more request. */
interface RateState {
  readonly isOver: boolean;
  /** Requests counted in the window, this one included when it was let through. */
  readonly count: number;
  readonly allowed: number;
  /** Whole seconds until a request will be let through again, at least 1. */
  readonly resetSeconds: number;
}

/** Counts one request of `key`. */
export type RateCounter = (key: string) => RateState;

/**
 * @param limit how many requests a window; asked for each request, so it may change
 * @param windowMs length of the window, by default a minute
 */
export function createRateCounter(
  limit: () => number,
  kind: "fixed" | "sliding",
  now: () => number,
  windowMs = MINUTE_MS,
): RateCounter {
  return kind === "fixed" ? fixedCounter(limit, now, windowMs) : slidingCounter(limit, now, windowMs);
}

function fixedCounter(limit: () => number, now: () => number, windowMs: number): RateCounter {
  const windows = new Map<string, { startedAt: number; count: number }>();
  return (key) => {
    const at = now();
    const allowed = limit();
    let window = windows.get(key);
    if (window === undefined || at >= window.startedAt + windowMs || at < window.startedAt) {
      window = { startedAt: at, count: 0 };
      windows.set(key, window);
    }
    const isOver = window.count >= allowed;
    if (!isOver) window.count += 1;
    return { isOver, count: window.count, allowed, resetSeconds: wholeSeconds(window.startedAt + windowMs - at) };
  };
}

function slidingCounter(limit: () => number, now: () => number, windowMs: number): RateCounter {
  const times = new Map<string, number[]>();
  return (key) => {
    const at = now();
    const allowed = limit();
    const recent = (times.get(key) ?? []).filter((time) => time > at - windowMs && time <= at);
    times.set(key, recent);
    const isOver = recent.length >= allowed;
    if (!isOver) recent.push(at);
    return { isOver, count: recent.length, allowed, resetSeconds: wholeSeconds((recent[0] ?? at) + windowMs - at) };
  };
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
