/**
 * Asks for a URL as a stranger would: a new connection, no credentials, no redirects. What comes back is the status
 * and the checksum of the bytes, never the bytes; an error never names the URL, which may be a link.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { ProbeAnswer } from "../deliver/object-store.ts";
import { ReportError } from "../domain/errors.ts";

/** How long a probe may take: without a byte, and in all. */
export interface ProbeDeadlines {
  readonly idleMs: number;
  readonly totalMs: number;
}

/** Tries of one probe: a store that is busy for a moment has not given its answer yet. */
const MAX_TRIES = 3;

/** The wait before the second try; it doubles. */
const WAIT_MS = 200;

/** Throws `s3.unavailable` when no answer comes, or only "not now", and the reason of `stop`. */
export async function probeUrl(
  url: string,
  method: "GET" | "PUT" | "DELETE",
  deadlines: ProbeDeadlines,
  stop: AbortSignal | undefined,
): Promise<ProbeAnswer> {
  for (let tries = 1; ; tries++) {
    const outcome = await tryOnce(url, method, deadlines, stop);
    stop?.throwIfAborted();
    if (outcome.kind === "answer") return outcome.answer;
    if (tries === MAX_TRIES) {
      throw new ReportError("s3.unavailable", `Cannot reach ${new URL(url).host} to try the link: ${outcome.why}`, {
        hint: "The links can only be proved from a place that reaches them.",
      });
    }
    await sleep(WAIT_MS * 2 ** (tries - 1), undefined, stop === undefined ? {} : { signal: stop }).catch(() =>
      stop?.throwIfAborted(),
    );
  }
}

type Outcome =
  | { readonly kind: "answer"; readonly answer: ProbeAnswer }
  | { readonly kind: "none"; readonly why: string };

async function tryOnce(
  url: string,
  method: "GET" | "PUT" | "DELETE",
  { idleMs, totalMs }: ProbeDeadlines,
  stop: AbortSignal | undefined,
): Promise<Outcome> {
  const deadline = AbortSignal.timeout(totalMs);
  try {
    const { statusCode, headers, body } = await request(url, {
      method,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
      signal: stop === undefined ? deadline : AbortSignal.any([deadline, stop]),
      headers: { connection: "close" },
      ...(method === "PUT" ? { body: "forged" } : {}),
    });
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    if (statusCode >= 500 || statusCode === 429) return { kind: "none", why: `status ${statusCode}` };
    const { "content-type": contentType, "content-disposition": contentDisposition, location } = headers;
    return {
      kind: "answer",
      answer: {
        status: statusCode,
        bytes,
        sha256: hash.digest("hex"),
        ...(typeof contentType === "string" ? { contentType } : {}),
        ...(typeof contentDisposition === "string" ? { contentDisposition } : {}),
        ...(typeof location === "string" ? { location } : {}),
      },
    };
  } catch (error) {
    // The link is a secret: neither it nor an error that may quote it is passed on.
    if (deadline.aborted) return { kind: "none", why: `no whole answer within ${Math.round(totalMs / 1000)} seconds` };
    return { kind: "none", why: error instanceof Error && "code" in error ? String(error.code) : "no answer" };
  }
}
