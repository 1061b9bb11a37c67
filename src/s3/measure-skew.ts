/**
 * How far the store's clock is from ours, by the Date of its answers. A signature is dated, and the store decides by its
 * own clock whether a link has begun and when it ends: so links are dated by the store's clock where the two differ.
 */
import type { S3Client } from "@aws-sdk/client-s3";

/**
 * A Date has whole seconds and an answer takes its time on the way: less than this is no difference. It is well below the
 * minute that check V24 leaves at the end of a link.
 */
const LEAST_SKEW_MS = 10_000;

/** Watches the answers of a client. */
export function measureSkew(client: S3Client, now: () => number): { now(): number } {
  let skewMs = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const at = dateOf(result.response);
      if (at !== undefined) skewMs = at - now();
      return result;
    },
    { step: "deserialize", name: "measureSkew", priority: "low" },
  );
  return { now: () => (Math.abs(skewMs) < LEAST_SKEW_MS ? now() : now() + skewMs) };
}

function dateOf(response: unknown): number | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  const text = typeof headers === "object" && headers !== null && "date" in headers ? headers.date : undefined;
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
