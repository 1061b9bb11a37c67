// The examples that Amazon publishes with Signature Version 4 for S3: the same requests must give the same signatures.

import { describe, expect, test } from "vitest";
import { deriveKey, emptyHash, sameSignature, signChunk, signParts, signTrailers } from "./signature.ts";

const scope = { day: "20130524", region: "us-east-1", service: "s3" };
const date = "20130524T000000Z";
const key = deriveKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope);
const host = ["host", "examplebucket.s3.amazonaws.com"] as const;
const signed = [["x-amz-content-sha256", emptyHash] as const, ["x-amz-date", date] as const];

describe("signParts() gives the vendor's signature", () => {
  test("of a GET with a range", () => {
    const headers = [host, ["range", "bytes=0-9"] as const, ...signed];
    expect(
      signParts(key, { method: "GET", path: "/test.txt", query: [], headers, payloadHash: emptyHash, date, scope }),
    ).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  });

  test("of a subresource without a value", () => {
    const parts = {
      method: "GET",
      path: "/",
      query: [["lifecycle", ""] as const],
      headers: [host, ...signed],
      payloadHash: emptyHash,
      date,
      scope,
    };
    expect(signParts(key, parts)).toBe("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  });

  test("of a list with parameters in another order", () => {
    const query = [["prefix", "J"] as const, ["max-keys", "2"] as const];
    expect(
      signParts(key, {
        method: "GET",
        path: "/",
        query,
        headers: [host, ...signed],
        payloadHash: emptyHash,
        date,
        scope,
      }),
    ).toBe("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  });

  test("of a presigned link", () => {
    const query = [
      ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
      ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"],
      ["X-Amz-Date", date],
      ["X-Amz-Expires", "86400"],
      ["X-Amz-SignedHeaders", "host"],
    ] as const;
    expect(
      signParts(key, {
        method: "GET",
        path: "/test.txt",
        query,
        headers: [host],
        payloadHash: "UNSIGNED-PAYLOAD",
        date,
        scope,
      }),
    ).toBe("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  });
});

test("signChunk() gives the vendor's chain of a body of 65 KiB in three chunks", () => {
  const seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  const first = signChunk(key, date, scope, seed, Buffer.alloc(65_536, "a"));
  const second = signChunk(key, date, scope, first, Buffer.alloc(1024, "a"));
  expect([first, second, signChunk(key, date, scope, second, Buffer.alloc(0))]).toEqual([
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ]);
});

test("signTrailers() gives the vendor's signature of a trailing checksum", () => {
  const last = "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992";
  expect(signTrailers(key, date, scope, last, "x-amz-checksum-crc32c:sOO8/Q==\n")).toBe(
    "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
  );
});

test("sameSignature() tells equal texts from all others", () => {
  expect([
    sameSignature("abc", "abc"),
    sameSignature("abc", "abd"),
    sameSignature("abc", "ab"),
    sameSignature("abc", ""),
  ]).toEqual([true, false, false, false]);
});
