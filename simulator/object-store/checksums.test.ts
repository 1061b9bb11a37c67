import { expect, test } from "vitest";
import { type ChecksumAlgorithm, combineChecksums, computeChecksum, verifyClaimedChecksum } from "./checksums.ts";

// The check values that the catalogues of CRC algorithms and FIPS 180 give for "123456789".
const known: readonly (readonly [ChecksumAlgorithm, string])[] = [
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
  ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
  ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
];

test.each(known)("computeChecksum() gives the published %s of 123456789", (algorithm, hex) => {
  expect(Buffer.from(computeChecksum(algorithm, Buffer.from("123456789")), "base64").toString("hex")).toBe(hex);
});

test("verifyClaimedChecksum() refuses other bytes, other lengths and two claims at once", () => {
  const bytes = Buffer.from("123456789");
  const verify = (headers: Readonly<Record<string, string>>) => verifyClaimedChecksum(bytes, (name) => headers[name]);
  expect(verify({ "x-amz-checksum-crc32": "y/Q5Jg==" })).toEqual({
    algorithm: "CRC32",
    value: "y/Q5Jg==",
    type: "FULL_OBJECT",
  });
  expect(verify({})).toBeUndefined();
  expect(() => verify({ "x-amz-checksum-crc32": "y/Q5Jw==" })).toThrow("The CRC32 you specified did not match");
  expect(() => verify({ "x-amz-checksum-sha256": "y/Q5Jg==" })).toThrow("x-amz-checksum-sha256 header is invalid");
  expect(() => verify({ "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-crc32c": "4waSgw==" })).toThrow(
    "Expecting a single",
  );
});

test("combineChecksums() is over the parts' checksums, or over all bytes", () => {
  const parts = [Buffer.from("1234"), Buffer.from("56789")];
  expect(combineChecksums("CRC32", "FULL_OBJECT", parts)).toEqual({
    algorithm: "CRC32",
    type: "FULL_OBJECT",
    value: "y/Q5Jg==",
  });
  const digests = parts.map((part) => Buffer.from(computeChecksum("SHA256", part), "base64"));
  expect(combineChecksums("SHA256", "COMPOSITE", parts).value).toBe(
    `${computeChecksum("SHA256", Buffer.concat(digests))}-2`,
  );
});
