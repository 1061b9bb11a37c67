/**
 * One access token for all callers, in this process and in every other that shares the store. It is asked for once,
 * renewed before it ends by the monotonic clock, and renewed once when the service refuses it; callers that wait at
 * the same time share one request. Which of them asks is decided in `shared-token.ts`.
 */
import { randomUUID } from "node:crypto";
import type { ClientStore } from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { claimToken, giveUpRenewal, storeToken } from "./shared-token.ts";
import type { Answer, Exchange, Exchanger } from "./strict-exchange.ts";

/** Where and as whom to sign in. `region` is only quoted in messages. */
export interface SignIn {
  readonly loginUrl: string;
  readonly region: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Gives the token out. */
export interface TokenSource {
  /** A token that is not the `refused` one. Throws `genesys.unauthorized`, or what is worth a retry. */
  get(refused: string | undefined, signal: AbortSignal): Promise<string>;
}

/** How often a process looks again while another one signs in. */
const POLL_MS = 100;

/** Makes the token source of one process. */
export function createTokenSource(signIn: SignIn, exchanger: Exchanger, clock: Clock, store: ClientStore): TokenSource {
  const owner = randomUUID();
  let known: { readonly text: string; readonly staleAt: number } | undefined;
  let pending: Promise<string> | undefined;

  async function obtain(refused: string | undefined, signal: AbortSignal): Promise<string> {
    for (;;) {
      const claim = await store.update((state, now) => claimToken(state, now, refused, owner));
      if (claim.kind === "use") return keep(claim.text, claim.goodForMs);
      if (claim.kind === "refused_twice") throw refusedTwice(signIn);
      if (claim.kind === "renew") return await renew(signal);
      await clock.sleep(POLL_MS, signal);
    }
  }

  async function renew(signal: AbortSignal): Promise<string> {
    try {
      const { text, lifetimeMs } = await requestToken(signIn, exchanger, clock.now(), signal);
      return keep(text, await store.update((state, now) => storeToken(state, now, text, lifetimeMs)));
    } catch (error) {
      await store.update((state) => giveUpRenewal(state, owner));
      throw error;
    }
  }

  function keep(text: string, goodForMs: number): string {
    known = { text, staleAt: clock.elapsed() + goodForMs };
    return text;
  }

  return {
    async get(refused, signal) {
      // Whoever comes while the token is renewed would only be refused with the old one.
      if (pending) return await pending;
      if (known && known.text !== refused && clock.elapsed() < known.staleAt) return known.text;
      pending = obtain(refused, signal).finally(() => {
        pending = undefined;
      });
      return await pending;
    },
  };
}

async function requestToken(
  signIn: SignIn,
  exchanger: Exchanger,
  nowAt: number,
  signal: AbortSignal,
): Promise<{ text: string; lifetimeMs: number }> {
  const basic = Buffer.from(`${signIn.clientId}:${signIn.clientSecret}`, "utf8").toString("base64");
  const answer = await reach(exchanger, signal, {
    method: "POST",
    url: `${signIn.loginUrl}/oauth/token`,
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
    const retryAfterMs = parseRetryAfter(answer.headers["retry-after"], nowAt);
    throw new ReportError(
      answer.status === 429 ? "genesys.rate_limited" : "genesys.unavailable",
      `The sign-in host answered ${answer.status}`,
      { hint: "Run again in a few minutes.", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    );
  }
  if (answer.status === 400 || answer.status === 401) throw refusedClient(signIn);
  const text = textMember(answer.json, "access_token");
  if (answer.status !== 200 || text === undefined) throw notTheSignInHost(signIn, answer.status);
  return { text, lifetimeMs: lifetimeOf(answer.json) * 1000 };
}

/** A sign-in that ran out of time says nothing about the size of a query. */
async function reach(exchanger: Exchanger, signal: AbortSignal, what: Exchange): Promise<Answer> {
  try {
    return await exchanger.exchange(what, signal);
  } catch (error) {
    if (!(error instanceof OverwhelmedError)) throw error;
    throw new ReportError(error.code, error.message, { hint: "Run again in a few minutes.", cause: error });
  }
}

/** A life that is missing or makes no sense counts as the default: a 401 tells when it was wrong. */
function lifetimeOf(json: unknown): number {
  const value = typeof json === "object" && json !== null && "expires_in" in json ? json.expires_in : undefined;
  return typeof value === "number" && value > 0
    ? Math.min(value, SERVICE_LIMITS.tokenSecondsMost.value)
    : SERVICE_LIMITS.tokenSeconds.value;
}

function textMember(json: unknown, name: string): string | undefined {
  if (typeof json !== "object" || json === null || !(name in json)) return undefined;
  const value = (json as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function refusedClient({ region, clientId, loginUrl }: SignIn): ReportError {
  return new ReportError(
    "genesys.unauthorized",
    `Genesys Cloud refused the OAuth client ${shortened(clientId)} in region ${region} (${new URL(loginUrl).host})`,
    {
      hint: "Check the client id and secret (the secret may have been rotated) and that the client belongs to this region: a client of another region looks exactly like a wrong secret. Test with `callsheet check --online`.",
    },
  );
}

function refusedTwice({ clientId }: SignIn): ReportError {
  return new ReportError(
    "genesys.unauthorized",
    `Genesys Cloud refuses the tokens it gives to OAuth client ${shortened(clientId)}`,
    {
      hint: "The client may have been disabled: look at it under Admin, Integrations, OAuth.",
    },
  );
}

function notTheSignInHost({ loginUrl, region }: SignIn, status: number): ReportError {
  return new ReportError(
    "genesys.not_the_api",
    `${new URL(loginUrl).host} answered ${status} and no token: it is not the sign-in host of Genesys Cloud`,
    {
      hint: `Check genesys.loginUrl, or leave it out: region ${region} decides the host. A proxy's sign-in page can answer like this too.`,
    },
  );
}

/** Enough to recognise a client, not enough to be one. */
function shortened(clientId: string): string {
  return clientId.length > 12 ? `${clientId.slice(0, 8)}…` : clientId;
}
