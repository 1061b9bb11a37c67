// In: the parts of a request that Signature Version 4 covers, and a secret key. Out: the signature the request should
// carry. This is the arithmetic alone, after the vendor's text; what to do about a wrong signature is authenticate.ts.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What one signature covers. `path` and `query` are decoded; they are encoded again in the one canonical way. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Name and value of each signed header, names in lower case and sorted. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payloadHash: string;
  /** As in x-amz-date: 20130524T000000Z. */
  readonly date: string;
  readonly scope: Scope;
}

/** The credential scope: day, region and service for which a derived key is good. */
export interface Scope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** SHA-256 of nothing. */
export const emptyHash = sha256("");

/** The signature of the parts under a derived key (see `deriveKey`), 64 hex digits. */
export function signParts(key: Buffer, parts: SignedParts): string {
  return signText(key, "AWS4-HMAC-SHA256", parts.date, parts.scope, [sha256(canonicalRequest(parts))]);
}

/** The key that signs for one day, region and service. */
export function deriveKey(secretAccessKey: string, scope: Scope): Buffer {
  const day = hmac(`AWS4${secretAccessKey}`, scope.day);
  return hmac(hmac(hmac(day, scope.region), scope.service), "aws4_request");
}

/** The signature of one chunk of a signed stream; it covers the signature before it. */
export function signChunk(key: Buffer, date: string, scope: Scope, previous: string, chunk: Buffer): string {
  return signText(key, "AWS4-HMAC-SHA256-PAYLOAD", date, scope, [previous, emptyHash, sha256(chunk)]);
}

/** The signature of the trailing headers of a signed stream; `trailers` is their canonical text. */
export function signTrailers(key: Buffer, date: string, scope: Scope, previous: string, trailers: string): string {
  return signText(key, "AWS4-HMAC-SHA256-TRAILER", date, scope, [previous, sha256(trailers)]);
}

function signText(key: Buffer, algorithm: string, date: string, scope: Scope, rest: readonly string[]): string {
  const scopeText = `${scope.day}/${scope.region}/${scope.service}/aws4_request`;
  return hmac(key, [algorithm, date, scopeText, ...rest].join("\n")).toString("hex");
}

function canonicalRequest(parts: SignedParts): string {
  return [
    parts.method,
    encodeUri(parts.path, false),
    canonicalQuery(parts.query),
    ...parts.headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    parts.headers.map(([name]) => name).join(";"),
    parts.payloadHash,
  ].join("\n");
}

function canonicalQuery(query: SignedParts["query"]): string {
  return query
    .map(([name, value]) => [encodeUri(name, true), encodeUri(value, true)] as const)
    .sort(
      ([leftName, leftValue], [rightName, rightValue]) =>
        compare(leftName, rightName) || compare(leftValue, rightValue),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function encodeUri(text: string, encodeSlash: boolean): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return encodeSlash ? encoded : encoded.replaceAll("%2F", "/");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0; // both are ASCII after encoding, so code units are bytes
}

/** Whether two signatures are the same text, in a time that does not tell how much of them is. */
export function sameSignature(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** SHA-256 as 64 hex digits. */
export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
