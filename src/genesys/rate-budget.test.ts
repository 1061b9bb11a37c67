import fc from "fast-check";
import { expect, test } from "vitest";
import type { Clock } from "../domain/clock.ts";
import { createRateBudget } from "./rate-budget.ts";

const NEVER = new AbortController().signal;

function headers(count: number, allowed: number, reset: number): Record<string, string> {
  return {
    "inin-ratelimit-count": String(count),
    "inin-ratelimit-allowed": String(allowed),
    "inin-ratelimit-reset": String(reset),
  };
}

test("acquire() does not wait before the service has named a limit", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  for (let nth = 0; nth < 50; nth++) await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(0);
});

test("acquire() waits for the next window when this one is used up", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  (await budget.acquire(NEVER)).settle(headers(300, 300, 42));
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(42_000);
});

test("acquire() counts what is in flight and what got no answer", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  const lost = await budget.acquire(NEVER);
  (await budget.acquire(NEVER)).settle(headers(297, 300, 42));
  lost.settle(undefined);
  await budget.acquire(NEVER);
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(0);
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(42_000);
});

test("C1: after pause() nobody sends before its end, whoever was refused", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  budget.pause(5_000);
  budget.pause(1_000);
  await Promise.all([budget.acquire(NEVER), budget.acquire(NEVER), budget.acquire(NEVER)]);
  expect(clock.elapsed()).toBe(5_000);
});

test("R-35: acquire() ends with the reason when it is stopped while it waits", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  budget.pause(60_000);
  const stop = new AbortController();
  const waiting = budget.acquire(stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});

test("a slow answer of the window before does not hold up this one", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  (await budget.acquire(NEVER)).settle(headers(1, 300, 60));
  clock.advance(59_000);
  const slow = await budget.acquire(NEVER);
  clock.advance(20_000);
  (await budget.acquire(NEVER)).settle(headers(1, 300, 42));
  slow.settle(headers(300, 300, 1));
  const before = clock.elapsed();
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(before);
});

test("headers that make no sense change nothing", async () => {
  const clock = createClock();
  const budget = createRateBudget(clock);
  (await budget.acquire(NEVER)).settle(headers(Number.NaN, -1, 1e30));
  (await budget.acquire(NEVER)).settle({ "inin-ratelimit-count": "300", "inin-ratelimit-allowed": "300" });
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(0);
});

test("C4: whatever the latencies, no window of the service sees more than it allows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        allowed: fc.integer({ min: 1, max: 12 }),
        callers: fc.integer({ min: 1, max: 8 }),
        requests: fc.integer({ min: 1, max: 60 }),
        latencies: fc.infiniteStream(fc.integer({ min: 0, max: 20_000 })),
      }),
      async ({ allowed, callers, requests, latencies }) => {
        const time = createEvents();
        const service = createWindow(time.clock, allowed);
        const budget = createRateBudget(time.clock);
        let left = requests;
        const halfLatency = (): number => (latencies.next().value ?? 0) / 2;
        // The first answer names the limit; before it nobody can know.
        (await budget.acquire(NEVER)).settle(service());
        const caller = async (): Promise<void> => {
          while (left-- > 0) {
            const spent = await budget.acquire(NEVER);
            await time.clock.sleep(halfLatency(), NEVER);
            const answer = service();
            await time.clock.sleep(halfLatency(), NEVER);
            spent.settle(answer);
          }
        };
        const all = Promise.all(Array.from({ length: callers }, caller));
        await time.runUntil(all);
        expect(service.refused()).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

/** A clock that waits in no time. */
function createClock(): Clock & { advance(durationMs: number): void } {
  let elapsedMs = 0;
  return {
    now: () => elapsedMs,
    elapsed: () => elapsedMs,
    advance(durationMs) {
      elapsedMs += durationMs;
    },
    async sleep(durationMs, signal) {
      const wakeAt = elapsedMs + durationMs;
      await Promise.resolve();
      signal.throwIfAborted();
      elapsedMs = Math.max(elapsedMs, wakeAt);
    },
  };
}

/** The vendor's fixed window of a minute, which begins with its first request. */
function createWindow(clock: Clock, allowed: number): (() => Record<string, string>) & { refused(): number } {
  let [startedAt, count, refused] = [Number.NEGATIVE_INFINITY, 0, 0];
  const request = (): Record<string, string> => {
    const at = clock.elapsed();
    if (at >= startedAt + 60_000) [startedAt, count] = [at, 0];
    if (count >= allowed) refused += 1;
    else count += 1;
    return headers(count, allowed, Math.max(1, Math.ceil((startedAt + 60_000 - at) / 1000)));
  };
  return Object.assign(request, { refused: () => refused });
}

/** A clock that goes from one wake-up to the next in order of time, when everybody waits. */
function createEvents(): { readonly clock: Clock; runUntil(work: Promise<unknown>): Promise<void> } {
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;
  return {
    clock: {
      now: () => now,
      elapsed: () => now,
      sleep: async (durationMs) => await new Promise((wake) => sleepers.push({ at: now + durationMs, wake })),
    },
    async runUntil(work) {
      let done = false;
      const finished = work.finally(() => {
        done = true;
      });
      while (!done) {
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        sleepers.sort((left, right) => left.at - right.at);
        const next = sleepers.shift();
        if (next === undefined) continue;
        now = next.at;
        next.wake();
      }
      await finished;
    },
  };
}
