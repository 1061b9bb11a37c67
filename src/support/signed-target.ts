/**
 * Targets of requests, `/path?expires=1709510400&signature=…`, that hold until an instant and for GET only. The signature is
 * an HMAC over all that stands before it, as it is written: whatever is changed there, or added behind it, is refused.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** A target whose signature is right. */
export interface SignedTarget {
  readonly path: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** Signs a path that holds no `?`, until a second since 1970. */
export function signTarget(secret: string, path: string, endSeconds: number): string {
  const text = `${path}?expires=${endSeconds}`;
  return `${text}&signature=${signatureOf(secret, text).toString("hex")}`;
}

/** What the target says; undefined when this secret did not sign it. Whether it has ended is for the caller to ask. */
export function readSignedTarget(secret: string, target: string): SignedTarget | undefined {
  const match = /^(?<text>(?<path>[^?]*)\?expires=(?<end>\d{1,12}))&signature=(?<signature>[0-9a-f]{64})$/.exec(target);
  const { text = "", path = "", end = "", signature = "" } = match?.groups ?? {};
  const given = Buffer.from(signature, "hex");
  const right = signatureOf(secret, text);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  return { path, endsAt: Number(end) * 1000 };
}

function signatureOf(secret: string, text: string): Buffer {
  return createHmac("sha256", secret).update(`callsheet link\0GET\0${text}`, "utf8").digest();
}
