/**
 * Walks through the bytes of a JSON text and makes nothing of them. It passes what `JSON.parse` would accept and fails
 * where that would fail; it never looks at what the text means. Bytes, because a page that is decoded to a string first
 * costs that much again; a string of one byte a letter and its `indexOf` were measured and were no faster.
 */

// Folded by the compiler; exported, or as members of an object, they would be looked up again for every byte.
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Levels for which there is room at once; a text that nests deeper makes more. */
const USUAL_DEPTH = 64;

/** A place in a text. Each method begins there, and leaves it behind what it passed. Throws a SyntaxError. */
export class JsonScanner {
  readonly bytes: Buffer;
  /** Kept beside the bytes: asking them for each byte would halve the speed. */
  readonly end: number;
  at: number;
  /** Of the string passed last: it has no escape and no byte beyond ASCII. */
  isPlain = true;
  /** Of the string passed last: it has an escape. */
  isEscaped = false;
  /** For each open level of a value: 1 for an object. */
  #levels: Uint8Array = new Uint8Array(USUAL_DEPTH);

  /** Begins behind one byte order mark. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.at = this.end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** The byte here; 0, which stands nowhere in JSON, at the end. */
  get byte(): number {
    return this.at < this.end ? (this.bytes[this.at] ?? 0) : 0;
  }

  /** Passes white space. */
  skipSpace(): void {
    const { bytes, end } = this;
    let at = this.at;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    }
    this.at = at;
  }

  /** Passes white space; then this byte, and says so, if it is here. */
  take(byte: number): boolean {
    // Most texts have no space to pass, and most of what is looked for is there.
    const here = this.byte;
    if (here !== byte) {
      if (here > SPACE) return false;
      this.skipSpace();
      if (this.byte !== byte) return false;
    }
    this.at += 1;
    return true;
  }

  /** Passes white space, then this very byte. */
  expect(byte: number): void {
    if (!this.take(byte)) throw new SyntaxError("no JSON");
  }

  /**
   * Passes a value of whatever kind, and white space before it. Most of a page goes through here: it keeps its place
   * in locals and calls others for what is rare, which takes a quarter off a method for each kind.
   */
  skipValue(): void {
    if (this.byte === QUOTE) {
      this.skipString();
      return;
    }
    const { bytes, end } = this;
    let levels = this.#levels;
    let { at } = this;
    let depth = 0;
    let isObject = false;
    let isKey = false;
    for (;;) {
      let byte = at < end ? (bytes[at] ?? 0) : 0;
      if (byte <= SPACE) {
        at = this.#afterSpace(at);
        byte = at < end ? (bytes[at] ?? 0) : 0;
      }
      if (byte === QUOTE) {
        at += 1;
        for (; at < end; at++) {
          byte = bytes[at] ?? 0;
          if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) break;
        }
        at = byte === QUOTE && at < end ? at + 1 : this.#afterOddString(at);
        if (isKey) {
          if (bytes[at] !== COLON) at = this.#afterSpace(at);
          if (bytes[at] !== COLON) throw new SyntaxError("no JSON");
          at += 1;
          isKey = false;
          continue;
        }
      } else if (isKey) throw new SyntaxError("no JSON");
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        isObject = byte === OPEN_OBJECT;
        if (depth === levels.length) levels = this.#moreLevels();
        levels[depth] = isObject ? 1 : 0;
        depth += 1;
        at = this.#afterSpace(at + 1);
        isKey = isObject;
        if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) continue;
        isKey = false;
      } else {
        this.at = at;
        this.skipScalar();
        at = this.at;
      }
      // Behind a value: what closes here closes; a comma leads to the next one.
      for (;;) {
        if (depth === 0) {
          this.at = at;
          return;
        }
        byte = at < end ? (bytes[at] ?? 0) : 0;
        if (byte <= SPACE) {
          at = this.#afterSpace(at);
          byte = at < end ? (bytes[at] ?? 0) : 0;
        }
        at += 1;
        if (byte === COMMA) {
          isKey = isObject;
          break;
        }
        if (byte !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) throw new SyntaxError("no JSON");
        depth -= 1;
        isObject = depth > 0 && levels[depth - 1] === 1;
      }
    }
  }

  #afterSpace(at: number): number {
    this.at = at;
    this.skipSpace();
    return this.at;
  }

  /** Behind a string in which `at` is the first thing that is no letter. */
  #afterOddString(at: number): number {
    this.at = at;
    this.#skipRestOfString();
    return this.at;
  }

  #moreLevels(): Uint8Array {
    const more = new Uint8Array(2 * this.#levels.length);
    more.set(this.#levels);
    this.#levels = more;
    return more;
  }

  /** Passes a string, which begins here. Invalid UTF-8 is text too: decoding makes U+FFFD of it. */
  skipString(): void {
    if (this.byte !== QUOTE) throw new SyntaxError("no JSON");
    this.at += 1;
    this.isEscaped = false;
    this.#skipRestOfString();
  }

  #skipRestOfString(): void {
    const { bytes, end } = this;
    let { at } = this;
    let bits = 0;
    for (;;) {
      let byte = 0;
      for (; at < end; at++) {
        byte = bytes[at] ?? 0;
        if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) break;
        bits |= byte;
      }
      if (at >= end || byte < SPACE) throw new SyntaxError("no JSON");
      if (byte === QUOTE) break;
      this.at = at;
      this.#skipEscape();
      this.isEscaped = true;
      at = this.at;
    }
    this.at = at + 1;
    this.isPlain = bits < 0x80 && !this.isEscaped;
  }

  /** A lone half of a surrogate pair is allowed. */
  #skipEscape(): void {
    this.at += 1;
    const kind = this.byte;
    this.at += 1;
    if (kind === 0x75) {
      for (let digits = 0; digits < 4; digits++, this.at++)
        if (!isHexadecimal(this.byte)) throw new SyntaxError("no JSON");
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(kind))) throw new SyntaxError("no JSON");
  }

  /** Passes a number, `true`, `false` or `null`, which begins here. */
  skipScalar(): void {
    const byte = this.byte;
    if (byte === 0x74) this.#skipWord("true");
    else if (byte === 0x66) this.#skipWord("false");
    else if (byte === 0x6e) this.#skipWord("null");
    else this.#skipNumber();
  }

  #skipWord(word: string): void {
    for (let index = 0; index < word.length; index++, this.at++)
      if (this.byte !== word.charCodeAt(index)) throw new SyntaxError("no JSON");
  }

  /** `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?` */
  #skipNumber(): void {
    if (this.byte === MINUS) this.at += 1;
    const startsWithZero = this.byte === ZERO;
    const digits = this.#skipDigits();
    if (startsWithZero && digits > 1) throw new SyntaxError("no JSON");
    const next = this.byte;
    if (next === 0x2e) {
      this.at += 1;
      this.#skipDigits();
    }
    const exponent = this.byte;
    if (exponent === 0x65 || exponent === 0x45) {
      this.at += 1;
      const sign = this.byte;
      if (sign === 0x2b || sign === MINUS) this.at += 1;
      this.#skipDigits();
    }
  }

  /** How many there were; at least one. */
  #skipDigits(): number {
    const { bytes, end, at: start } = this;
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) break;
    }
    if (at === start) throw new SyntaxError("no JSON");
    this.at = at;
    return at - start;
  }
}

function isHexadecimal(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
