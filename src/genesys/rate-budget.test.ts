import fc from "fast-check";
import { expect, test } from "vitest";
import type { Clock } from "../domain/clock.ts";
import { createOwnClientStore } from "./own-client-store.ts";
import { createRateBudget, type RateBudget } from "./rate-budget.ts";

const NEVER = new AbortController().signal;

/** How long after the end of a window the next one is trusted. */
const EDGE_MS = 100;

function headers(count: number, allowed: number, reset: number): Record<string, string> {
  return {
    "inin-ratelimit-count": String(count),
    "inin-ratelimit-allowed": String(allowed),
    "inin-ratelimit-reset": String(reset),
  };
}

function budgetOn(clock: Clock, store = createOwnClientStore(clock), share = 1): RateBudget {
  return createRateBudget({ store, clock, share });
}

test("before the service has named a limit one request goes first, and its answer lets the others through", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  const first = await budget.acquire(NEVER);
  let through = 0;
  const others = Array.from({ length: 3 }, async () => {
    await budget.acquire(NEVER);
    through += 1;
  });
  await turns();
  expect(through).toBe(0);
  await first.settle(headers(1, 300, 60));
  await Promise.all(others);
  expect([through, clock.elapsed()]).toEqual([3, 0]);
});

test("acquire() waits for the next window when this one is used up", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await (await budget.acquire(NEVER)).settle(headers(300, 300, 42));
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(42_000 + EDGE_MS);
});

test("acquire() counts what is in flight and what got no answer", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await (await budget.acquire(NEVER)).settle(headers(296, 300, 42));
  const lost = await budget.acquire(NEVER);
  await (await budget.acquire(NEVER)).settle(headers(297, 300, 42));
  await lost.settle(undefined);
  await budget.acquire(NEVER);
  const last = await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(0);
  await last.settle(headers(300, 300, 42));
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(42_000 + EDGE_MS);
});

test("a share leaves the rest of the limit to others, and what they use counts too", async () => {
  const clock = createClock();
  const budget = budgetOn(clock, createOwnClientStore(clock), 0.5);
  await (await budget.acquire(NEVER)).settle(headers(149, 300, 42));
  await (await budget.acquire(NEVER)).settle(headers(150, 300, 42));
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(42_000 + EDGE_MS);
});

test("C1: after pause() nobody sends before its end, whoever was refused and whichever process it is", async () => {
  const clock = createClock();
  const store = createOwnClientStore(clock);
  const [here, there] = [budgetOn(clock, store), budgetOn(clock, store)];
  await (await here.acquire(NEVER)).settle(headers(1, 300, 60));
  await here.pause(5_000);
  await here.pause(1_000);
  await Promise.all([here.acquire(NEVER), there.acquire(NEVER), there.acquire(NEVER)]);
  expect(clock.elapsed()).toBe(5_000);
});

test("C4: a limit that is lowered counts at once, and an older answer does not raise it again", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await (await budget.acquire(NEVER)).settle(headers(1, 300, 60));
  const old = await budget.acquire(NEVER);
  clock.advance(10);
  await (await budget.acquire(NEVER)).settle(headers(150, 150, 60));
  await old.settle(headers(2, 300, 60));
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(60_000 + EDGE_MS);
});

test("what a killed process had sent holds up nobody for long", async () => {
  const clock = createClock();
  const store = createOwnClientStore(clock);
  const killed = budgetOn(clock, store);
  await (await killed.acquire(NEVER)).settle(headers(1, 4, 60));
  for (let nth = 0; nth < 3; nth++) await killed.acquire(NEVER);
  await budgetOn(clock, store).acquire(NEVER);
  expect(clock.elapsed()).toBeLessThanOrEqual(65_100);
});

test("a state that another life of the machine has left holds up nobody", async () => {
  const clock = createClock();
  const store = createOwnClientStore(clock);
  clock.advance(9e8);
  const before = budgetOn(clock, store);
  await (await before.acquire(NEVER)).settle(headers(300, 300, 60));
  await before.pause(60_000);
  clock.advance(-9e8);
  const budget = budgetOn(clock, store);
  await (await budget.acquire(NEVER)).settle(headers(1, 200, 60));
  await (await budget.acquire(NEVER)).settle(headers(200, 200, 60));
  expect(clock.elapsed()).toBe(0);
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(60_000 + EDGE_MS);
});

test("callers are let through in the order in which they came, also when one gives up", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  const first = await budget.acquire(NEVER);
  const order: number[] = [];
  const stop = new AbortController();
  const waiting = [1, 2, 3].map(async (nth) => {
    const spent = await budget.acquire(nth === 1 ? stop.signal : NEVER);
    order.push(nth);
    await spent.settle(headers(nth + 1, 300, 60));
  });
  stop.abort(new Error("given up"));
  await expect(waiting[0]).rejects.toThrow("given up");
  expect(order).toEqual([]);
  await first.settle(headers(1, 300, 60));
  await Promise.all(waiting.slice(1));
  expect(order).toEqual([2, 3]);
});

test.each([
  [3_000, 50, 4],
  [3_000, 100, 8],
  [3_000, 150, 12],
  [300, 100, 4],
  [300, 60_000, 16],
])(
  "at %i a minute and %i ms an answer, %i requests are in flight: enough for the limit, no more",
  async (allowed, latencyMs, expected) => {
    const clock = createClock();
    const budget = budgetOn(clock);
    const first = await budget.acquire(NEVER);
    clock.advance(latencyMs);
    await first.settle(headers(1, allowed, 60));
    const stop = new AbortController();
    let through = 0;
    const all = Array.from({ length: 20 }, async () => {
      await budget.acquire(stop.signal);
      through += 1;
    });
    await turns();
    stop.abort();
    await Promise.allSettled(all);
    expect(through).toBe(expected);
  },
);

test("R-35: acquire() ends with the reason when it is stopped while it waits", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await budget.pause(60_000);
  const stop = new AbortController();
  const waiting = budget.acquire(stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});

test("a slow answer of the window before does not hold up this one", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await (await budget.acquire(NEVER)).settle(headers(1, 300, 60));
  clock.advance(59_000);
  const slow = await budget.acquire(NEVER);
  clock.advance(20_000);
  await (await budget.acquire(NEVER)).settle(headers(1, 300, 42));
  await slow.settle(headers(300, 300, 1));
  const before = clock.elapsed();
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(before);
});

test("headers that make no sense change nothing", async () => {
  const clock = createClock();
  const budget = budgetOn(clock);
  await (await budget.acquire(NEVER)).settle(headers(Number.NaN, -1, 1e30));
  await (await budget.acquire(NEVER)).settle({ "inin-ratelimit-count": "300", "inin-ratelimit-allowed": "300" });
  await budget.acquire(NEVER);
  expect(clock.elapsed()).toBe(0);
});

test.each(["fixed", "sliding"] as const)(
  "C4: whatever the latencies and the number of processes, no %s window of the service sees more than it allows",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          allowed: fc.integer({ min: 1, max: 12 }),
          processes: fc.integer({ min: 1, max: 4 }),
          callers: fc.integer({ min: 1, max: 4 }),
          requests: fc.integer({ min: 1, max: 60 }),
          latencies: fc.infiniteStream(fc.integer({ min: 0, max: kind === "fixed" ? 20_000 : 4_000 })),
        }),
        async ({ allowed, processes, callers, requests, latencies }) => {
          const time = createEvents();
          const service =
            kind === "fixed" ? createWindow(time.clock, allowed) : createSlidingWindow(time.clock, allowed);
          const store = createOwnClientStore(time.clock);
          let left = requests;
          const halfLatency = (): number => (latencies.next().value ?? 0) / 2;
          const caller = async (budget: RateBudget): Promise<void> => {
            while (left-- > 0) {
              const spent = await budget.acquire(NEVER);
              await time.clock.sleep(halfLatency(), NEVER);
              const answer = service();
              await time.clock.sleep(halfLatency(), NEVER);
              await spent.settle(answer);
            }
          };
          // The first answer names the limit; before it nobody can know.
          await (await budgetOn(time.clock, store).acquire(NEVER)).settle(service());
          const budgets = Array.from({ length: processes }, () => budgetOn(time.clock, store));
          await time.runUntil(
            Promise.all(budgets.flatMap((budget) => Array.from({ length: callers }, async () => await caller(budget)))),
          );
          expect(service.refused()).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  },
);

async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

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

/** The other reading: each request is forgotten a minute after it came. */
function createSlidingWindow(clock: Clock, allowed: number): (() => Record<string, string>) & { refused(): number } {
  let [times, refused]: [number[], number] = [[], 0];
  const request = (): Record<string, string> => {
    const at = clock.elapsed();
    times = times.filter((time) => time > at - 60_000);
    if (times.length >= allowed) refused += 1;
    else times.push(at);
    return headers(times.length, allowed, Math.max(1, Math.ceil(((times[0] ?? at) + 60_000 - at) / 1000)));
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
