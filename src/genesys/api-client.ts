/**
 * Calls the API as often as it takes and no oftener: a token that is renewed once, a rate budget, and retries by
 * table. What comes back is JSON of an answer that arrived whole, or an error that says who must act.
 */
import type { ClientStore } from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { endpointOf, type RequestAnswered } from "../domain/request-answered.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { unlessAborted } from "../support/unless-aborted.ts";
import { createOutageGuard } from "./outage-guard.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import { createOwnClientStore } from "./own-client-store.ts";
import { PLATFORM_LIMITS, requestsPerMinuteOf } from "./platform-limits.ts";
import { createRateBudget } from "./rate-budget.ts";
import { rateTold } from "./rate-ledger.ts";
import { refusal } from "./refusal.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { createTokenSource, type SignIn } from "./sign-in.ts";
import { type Answer, createExchanger, type Deadlines, type Decode, type Proxies } from "./strict-exchange.ts";

/** How the client is reached and how patient it is. */
export interface ApiClientOptions extends SignIn {
  readonly apiUrl: string;
  readonly clock: Clock;
  /** Sent as User-Agent. */
  readonly userAgent: string;
  readonly deadlines?: Deadlines;
  readonly proxies?: Proxies;
  /** Token and rate budget; default: this process's own. It is closed with the client. */
  readonly store?: ClientStore;
  /** The part of the rate limit that may be spent, above 0 and up to 1. Default 1. */
  readonly share?: number;
  /** From 0 up to 1; spreads the waits of several callers. */
  readonly random: () => number;
  /** Told of each retry: why, and after how long. */
  readonly onRetry?: (retry: Retry) => void;
  /** Told of each request that is over, answered or not. */
  readonly onRequest?: (request: RequestAnswered) => void;
}

/** One request that has to be sent again. */
export interface Retry {
  readonly kind: "retry";
  readonly reason: string;
  readonly waitMs: number;
}

/** Calls of one OAuth client. */
export interface ApiClient {
  /**
   * Throws an OverwhelmedError when the service was reached and failed over the request again and again. `decode`
   * reads a wanted answer in place of JSON.parse.
   */
  post(path: string, body: unknown, signal: AbortSignal, decode?: Decode): Promise<Answer>;
  get(path: string, signal: AbortSignal, decode?: Decode): Promise<Answer>;
  /** Requests a minute that the organisation's limits allow; undefined when it does not tell. Asked once. */
  requestsPerMinute(signal: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Tries of one call, the first included. What ran out of time is asked a few times only: each try costs minutes. */
const MAX_TRIES = { usual: 6, ranOutOfTime: 3 } as const;

/** Full jitter below these waits; the vendor's own clients begin at 3 s. */
const BACKOFF = { firstMs: 1000, maxMs: 30_000 } as const;

const MAX_RETRY_AFTER_MS = SERVICE_LIMITS.retryAfterSecondsMost.value * 1000;

/** The limits are worth a moment, not more: each answer tells the rate too. */
const LIMITS_DEADLINE_MS = 10_000;

/** Added to a wait that the service named, so that callers do not come back in the same instant. */
const JITTER_MS = 250;

/** Makes a client; nothing is sent before the first call. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { clock, store = createOwnClientStore(clock), share = 1 } = options;
  const exchanger = createExchanger(options.deadlines, options.proxies);
  const tokens = createTokenSource(options, exchanger, clock, store);
  const budget = createRateBudget({ store, clock, share });
  const guard = createOutageGuard({ clock, random: options.random, probe });
  let limitsRead: Promise<number | undefined> | undefined;

  async function once(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    refused: string | undefined,
    signal: AbortSignal,
    decode?: Decode,
  ): Promise<{ readonly answer: Answer; readonly token: string }> {
    // Whoever has no token waits for it here, and takes no place in the budget meanwhile.
    await tokens.get(refused, signal);
    const spent = await budget.acquire(signal);
    let answer: Answer | undefined;
    const startedAt = clock.now();
    const startedElapsed = clock.elapsed();
    try {
      // The wait may have been long, and the token another one by now.
      const token = await tokens.get(refused, signal);
      const headers = {
        authorization: `Bearer ${token}`,
        "user-agent": options.userAgent,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      answer = await exchanger.exchange(
        {
          method,
          url: `${options.apiUrl}${path}`,
          headers,
          ...(body === undefined ? {} : { body }),
          ...(decode === undefined ? {} : { decode }),
        },
        signal,
      );
      return { answer, token };
    } finally {
      const rate = rateTold(answer?.headers);
      options.onRequest?.({
        kind: "request",
        method,
        endpoint: endpointOf(path),
        ...(answer && { status: answer.status }),
        startedAt,
        durationMs: clock.elapsed() - startedElapsed,
        ...(rate && { rate }),
      });
      await spent.settle(answer?.headers);
    }
  }

  /** A refused token is replaced once. */
  async function attempt(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    signal: AbortSignal,
    decode?: Decode,
  ): Promise<Answer> {
    const first = await once(method, path, body, undefined, signal, decode);
    if (first.answer.status !== 401) return first.answer;
    return (await once(method, path, body, first.token, signal, decode)).answer;
  }

  async function askLimits(signal: AbortSignal): Promise<number | undefined> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(LIMITS_DEADLINE_MS)]);
    // Only this wait ends early, not the request: a sign-in that it may have begun is everybody's.
    const answer = await unlessAborted(attempt("GET", PLATFORM_LIMITS, undefined, signal), bounded).catch(
      (error: unknown) => {
        throw signal.aborted || error instanceof ReportError
          ? error
          : new ReportError("genesys.unavailable", "The organisation's limits did not come in time", { cause: error });
      },
    );
    if (answer.status >= 500) throw refusal(answer, PLATFORM_LIMITS, undefined);
    const rate = requestsPerMinuteOf(answer.json);
    if (rate !== undefined) await budget.expect(rate);
    return rate;
  }

  async function probe(signal: AbortSignal): Promise<void> {
    await askLimits(signal);
  }

  /** Once for each client, before the first call. Whatever fails here fails again in the call itself, and is told there. */
  async function readLimits(signal: AbortSignal): Promise<number | undefined> {
    await tokens.get(undefined, signal);
    limitsRead ??= askLimits(signal).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof ReportError)) throw error;
      return undefined;
    });
    return await limitsRead;
  }

  /** Tells the guard how a request went. */
  async function counted(answer: Promise<Answer>): Promise<Answer> {
    const { status } = await answer.catch((error: unknown) => {
      if (error instanceof ReportError && error.recourse === "retry") guard.failed(error);
      throw error;
    });
    if (status >= 500) guard.failed(new ReportError("genesys.unavailable", `It answered ${status}`));
    else guard.answered();
    return await answer;
  }

  async function call(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    signal: AbortSignal,
    decode?: Decode,
  ): Promise<Answer> {
    const reasons: string[] = [];
    for (let tries = 1; ; tries++) {
      await guard.pass(signal);
      const error = await readLimits(signal)
        .then(async () => await counted(attempt(method, path, body, signal, decode)))
        .then(
          (answer) =>
            isWanted(answer)
              ? answer
              : refusal(answer, path, parseRetryAfter(answer.headers["retry-after"], clock.now())),
          (thrown: unknown) => {
            // What stopped this call may itself be an error that is worth a retry elsewhere.
            if (signal.aborted || !(thrown instanceof ReportError)) throw thrown;
            return thrown;
          },
        );
      if (!(error instanceof ReportError)) return error;
      if (error.recourse !== "retry") throw error;
      reasons.push(error.message);
      const waitMs = waitBefore(error, tries, reasons, options.random);
      if (!guard.takeRetry()) throw gaveUp(error, tries, reasons);
      if (error.code === "genesys.rate_limited") await budget.pause(waitMs);
      options.onRetry?.({ kind: "retry", reason: error.message, waitMs });
      await clock.sleep(waitMs, signal);
    }
  }

  return {
    post: async (path, body, signal, decode) => await call("POST", path, JSON.stringify(body), signal, decode),
    get: async (path, signal, decode) => await call("GET", path, undefined, signal, decode),
    requestsPerMinute: readLimits,
    async close() {
      await exchanger.close();
      store.close();
    },
  };
}

function isWanted({ status, json }: Answer): boolean {
  return (status === 200 || status === 202) && typeof json === "object" && json !== null;
}

/** The wait before the next try; throws the error when there is none left, or when the service asks for too long. */
function waitBefore(error: ReportError, tries: number, reasons: readonly string[], random: () => number): number {
  if (error.retryAfterMs !== undefined && error.retryAfterMs > MAX_RETRY_AFTER_MS) {
    throw new ReportError(
      error.code,
      `Genesys Cloud asks to wait ${Math.ceil(error.retryAfterMs / 1000)} seconds, longer than a run waits (${MAX_RETRY_AFTER_MS / 1000})`,
      {
        hint: "Run again after that time; a daily allowance may be used up.",
        cause: error,
      },
    );
  }
  const ranOutOfTime = error instanceof OverwhelmedError && error.ranOutOfTime;
  if (tries >= (ranOutOfTime ? MAX_TRIES.ranOutOfTime : MAX_TRIES.usual)) throw gaveUp(error, tries, reasons);
  if (error.retryAfterMs !== undefined) return error.retryAfterMs + jitter(JITTER_MS, random);
  return jitter(Math.min(BACKOFF.maxMs, BACKOFF.firstMs * 2 ** (tries - 1)), random);
}

/** The last error, with what happened before it. */
function gaveUp(error: ReportError, tries: number, reasons: readonly string[]): ReportError {
  const message = `Gave up after ${tries} tries: ${[...new Set(reasons)].join("; ")}`;
  const facts = {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.correlationId === undefined ? {} : { correlationId: error.correlationId }),
    cause: error,
  };
  return error instanceof OverwhelmedError
    ? new OverwhelmedError(message, error.ranOutOfTime, facts)
    : new ReportError(error.code, message, facts);
}

/** Never 0: a wait that is named should be one. */
function jitter(maxMs: number, random: () => number): number {
  return Math.max(1, Math.ceil(random() * maxMs));
}
