import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findTaint } from "./find-taint.ts";

const SECRET = "CANARY/secret+one=7f3a";
const found = (bytes: Buffer | string): string[] =>
  findTaint(new Map([["out", Buffer.from(bytes)]]), new Map([["one", SECRET]]));

describe("findTaint() finds a secret", () => {
  test.each([
    ["raw", SECRET, "one in out (raw)"],
    ["percent-encoded", encodeURIComponent(SECRET), "one in out (URL)"],
    ["percent-encoded in lower case", encodeURIComponent(SECRET).toLowerCase(), "one in out (URL)"],
    ["percent-encoded twice", encodeURIComponent(encodeURIComponent(SECRET)), "one in out (URL twice)"],
    ["in hexadecimal", Buffer.from(SECRET).toString("hex").toUpperCase(), "one in out (hex)"],
    ["in base64", Buffer.from(SECRET).toString("base64"), "one in out (base64)"],
    ["in base64, one byte behind its beginning", Buffer.from(`x${SECRET}yz`).toString("base64"), "one in out (base64)"],
    [
      "in base64, two bytes behind its beginning",
      Buffer.from(`xy${SECRET}z`).toString("base64"),
      "one in out (base64)",
    ],
    ["in base64url", Buffer.from(`${SECRET}???`).toString("base64url"), "one in out (base64)"],
  ])("%s", (_name, text, says) => {
    expect(found(`before ${text} after`)).toContain(says);
  });

  test("in gzip, also behind other bytes, within base64 of it, and in gzip of gzip", () => {
    expect(found(Buffer.concat([Buffer.from("x"), gzipSync(`a ${SECRET}`)]))).toEqual(["one in out > gzip (raw)"]);
    expect(found(gzipSync(Buffer.from(SECRET).toString("base64")))).toEqual(["one in out > gzip (base64)"]);
    expect(found(gzipSync(gzipSync(SECRET, { level: 0 }), { level: 9 }))).toContain("one in out > gzip > gzip (raw)");
  });

  test("in zlib, and in gzip that was cut", () => {
    expect(found(deflateSync(SECRET))).toEqual(["one in out > zlib (raw)"]);
    expect(found(gzipSync(`${SECRET}${"x".repeat(1000)}`).subarray(0, -8))).toEqual(["one in out > gzip (raw)"]);
  });

  test("nothing where there is nothing", () => {
    expect(found(gzipSync("CANARY/secret+two"))).toEqual([]);
  });
});
