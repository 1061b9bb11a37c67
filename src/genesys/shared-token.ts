/**
 * Who gets which token, who asks for a new one, and who waits: the rules of the shared token, without waiting and
 * without I/O. A token is good until it is stale or somebody was refused with it. One process at a time signs in; its
 * claim ends by itself, so that a killed process holds up nobody.
 */
import type { ClientState, ClientStep, SharedToken } from "../domain/client-store.ts";

/** What a process that wants a token has to do. */
export type Claim =
  | { readonly kind: "use"; readonly text: string; readonly goodForMs: number }
  | { readonly kind: "renew" }
  | { readonly kind: "wait" }
  /** A token that was just asked for because the one before was refused is refused too. */
  | { readonly kind: "refused_twice" };

/** Renew when this share of the life is left. */
const MARGIN = 0.05;

/** A service that hands out dead or short-lived tokens is asked again at most this often. */
const MIN_BETWEEN_MS = 10_000;

/** A sign-in takes a second or two; after this time another process tries. */
const RENEWAL_MS = 30_000;

/** Answers who wants a token that is not the `refused` one. */
export function claimToken(
  state: ClientState,
  now: number,
  refused: string | undefined,
  owner: string,
): ClientStep<Claim> {
  const { token, renewal } = state;
  const isRefused = token !== null && (token.isRefused || token.text === refused);
  if (token && !isRefused && token.bornAt <= now && now < token.staleAt)
    return { state, answer: { kind: "use", text: token.text, goodForMs: token.staleAt - now } };
  const remembered = token && isRefused ? { ...state, token: { ...token, isRefused: true } } : state;
  if (token && token.text === refused && token.replacesRefused && isRecent(token.bornAt, now))
    return { state: remembered, answer: { kind: "refused_twice" } };
  if (renewal && renewal.owner !== owner && renewal.until > now && renewal.until <= now + RENEWAL_MS)
    return { state: remembered, answer: { kind: "wait" } };
  return { state: { ...remembered, renewal: { owner, until: now + RENEWAL_MS } }, answer: { kind: "renew" } };
}

/** Puts a new token in place for everybody; the answer is for how many milliseconds it is good. */
export function storeToken(state: ClientState, now: number, text: string, lifetimeMs: number): ClientStep<number> {
  const goodForMs = Math.max(MIN_BETWEEN_MS, lifetimeMs * (1 - MARGIN));
  const token: SharedToken = {
    text,
    bornAt: now,
    staleAt: now + goodForMs,
    replacesRefused: state.token?.isRefused ?? false,
    isRefused: false,
  };
  return { state: { ...state, token, renewal: null }, answer: goodForMs };
}

/** A sign-in that failed lets the next one try at once. */
export function giveUpRenewal(state: ClientState, owner: string): ClientStep<undefined> {
  return { state: state.renewal?.owner === owner ? { ...state, renewal: null } : state, answer: undefined };
}

function isRecent(at: number, now: number): boolean {
  return at <= now && now - at < MIN_BETWEEN_MS;
}
