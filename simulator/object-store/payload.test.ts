// Bodies in chunks, made here after the vendor's description and changed in every place where they could be.

import { describe, expect, test } from "vitest";
import type { Authentication } from "./authenticate.ts";
import { computeChecksum } from "./checksums.ts";
import { readPayload } from "./payload.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { deriveKey, signChunk, signTrailers } from "./signature.ts";

const scope = { day: "20240102", region: "us-east-1", service: "s3" };
const date = "20240102T030405Z";
const key = deriveKey("secret", scope);
const seed = "0".repeat(64);
const data = Buffer.from("callsheet ".repeat(2000));

type Kind =
  | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
  | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
  | "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

function signedStream(withTrailer: boolean): string {
  let previous = seed;
  const chunks = [data.subarray(0, 8192), data.subarray(8192), Buffer.alloc(0)].map((chunk) => {
    previous = signChunk(key, date, scope, previous, chunk);
    const end = chunk.length === 0 ? "" : "\r\n";
    return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk.toString("latin1")}${end}`;
  });
  const trailer = `x-amz-checksum-crc32:${computeChecksum("CRC32", data)}`;
  const signature = signTrailers(key, date, scope, previous, `${trailer}\n`);
  return chunks.join("") + (withTrailer ? `${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n` : "\r\n");
}

function unsignedStream(checksum = computeChecksum("CRC32", data)): string {
  return `${data.length.toString(16)}\r\n${data.toString("latin1")}\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
}

function read(kind: Kind, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const request: S3Request = {
    method: "PUT",
    rawPath: "/reports/a",
    query: [],
    headers: new Map(
      Object.entries({
        "x-amz-decoded-content-length": String(data.length),
        "x-amz-trailer": "x-amz-checksum-crc32",
        ...headers,
      }),
    ),
    bucketName: "reports",
    key: "a",
    remoteAddress: "127.0.0.1",
    body: Buffer.from(body, "latin1"),
  };
  const authentication: Authentication = {
    principal: { kind: "anonymous" },
    carrier: "header",
    payloadHash: kind,
    seal: { signedAt: 0, date, scope, key, signature: seed },
  };
  try {
    const payload = readPayload(request, authentication, "body");
    return `${payload.bytes.equals(data) ? "same" : "other"} bytes, ${payload.checksum?.algorithm}`;
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}

describe("readPayload()", () => {
  test("reads a signed stream, with and without trailers", () => {
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", signedStream(false))).toBe("same bytes, undefined");
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", signedStream(true))).toBe("same bytes, CRC32");
  });

  test("reads an unsigned stream and verifies its trailing checksum", () => {
    expect(read("STREAMING-UNSIGNED-PAYLOAD-TRAILER", unsignedStream())).toBe("same bytes, CRC32");
    expect(read("STREAMING-UNSIGNED-PAYLOAD-TRAILER", unsignedStream("AAAAAA=="))).toBe("BadDigest");
  });

  test.each<[string, (body: string) => string, string]>([
    ["a byte of the first chunk", (body) => body.replace("callsheet", "Callsheet"), "SignatureDoesNotMatch"],
    ["the signature of a chunk", (body) => body.replace(/chunk-signature=./, "chunk-signature=g"), "IncompleteBody"],
    [
      "the last chunk's signature",
      (body) => body.replace(/0;chunk-signature=[0-9a-f]{4}/, "0;chunk-signature=0000"),
      "SignatureDoesNotMatch",
    ],
    ["the trailing checksum", (body) => body.replace(/crc32:./, "crc32:!"), "SignatureDoesNotMatch"],
    [
      "the trailer's signature",
      (body) => body.replace(/trailer-signature:[0-9a-f]{4}/, "trailer-signature:0000"),
      "SignatureDoesNotMatch",
    ],
    ["the trailer, left out", (body) => body.slice(0, body.indexOf("x-amz-checksum")), "InvalidRequest"],
    ["the end, cut off", (body) => body.slice(0, 9000), "IncompleteBody"],
    ["a chunk without a signature", (body) => body.replace(/;chunk-signature=[0-9a-f]+/, ""), "SignatureDoesNotMatch"],
    ["a trailer nobody announced", (body) => `${body.slice(0, -2)}x-amz-acl:public-read\r\n\r\n`, "InvalidRequest"],
  ])("refuses a signed stream that was changed: %s", (_what, change, code) => {
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", change(signedStream(true)))).toBe(code);
  });

  test("refuses chunks in another order", () => {
    const chunk = (bytes: Buffer, previous: string): [string, string] => {
      const signature = signChunk(key, date, scope, previous, bytes);
      return [
        `${bytes.length.toString(16)};chunk-signature=${signature}\r\n${bytes.toString("latin1")}\r\n`,
        signature,
      ];
    };
    const [first, firstSignature] = chunk(data.subarray(0, 10_000), seed);
    const [second, secondSignature] = chunk(data.subarray(10_000), firstSignature);
    const last = `0;chunk-signature=${signChunk(key, date, scope, secondSignature, Buffer.alloc(0))}\r\n\r\n`;
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", first + second + last)).toBe("same bytes, undefined");
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", second + first + last)).toBe("SignatureDoesNotMatch");
    expect(read("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", first + last)).toBe("SignatureDoesNotMatch");
  });

  test("refuses a length other than announced, and none", () => {
    expect(read("STREAMING-UNSIGNED-PAYLOAD-TRAILER", unsignedStream(), { "x-amz-decoded-content-length": "7" })).toBe(
      "IncompleteBody",
    );
    expect(read("STREAMING-UNSIGNED-PAYLOAD-TRAILER", unsignedStream(), { "x-amz-decoded-content-length": "" })).toBe(
      "MissingContentLength",
    );
  });
});
