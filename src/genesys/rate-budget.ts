/**
 * Spends the rate limit and no more, together with everybody who shares the store. Callers of one process are let
 * through in the order in which they came, so that no slice starves; the arithmetic is in `rate-ledger.ts`. A 429
 * pauses every caller of every process.
 */
import { randomUUID } from "node:crypto";
import type { ClientStore, Flight } from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";
import { unlessAborted } from "../support/unless-aborted.ts";
import { arrive, depart, pause } from "./rate-ledger.ts";

/** One budget for one OAuth client. */
export interface RateBudget {
  /** Waits until a request may be sent. */
  acquire(signal: AbortSignal): Promise<Spent>;
  /** Nobody sends before this many milliseconds have passed. */
  pause(durationMs: number): Promise<void>;
  /** The organisation's own word on its limit, before an answer has told. */
  expect(requestsPerMinute: number): Promise<void>;
}

/** A request that may be sent; `settle` must be called once, with its answer's headers or without an answer. */
export interface Spent {
  settle(headers: Readonly<Record<string, string>> | undefined): Promise<void>;
}

/** What decides how much of the limit is spent. */
export interface BudgetOptions {
  readonly store: ClientStore;
  readonly clock: Clock;
  /** The part of the limit that is ours, above 0 and up to 1. */
  readonly share: number;
}

/** How often a caller looks again that waits for an answer of another process. */
const POLL_MS = 25;

/** Makes the budget of one process. */
export function createRateBudget({ store, clock, share }: BudgetOptions): RateBudget {
  const owner = randomUUID();
  let queue = Promise.resolve();
  let inFlight = 0;
  let settled = Promise.withResolvers<void>();

  async function letThrough(signal: AbortSignal): Promise<Flight> {
    for (;;) {
      signal.throwIfAborted();
      const { flight, departure } = await store.update((state, now) => {
        const flight = { id: randomUUID(), owner, sentAt: now, sentAfter: state.rate.answers };
        const { rate, departure } = depart(state.rate, now, flight, share);
        return { state: { ...state, rate }, answer: { flight, departure } };
      });
      if (departure.kind === "sent") return flight;
      if (departure.kind === "wait") await clock.sleep(departure.waitMs, signal);
      else if (inFlight > 0) await unlessAborted(settled.promise, signal);
      else await clock.sleep(POLL_MS, signal);
    }
  }

  async function settle(flight: Flight, headers: Readonly<Record<string, string>> | undefined): Promise<void> {
    await store.update((state, now) => ({
      state: { ...state, rate: arrive(state.rate, now, flight, headers) },
      answer: undefined,
    }));
    inFlight -= 1;
    settled.resolve();
    settled = Promise.withResolvers<void>();
  }

  return {
    async acquire(signal) {
      const before = queue;
      const done = Promise.withResolvers<void>();
      queue = done.promise;
      try {
        await unlessAborted(before, signal);
        const flight = await letThrough(signal);
        inFlight += 1;
        return { settle: async (headers) => await settle(flight, headers) };
      } finally {
        // Whoever gives up its place does not let the next one overtake those before.
        void before.then(done.resolve);
      }
    },
    async pause(durationMs) {
      await store.update((state, now) => ({
        state: { ...state, rate: pause(state.rate, now, durationMs) },
        answer: undefined,
      }));
    },
    async expect(requestsPerMinute) {
      await store.update((state) => ({
        state: { ...state, rate: { ...state.rate, allowed: state.rate.allowed ?? requestsPerMinute } },
        answer: undefined,
      }));
    },
  };
}
