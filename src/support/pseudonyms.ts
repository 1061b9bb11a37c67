/** Keyed pseudonyms: without the key nobody can try all numbers, with it anybody can. */
import { createHmac } from "node:crypto";

/** Eighty bits: among a thousand million values two are hardly ever alike. */
const HEX_DIGITS = 20;

/** Makes pseudonyms such as `ani:9f86d081884c7d659a2f`, the same for the same key, class and value. */
export function createPseudonyms(key: string): (kind: string, value: string) => string {
  return (kind, value) => `${kind}:${digest(key, `callsheet pseudonym\0${kind}\0${value}`).slice(0, HEX_DIGITS)}`;
}

/** Tells keys apart without telling them: pseudonyms of two keys cannot be compared. */
export function keyIdOf(key: string): string {
  return digest(key, "callsheet pseudonym key").slice(0, 8);
}

function digest(key: string, text: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}
