// In: a request whose signature holds, and what the signature says about the body. Out: the bytes the sender meant,
// after every promise about them was checked: the hash in the signature, the chunk signatures and trailing headers of
// a streamed body, the lengths, Content-MD5 and the x-amz-checksum-* of the sender.

import { createHash } from "node:crypto";
import type { Authentication } from "./authenticate.ts";
import { type Checksum, verifyClaimedChecksum } from "./checksums.ts";
import { S3Error } from "./s3-error.ts";
import { findSetting, type S3Request } from "./s3-request.ts";
import { sameSignature, sha256, signChunk, signTrailers } from "./signature.ts";

/** The body as it is to be stored. */
export interface Payload {
  readonly bytes: Buffer;
  /** The checksum that the sender claimed and we verified. */
  readonly checksum: Checksum | undefined;
}

type Streaming = { readonly signed: boolean; readonly trailer: boolean };

const streamingBodies: Readonly<Record<string, Streaming>> = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { signed: true, trailer: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { signed: true, trailer: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { signed: false, trailer: true },
};

/**
 * Reads and verifies a body; throws the `S3Error` that names the broken promise. In one call (the completion of an
 * upload) the checksum header speaks of the whole object and not of the body; it is left to that call.
 */
export function readPayload(
  request: S3Request,
  authentication: Authentication,
  checksumOf: "body" | "object",
): Payload {
  const streaming = streamingBodies[authentication.payloadHash];
  const trailers = new Map<string, string>();
  if (streaming === undefined) checkPayloadHash(request.body, authentication.payloadHash);
  const bytes = streaming === undefined ? request.body : readStream(request, authentication, streaming, trailers);
  checkContentMd5(bytes, request.headers.get("content-md5"));
  if (checksumOf === "object") return { bytes, checksum: undefined };
  const checksum = verifyClaimedChecksum(bytes, (header) => findSetting(request, header) ?? trailers.get(header));
  return { bytes, checksum };
}

function checkPayloadHash(body: Buffer, payloadHash: string): void {
  if (payloadHash === "UNSIGNED-PAYLOAD") return;
  if (!/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw new S3Error(
      "InvalidArgument",
      `x-amz-content-sha256 must be UNSIGNED-PAYLOAD, ${Object.keys(streamingBodies).join(", ")}, or a valid sha256 value.`,
    );
  }
  const actual = sha256(body);
  if (actual === payloadHash) return;
  throw new S3Error(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    {
      ClientComputedContentSHA256: payloadHash,
      S3ComputedContentSHA256: actual,
    },
  );
}

/**
 * Each chunk is `<hex length>[;chunk-signature=<hex>]` CRLF, bytes, CRLF; a chunk of length 0 ends the data, then come
 * the trailing headers, then for signed trailers their signature.
 */
function readStream(
  request: S3Request,
  { seal }: Authentication,
  streaming: Streaming,
  trailers: Map<string, string>,
): Buffer {
  const length = findSetting(request, "x-amz-decoded-content-length");
  if (length === undefined || !/^\d{1,13}$/.test(length))
    throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
  if (streaming.signed && seal === undefined)
    throw new S3Error("AccessDenied", "A signed stream needs a signed request");
  const chunks: Buffer[] = [];
  let previous = seal?.signature ?? "";
  let position = 0;
  for (;;) {
    const line = readLine(request.body, position);
    const head = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line.text);
    if (head === null) throw incomplete();
    const end = line.next + Number.parseInt(head[1] ?? "", 16);
    if (end > request.body.length) throw incomplete();
    const chunk = request.body.subarray(line.next, end);
    if (streaming.signed && seal !== undefined) {
      previous = checkLink(signChunk(seal.key, seal.date, seal.scope, previous, chunk), head[2]);
    }
    position = end;
    if (chunk.length === 0) break;
    if (request.body.toString("latin1", position, position + 2) !== "\r\n") throw incomplete();
    position += 2;
    chunks.push(chunk);
  }
  if (streaming.trailer) {
    readTrailers(request, position, trailers);
    const signature = trailers.get("x-amz-trailer-signature");
    trailers.delete("x-amz-trailer-signature");
    const canonical = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
    if (streaming.signed && seal !== undefined)
      checkLink(signTrailers(seal.key, seal.date, seal.scope, previous, canonical), signature);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== Number(length)) throw incomplete();
  return bytes;
}

function readTrailers(request: S3Request, start: number, trailers: Map<string, string>): void {
  const announced = new Set(
    (request.headers.get("x-amz-trailer") ?? "").split(",").map((name) => name.trim().toLowerCase()),
  );
  for (let position = start; position < request.body.length; ) {
    const line = readLine(request.body, position);
    position = line.next;
    if (line.text === "") continue;
    const cut = line.text.indexOf(":");
    const name = line.text.slice(0, cut).trim().toLowerCase();
    if (cut < 1 || !(announced.has(name) || name === "x-amz-trailer-signature"))
      throw new S3Error("InvalidRequest", "A trailing header was not announced in x-amz-trailer");
    trailers.set(name, line.text.slice(cut + 1).trim());
  }
  for (const name of announced) {
    if (name !== "" && !trailers.has(name))
      throw new S3Error("InvalidRequest", `The trailing header ${name} was announced but not sent`);
  }
}

function readLine(body: Buffer, start: number): { text: string; next: number } {
  const end = body.indexOf("\r\n", start);
  if (end === -1) throw incomplete();
  return { text: body.toString("latin1", start, end), next: end + 2 };
}

function checkLink(expected: string, given: string | undefined): string {
  if (given === undefined || !sameSignature(expected, given)) {
    throw new S3Error(
      "SignatureDoesNotMatch",
      "The signature of a chunk we calculated does not match the signature you provided.",
    );
  }
  return expected;
}

function incomplete(): S3Error {
  return new S3Error(
    "IncompleteBody",
    "The request body terminated unexpectedly or is not of the length that was announced",
  );
}

function checkContentMd5(bytes: Buffer, claimed: string | undefined): void {
  if (claimed === undefined) return;
  if (Buffer.from(claimed, "base64").length !== 16)
    throw new S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.");
  if (createHash("md5").update(bytes).digest("base64") !== claimed) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
}
