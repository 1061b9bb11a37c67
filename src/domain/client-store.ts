/**
 * The port to what all users of one OAuth client know together: how much of the rate limit is spent, and the token.
 * The service counts requests by token, so whoever shares the token must share the count. One implementation lives
 * in a process, one in a file of this machine, one in a database; all hold the same plain values, which survive JSON.
 */
import { createHmac } from "node:crypto";

/** What is known of one OAuth client. */
export interface ClientState {
  readonly rate: RateState;
  readonly token: SharedToken | null;
  /** Who signs in at the moment, so that nobody else does. */
  readonly renewal: { readonly owner: string; readonly until: number } | null;
}

/** How the rate limit stands. Instants are milliseconds of the store's clock. */
export interface RateState {
  /** Requests that the service allows in a window; null before it told. */
  readonly allowed: number | null;
  /** When the request was sent whose answer told `allowed`: an older answer does not overrule a newer one. */
  readonly allowedSentAt: number;
  /** Requests counted in the window. */
  readonly used: number;
  readonly windowEnd: WindowEnd;
  /** Nobody sends before this instant. */
  readonly pausedUntil: number;
  /** How long an answer takes on average; null before the first. */
  readonly latencyMs: number | null;
  /** Answers that came so far. */
  readonly answers: number;
  /** Requests that were sent and not answered. */
  readonly flights: readonly Flight[];
}

/** What the answers of one window say about its end, and whether it is one that forgets all at once. */
export interface WindowEnd {
  /** The window ends somewhere in between, if it forgets all at once; then it has ended when `latestAt` is past. */
  readonly earliestAt: number;
  readonly latestAt: number;
  /** The latest of all that was told: the end also of a window that forgets one request after another. */
  readonly safeAt: number;
  /** Answers that told of this window, and the least and the most among their counts. */
  readonly answers: number;
  readonly leastCount: number;
  readonly mostCount: number;
}

/** A request on its way. */
export interface Flight {
  readonly id: string;
  /** Which process, or which client in it. */
  readonly owner: string;
  readonly sentAt: number;
  /** `answers` of the state when it was sent. */
  readonly sentAfter: number;
}

/** An access token and what is known of its life. */
export interface SharedToken {
  readonly text: string;
  readonly bornAt: number;
  /** From here on it is renewed. */
  readonly staleAt: number;
  /** It was asked for because the service refused the one before. */
  readonly replacesRefused: boolean;
  /** The service refused it: nobody is given it any more. */
  readonly isRefused: boolean;
}

/** Who the client is. Another secret is another client: a token that the old one got is not handed on. */
export interface ClientIdentity {
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Tells clients apart without naming one: the secret is the key, and cannot be worked out from the name. */
export function clientKey({ loginUrl, apiUrl, clientId, clientSecret }: ClientIdentity): string {
  return createHmac("sha256", clientSecret).update([loginUrl, apiUrl, clientId].join("\n")).digest("hex").slice(0, 32);
}

/** What a step makes of the state, and what it answers. */
export interface ClientStep<T> {
  readonly state: ClientState;
  readonly answer: T;
}

/** Holds the state of one OAuth client. */
export interface ClientStore {
  /**
   * Reads the state, takes one step and writes what it returns, while nobody else does. `now` is the store's clock:
   * monotonic milliseconds, the same for all who share the state. The step does no I/O. Throws when the state can
   * be neither read nor written.
   */
  update<T>(step: (state: ClientState, now: number) => ClientStep<T>): Promise<T>;
  close(): void;
}

/** Before every start of a clock, and a number that JSON knows. */
const LONG_AGO = Number.MIN_SAFE_INTEGER;

/** What is known of a client that nobody has used. */
export const UNKNOWN_CLIENT: ClientState = {
  rate: {
    allowed: null,
    allowedSentAt: 0,
    used: 0,
    windowEnd: { earliestAt: LONG_AGO, latestAt: LONG_AGO, safeAt: LONG_AGO, answers: 0, leastCount: 0, mostCount: 0 },
    pausedUntil: LONG_AGO,
    latencyMs: null,
    answers: 0,
    flights: [],
  },
  token: null,
  renewal: null,
};
