/**
 * Ids that are the same on every machine and in every run: a UUID made from the words that name a thing. A call log
 * carries no ids of the vendor's shape, and two people who convert the same log must get the same ones.
 */
import { createHash } from "node:crypto";

/** Makes a UUID out of words; equal words give equal ids. It looks like version 4, as the vendor's own ids do. */
export function stableId(...words: readonly string[]): string {
  const hex = createHash("sha256").update(words.join("\u0000")).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

/**
 * Makes the id of something inside the thing that `id` names, without hashing again: its last byte is changed by
 * `ordinal` (1 to 255), so siblings differ from each other and from `id`.
 */
export function siblingId(id: string, ordinal: number): string {
  const last = Number.parseInt(id.slice(34), 16) ^ ordinal;
  return id.slice(0, 34) + last.toString(16).padStart(2, "0");
}
