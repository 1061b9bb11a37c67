// In: a request of node:http with its whole body. Out: one frozen value with the path and query exactly as they came
// over the wire (a signature covers bytes, so nothing may be folded or tidied), their decoded reading, and the bucket
// and key they name. Both addressing styles are read: /bucket/key, and bucket.localhost/key.

import type { IncomingMessage } from "node:http";
import { S3Error } from "./s3-error.ts";

/** A request as the rest of the store sees it. */
export interface S3Request {
  readonly method: string;
  /** The path as sent, still percent-encoded. */
  readonly rawPath: string;
  /** Decoded pairs in the order sent; a name without "=" has the value "". */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names; values of a repeated header joined with ",". */
  readonly headers: ReadonlyMap<string, string>;
  readonly bucketName: string | undefined;
  readonly key: string | undefined;
  readonly remoteAddress: string;
  readonly body: Buffer;
}

const maximumKeyBytes = 1024;
/** Headers that decide who is asking; sent twice they would mean two things. */
const singleHeaders = new Set(["host", "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]);

/** Reads the head of a request; throws `InvalidURI` for bytes that are no UTF-8 or a broken percent sign. */
export function parseRequest(message: IncomingMessage, body: Buffer): S3Request {
  const target = message.url ?? "/";
  const cut = target.indexOf("?");
  const rawPath = cut === -1 ? target : target.slice(0, cut);
  const headers = parseHeaders(message.rawHeaders);
  const { bucketName, key } = parseAddress(rawPath, headers.get("host") ?? "");
  return Object.freeze({
    method: message.method ?? "GET",
    rawPath,
    query: parseQuery(cut === -1 ? "" : target.slice(cut + 1)),
    headers,
    bucketName,
    key,
    remoteAddress: (message.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    body,
  });
}

function parseHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    const earlier = headers.get(name);
    if (earlier !== undefined && singleHeaders.has(name)) {
      throw new S3Error("InvalidArgument", `The header ${name} was sent more than once`);
    }
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}

function parseQuery(raw: string): [string, string][] {
  return raw
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const cut = part.indexOf("=");
      const name = cut === -1 ? part : part.slice(0, cut);
      const value = cut === -1 ? "" : part.slice(cut + 1);
      return [decode(name.replaceAll("+", " ")), decode(value.replaceAll("+", " "))];
    });
}

function parseAddress(rawPath: string, host: string): { bucketName: string | undefined; key: string | undefined } {
  if (!rawPath.startsWith("/")) throw new S3Error("InvalidURI", "Could not parse the specified URI.");
  const path = decode(rawPath);
  const virtualHost = /^(.+)\.localhost(?::\d+)?$/.exec(host)?.[1];
  const cut = path.indexOf("/", 1);
  const bucketName = virtualHost ?? (cut === -1 ? path.slice(1) : path.slice(1, cut));
  const key = virtualHost !== undefined ? path.slice(1) : cut === -1 ? "" : path.slice(cut + 1);
  if (Buffer.byteLength(key) > maximumKeyBytes) {
    throw new S3Error("KeyTooLongError", "Your key is too long", {
      Size: Buffer.byteLength(key),
      MaxSizeAllowed: maximumKeyBytes,
    });
  }
  return { bucketName: bucketName === "" ? undefined : bucketName, key: key === "" ? undefined : key };
}

/** Decodes percent signs; throws `InvalidURI` for what is not UTF-8. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Could not parse the specified URI.");
  }
}

/** The value of a query parameter, if it was sent. */
export function findQuery(request: S3Request, name: string): string | undefined {
  return request.query.find(([candidate]) => candidate === name)?.[1];
}

/** An `x-amz-…` setting: a header, or the query parameter into which a presigner moved that header. */
export function findSetting(request: S3Request, name: string): string | undefined {
  return request.headers.get(name) ?? request.query.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}
