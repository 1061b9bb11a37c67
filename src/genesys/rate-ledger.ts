/**
 * The arithmetic of the rate budget, without waiting and without I/O: may a request be sent now, and what does an
 * answer teach? What the service says in its headers leads: how many requests of this window are used, how many are
 * allowed, when the next window begins.
 *
 * An answer may take long, and overtake others. Its headers were written at some instant between the sending and
 * the receiving, so they place the window's end between two instants; where such ranges meet it is one window.
 *
 * At the edge of a window that was well used, one request goes first and its answer tells what the new window holds:
 * the service may forget all at once or one request after another, and nobody documents which.
 */
import type { Flight, RateState, WindowEnd } from "../domain/client-store.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";

/** Why a request is not sent yet, or that it was. */
export type Departure =
  | { readonly kind: "sent" }
  /** Time alone helps. */
  | { readonly kind: "wait"; readonly waitMs: number }
  /** An answer of somebody has to come first. */
  | { readonly kind: "await_answer" };

/** The service counts whole seconds. */
const SECOND_MS = 1000;

/** The length of a window for which the service gave no reset: its limits are per minute. */
const WINDOW_MS = 60_000;

/** No window and no pause lasts longer; a state that says so comes from another life of this machine. */
const MAX_AHEAD_MS = 200_000;

/** The service's clock and ours drift apart by some parts in a million; over a window that is a few milliseconds. */
const EDGE_MS = 100;

/** A request reaches the service in this time or never: what a killed process had sent does not count for ever. */
const FLIGHT_COUNTS_MS = 65_000;

/** How long others wait for the answer of the one that went first: it may be lost with its process. */
const LEADER_MS = 5_000;

/** Requests in flight at least, so that a first page comes soon, and at most in one process: pages are in memory. */
const IN_FLIGHT = { least: 4, mostOfOne: 16 } as const;

/** More in flight than the mean latency asks for: latencies scatter, and a window that is missed is lost. */
const HEADROOM = 1.6;

/** Weight of the newest latency in the mean. */
const NEWEST = 0.1;

/** Sends `flight` if the budget allows it. `share` of the limit is ours. */
export function depart(
  before: RateState,
  now: number,
  flight: Flight,
  share: number,
): { readonly rate: RateState; readonly departure: Departure } {
  const flights = before.flights.filter(({ sentAt }) => sentAt <= now && sentAt > now - FLIGHT_COUNTS_MS);
  const rate = { ...before, flights };
  const departure = departureOf(rate, now, flight.owner, share);
  return { rate: departure.kind === "sent" ? { ...rate, flights: [...flights, flight] } : rate, departure };
}

function departureOf(rate: RateState, now: number, owner: string, share: number): Departure {
  const { flights, used, windowEnd, pausedUntil } = rate;
  const limit = limitOf(rate, share);
  const windowEndsAt = endOf(windowEnd) + EDGE_MS;
  const isOpen = isAhead(windowEndsAt, now);
  if (isAhead(pausedUntil, now)) return { kind: "wait", waitMs: pausedUntil - now };
  if (isOpen && used >= limit) return { kind: "wait", waitMs: windowEndsAt - now };

  const goesFirst = !isOpen && (rate.allowed === null || used * 2 > limit);
  if (goesFirst && flights.some(({ sentAt }) => sentAt > now - LEADER_MS)) return { kind: "await_answer" };
  // What is in flight may be counted already or not yet: it is counted here in any case.
  const counted = (goesFirst ? 0 : used) + flights.length;
  if (flights.length > 0 && counted >= limit) return { kind: "await_answer" };
  const own = flights.filter((flight) => flight.owner === owner).length;
  return own >= mostInFlight(rate, owner, share) ? { kind: "await_answer" } : { kind: "sent" };
}

/**
 * In a window that forgets all at once every answer has a count of its own. When there were more answers than counts,
 * requests were forgotten in between, and only the last answer knows when the next one will be.
 */
function endOf({ latestAt, safeAt, answers, leastCount, mostCount }: WindowEnd): number {
  return answers > mostCount - leastCount + 1 ? safeAt : latestAt;
}

/** Takes in the answer to `flight`; without headers there was none, and the request counts all the same. */
export function arrive(
  before: RateState,
  now: number,
  flight: Flight,
  headers: Readonly<Record<string, string>> | undefined,
): RateState {
  const flights = before.flights.filter(({ id }) => id !== flight.id);
  const rate = { ...before, flights, answers: before.answers + 1 };
  const count = wholeNumber(headers?.["inin-ratelimit-count"]);
  const allowed = wholeNumber(headers?.["inin-ratelimit-allowed"]);
  const resetSeconds = wholeNumber(headers?.["inin-ratelimit-reset"]);
  if (count === undefined || allowed === undefined || resetSeconds === undefined) return countUntold(rate, now);
  const { sentAt } = flight;
  return {
    ...rate,
    ...(sentAt >= rate.allowedSentAt || rate.allowedSentAt > now
      ? { allowed: Math.max(1, allowed), allowedSentAt: sentAt }
      : {}),
    ...windowTold(rate, now, {
      count,
      others: before.answers - flight.sentAfter,
      earliestAt: sentAt + (resetSeconds - 1) * SECOND_MS,
      latestAt: now + resetSeconds * SECOND_MS,
    }),
    latencyMs: rate.latencyMs === null ? now - sentAt : rate.latencyMs + NEWEST * (now - sentAt - rate.latencyMs),
  };
}

/** What an answer says of the limit. */
export function rateTold(
  headers: Readonly<Record<string, string>> | undefined,
): { readonly used: number; readonly allowed: number } | undefined {
  const used = wholeNumber(headers?.["inin-ratelimit-count"]);
  const allowed = wholeNumber(headers?.["inin-ratelimit-allowed"]);
  return used === undefined || allowed === undefined ? undefined : { used, allowed };
}

/** Nobody sends before this many milliseconds have passed. */
export function pause(rate: RateState, now: number, durationMs: number): RateState {
  return { ...rate, pausedUntil: Math.max(isAhead(rate.pausedUntil, now) ? rate.pausedUntil : 0, now + durationMs) };
}

/** Requests of a window that are ours. */
function limitOf({ allowed }: RateState, share: number): number {
  return Math.max(1, Math.floor((allowed ?? SERVICE_LIMITS.requestsPerMinute.value) * share));
}

/**
 * Requests of `owner` in flight at a time: by Little's law the limit's rate times the latency, some headroom, shared
 * evenly by the processes that are sending.
 */
function mostInFlight(rate: RateState, owner: string, share: number): number {
  const needed = (limitOf(rate, share) / WINDOW_MS) * (rate.latencyMs ?? 0) * HEADROOM;
  const owners = new Set([owner, ...rate.flights.map((flight) => flight.owner)]).size;
  return Math.min(IN_FLIGHT.mostOfOne, Math.ceil(Math.max(IN_FLIGHT.least, needed) / owners));
}

/** An answer that tells nothing is counted in the window that is open, or opens one. */
function countUntold(rate: RateState, now: number): RateState {
  if (isAhead(endOf(rate.windowEnd), now)) return { ...rate, used: rate.used + 1 };
  const endsAt = now + WINDOW_MS;
  const windowEnd = { earliestAt: now, latestAt: endsAt, safeAt: endsAt, answers: 0, leastCount: 1, mostCount: 1 };
  return { ...rate, used: 1, windowEnd };
}

function windowTold(
  rate: RateState,
  now: number,
  /** `others`: answers that came while this one was on its way; their requests may be counted in it or not. */
  told: {
    readonly count: number;
    readonly others: number;
    readonly earliestAt: number;
    readonly latestAt: number;
  },
): Pick<RateState, "windowEnd" | "used"> {
  const { windowEnd, used } = rate;
  const { count, others, earliestAt, latestAt } = told;
  const isOpen = isAhead(endOf(windowEnd), now);
  const isOfAnotherLife = !isOpen && windowEnd.latestAt > now + MAX_AHEAD_MS;
  if (isOfAnotherLife || earliestAt > windowEnd.latestAt + (isOpen ? EDGE_MS : 0)) {
    return {
      windowEnd: { earliestAt, latestAt, safeAt: latestAt, answers: 1, leastCount: count, mostCount: count },
      used: count + others,
    };
  }
  // A late answer that speaks of a window before.
  if (isOpen && latestAt < windowEnd.earliestAt - EDGE_MS) return { windowEnd, used };
  if (!isOpen) return { windowEnd, used: Math.max(used, count) };
  return {
    windowEnd: {
      earliestAt: Math.max(windowEnd.earliestAt, earliestAt),
      latestAt: Math.min(windowEnd.latestAt, latestAt),
      safeAt: Math.max(windowEnd.safeAt, latestAt),
      answers: windowEnd.answers + 1,
      leastCount: Math.min(windowEnd.leastCount, count),
      mostCount: Math.max(windowEnd.mostCount, count),
    },
    used: Math.max(used, count),
  };
}

function isAhead(at: number, now: number): boolean {
  return at > now && at <= now + MAX_AHEAD_MS;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}
