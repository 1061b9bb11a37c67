/**
 * Sends a JSON text to an address that somebody wrote into a configuration: to no private address unless it may, without
 * following redirects, within a time, and without a word of what was answered. Proxies are not used: behind one the guard
 * would look at the proxy's address only.
 */
import { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import { Agent, request } from "undici";
import { ReportError } from "../domain/errors.ts";
import { guardLookup, isPrivateAddress, PRIVATE_ADDRESS } from "./private-addresses.ts";

/** Where it goes. */
export interface PostTarget {
  /** A secret in a chat's case: only its host is ever named. */
  readonly url: string;
  /** Whether this machine and its network may be reached. */
  readonly privateAddresses: boolean;
  /** How names are looked up; the system's way when absent. */
  readonly lookup?: typeof systemLookup;
}

const CONNECT_MS = 10_000;
const TOTAL_MS = 20_000;

/** An answer is not read; a small one is taken in, so that the connection ends in order. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Longer waits are not asked for by anybody who means it. */
const MAX_RETRY_AFTER_SECONDS = 3600;

/** Throws `message.unavailable` or `message.refused`. */
export async function guardedPost(
  { url, privateAddresses, lookup = systemLookup }: PostTarget,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const { hostname, host } = new URL(url);
  const literal = hostname.replace(/^\[|\]$/g, "");
  // An address needs no look-up, so that the guard there would never see it.
  if (!privateAddresses && isIP(literal) !== 0 && isPrivateAddress(literal)) throw leadsInward(host);
  const agent = new Agent({
    connect: { timeout: CONNECT_MS, lookup: privateAddresses ? lookup : guardLookup(lookup) },
  });
  try {
    const answer = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      dispatcher: agent,
      headersTimeout: TOTAL_MS,
      bodyTimeout: TOTAL_MS,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TOTAL_MS)]),
    });
    await answer.body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined);
    expectTaken(answer.statusCode, answer.headers["retry-after"], host);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ReportError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer in time";
    throw code === PRIVATE_ADDRESS ? leadsInward(host) : unavailable(host, code, undefined);
  } finally {
    await agent.destroy();
  }
}

function expectTaken(status: number, retryAfter: string | string[] | undefined, host: string): void {
  if (status >= 200 && status < 300) return;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = typeof retryAfter === "string" && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
    throw unavailable(host, `status ${status}`, seconds && Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000);
  }
  throw new ReportError("message.refused", `${host} refused the message (status ${status})`, {
    hint: "Mend the destination in callsheet.yaml, then send again: `callsheet deliver RUN --to NAME`. Redirects are not followed.",
  });
}

function unavailable(host: string, why: string, retryAfterMs: number | undefined): ReportError {
  return new ReportError("message.unavailable", `${host} did not take the message (${why})`, {
    hint: "Send again later: `callsheet deliver RUN --to NAME`.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function leadsInward(host: string): ReportError {
  return new ReportError(
    "message.refused",
    `${host} leads to this machine or a private network; nothing was sent there`,
    {
      hint: "If that is meant, write `privateAddresses: true` under the destination.",
    },
  );
}
