// In: bytes and the name of a checksum that S3 knows. Out: its value as S3 writes it (base64), and what the request
// headers say about it. Node has CRC32, SHA-1 and SHA-256; the two other CRCs are computed here from tables.

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./s3-error.ts";

/** The checksums that S3 knows, as its requests spell them. */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

/** A checksum that goes with an object or a part. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  /** COMPOSITE: of the checksums of the parts; FULL_OBJECT: of all bytes. */
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

const digestBytes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};
/** All of them. */
export const checksumAlgorithms = Object.keys(digestBytes).filter(isChecksumAlgorithm);

/** The checksum of some bytes, in base64. */
export function computeChecksum(algorithm: ChecksumAlgorithm, bytes: Buffer): string {
  switch (algorithm) {
    case "CRC32":
      return bigEndian(crc32(bytes));
    case "CRC32C":
      return bigEndian(crc32c(bytes));
    case "CRC64NVME":
      return crc64nvme(bytes);
    case "SHA1":
      return createHash("sha1").update(bytes).digest("base64");
    case "SHA256":
      return createHash("sha256").update(bytes).digest("base64");
  }
}

/** Whether a word names a checksum; words are in capitals. */
export function isChecksumAlgorithm(word: string): word is ChecksumAlgorithm {
  return Object.hasOwn(digestBytes, word);
}

/** The header that carries a checksum, in lower case. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The element that carries a checksum in XML. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/**
 * The one checksum that the sender claims for its bytes, verified; `undefined` when it claims none.
 * `find` looks a header up among headers, presigned parameters and trailers. Throws `BadDigest` when the bytes differ.
 */
export function verifyClaimedChecksum(
  bytes: Buffer,
  find: (header: string) => string | undefined,
): Checksum | undefined {
  const claims = checksumAlgorithms.flatMap((algorithm) => {
    const value = find(checksumHeader(algorithm));
    return value === undefined ? [] : [{ algorithm, value, type: "FULL_OBJECT" as const }];
  });
  const [claim, ...more] = claims;
  if (more.length > 0)
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  if (claim === undefined) return undefined;
  const { algorithm, value } = claim;
  if (!/^[A-Za-z0-9+/]+=*$/.test(value) || Buffer.from(value, "base64").length !== digestBytes[algorithm]) {
    throw new S3Error("InvalidRequest", `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  if (computeChecksum(algorithm, bytes) !== value) {
    throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return claim;
}

/** The checksum of an object made of parts: over the parts' own checksums, or over all bytes. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: Checksum["type"],
  parts: readonly Buffer[],
): Checksum {
  if (type === "FULL_OBJECT") return { algorithm, type, value: computeChecksum(algorithm, Buffer.concat(parts)) };
  const ofParts = parts.map((part) => Buffer.from(computeChecksum(algorithm, part), "base64"));
  return { algorithm, type, value: `${computeChecksum(algorithm, Buffer.concat(ofParts))}-${parts.length}` };
}

function bigEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}

const castagnoliTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder >>> 0;
});

function crc32c(bytes: Buffer): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (castagnoliTable[(remainder ^ byte) & 255] ?? 0) ^ (remainder >>> 8);
  return (remainder ^ 0xffffffff) >>> 0;
}

// 64 bits as two halves of 32: BigInt would be some fifty times slower.
const nvmeTable = Array.from({ length: 256 }, (_, byte) => {
  let remainder = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1)
    remainder = remainder & 1n ? (remainder >> 1n) ^ 0x9a6c9329ac4bc9b5n : remainder >> 1n;
  return remainder;
});
const nvmeHigh = Uint32Array.from(nvmeTable, (entry) => Number(entry >> 32n));
const nvmeLow = Uint32Array.from(nvmeTable, (entry) => Number(entry & 0xffffffffn));

function crc64nvme(bytes: Buffer): string {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 255;
    low = ((low >>> 8) | (high << 24)) ^ (nvmeLow[index] ?? 0);
    high = (high >>> 8) ^ (nvmeHigh[index] ?? 0);
  }
  const result = Buffer.alloc(8);
  result.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0);
  result.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
  return result.toString("base64");
}
