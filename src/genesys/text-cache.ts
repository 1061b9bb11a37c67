/**
 * Texts that come again and again, such as ids of queues and users: each is made once, and then found by its bytes.
 * A slot has one text, the latest; what is pushed out is made again.
 */

const SLOTS = 1024;

/** Longer texts are seldom the same twice. */
const MAX_LENGTH = 64;

/** Made for one slice, whose pages speak of the same queues and users. */
export class TextCache {
  readonly #slots: string[] = Array.from<string>({ length: SLOTS }).fill("");

  /** The text that stands in `bytes` from `from` up to `to`, and is ASCII. */
  get(bytes: Buffer, from: number, to: number): string {
    if (to - from > MAX_LENGTH) return bytes.toString("latin1", from, to);
    let hash = to - from;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const known = this.#slots[slot] ?? "";
    if (isSame(known, bytes, from, to)) return known;
    const text = bytes.toString("latin1", from, to);
    this.#slots[slot] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, from: number, to: number): boolean {
  const { length } = text;
  if (length !== to - from) return false;
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
