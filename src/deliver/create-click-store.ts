/**
 * A bucket whose links `serve` opens: what is handed out is a link to `serve`, which looks whether the bucket is still private
 * and leads on to a link of the bucket that lives a minute. Both links are tried before one is handed out.
 */
import type { ProbeAnswer, LinkTerms, ObjectStore } from "./object-store.ts";
import { CLICK_SECONDS } from "./probe-link.ts";

/** What links to `serve` are made of. */
export interface ClickLinks {
  /** The name of the destination. */
  readonly name: string;
  /** The address at which `serve` is reached, without a slash at its end. */
  readonly base: string;
  /** Signs a path until a second since 1970. */
  readonly sign: (path: string, endSeconds: number) => string;
  /** How such links are written. */
  readonly terms: LinkTerms;
  /** By the clock of `serve`. */
  readonly now: () => number;
  /** Asks `serve`; where it leads on, the address comes with the answer and is not followed. */
  readonly ask: (url: string, method: "GET" | "PUT" | "DELETE") => Promise<ProbeAnswer>;
}

/** Makes it over the bucket; `S` may have more than a store, and keeps it. */
export function createClickStore<S extends ObjectStore>(bucket: S, links: ClickLinks): S {
  const { name, base, sign, terms, now, ask } = links;
  return {
    ...bucket,
    links: terms,
    behind: bucket,
    // Our own key signs, and a click gets what the credentials of that hour can sign.
    credentialsEnd: () => Promise.resolve({ kind: "never" }),
    now,
    presign(key, seconds, _downloadName, secondsAgo = 0, versionId = "-") {
      const endSeconds = Math.floor((now() - secondsAgo * 1000) / 1000) + seconds;
      const path = `/open/${name}/${encodeURIComponent(versionId)}/${key}`;
      return Promise.resolve({ url: base + sign(path, endSeconds), expiresAt: endSeconds * 1000 });
    },
    async probe(url, method = "GET") {
      const answer = await ask(url, method);
      return answer.location === undefined || method !== "GET" ? answer : await bucket.probe(answer.location);
    },
    async bucketFacts(question) {
      const { facts, linkAgeLimitMs } = await bucket.bucketFacts(question);
      // The policy limits the link of the bucket, not ours.
      const isShort = linkAgeLimitMs !== undefined && linkAgeLimitMs < CLICK_SECONDS * 1000;
      return { facts, ...(isShort && { linkAgeLimitMs }) };
    },
  };
}
