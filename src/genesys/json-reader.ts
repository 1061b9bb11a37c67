/**
 * Reads chosen values out of the bytes of a JSON text: members of objects one after another, texts, numbers, instants.
 * Everything between them is passed over and checked. What is read is what `JSON.parse` would have made of it.
 *
 *   for (let more = reader.openObject(); more; more = reader.nextMember())
 *     if (reader.readName(names) === …) reader.readText(); else reader.skipValue();
 */
import { JsonScanner } from "./json-scanner.ts";
import type { NameTable, SeenName } from "./name-table.ts";
import type { TextCache } from "./text-cache.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const LETTER_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whole numbers of so many digits are exact when they are put together digit by digit. */
const MAX_PLAIN_DIGITS = 15;

/** Without an offset a text means another instant on every machine: it is not read. */
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/i;

/** Reads from a place in a text on. Whoever reads a value is responsible for all of it: `skipValue` passes the rest. */
export class JsonReader extends JsonScanner {
  readonly #texts: TextCache;

  /** Texts that come again and again are made once and kept in `texts`. */
  constructor(bytes: Buffer, texts: TextCache) {
    super(bytes);
    this.#texts = texts;
  }

  /** Whether an object comes next; anything else is left for `skipValue`. */
  isObject(): boolean {
    if (this.byte <= SPACE) this.skipSpace();
    return this.byte === OPEN_OBJECT;
  }

  /** Whether a list comes next. */
  isList(): boolean {
    if (this.byte <= SPACE) this.skipSpace();
    return this.byte === OPEN_LIST;
  }

  /** Enters the object that comes next; false when it is empty and already left. */
  openObject(): boolean {
    this.at += 1;
    return !this.take(CLOSE_OBJECT);
  }

  /** Passes the comma before another member, or leaves the object and says so by false. */
  nextMember(): boolean {
    if (this.take(COMMA)) return true;
    this.expect(CLOSE_OBJECT);
    return false;
  }

  openList(): boolean {
    this.at += 1;
    return !this.take(CLOSE_LIST);
  }

  nextItem(): boolean {
    if (this.take(COMMA)) return true;
    this.expect(CLOSE_LIST);
    return false;
  }

  /** Passes a member's name and colon; what the table has under the name. */
  readName<T>(names: NameTable<T>): T {
    if (this.byte <= SPACE) this.skipSpace();
    const { next, other } = names.last;
    if (next !== undefined && this.#isHere(next.bytes)) return this.#passName(names, next);
    if (other !== undefined && this.#isHere(other.bytes)) return this.#passName(names, other);
    const found = this.#lookUp(names);
    this.expect(COLON);
    return found;
  }

  #passName<T>(names: NameTable<T>, name: SeenName<T>): T {
    this.at += name.bytes.length;
    names.last = name;
    return name.value;
  }

  #isHere(name: Buffer): boolean {
    const { bytes, at } = this;
    const { length } = name;
    if (at + length > this.end) return false;
    for (let index = 0; index < length; index++) if (bytes[at + index] !== name[index]) return false;
    return true;
  }

  /** A member's name, whatever it is. */
  readAnyName(): string {
    if (this.byte <= SPACE) this.skipSpace();
    const from = this.at + 1;
    this.skipString();
    const name = this.#textBetween(from, this.at - 1);
    this.expect(COLON);
    return name;
  }

  /** What the table has under the text that comes next; what it has for nothing when it is no text. */
  readWord<T>(words: NameTable<T>): T {
    if (this.byte <= SPACE) this.skipSpace();
    if (this.byte === QUOTE) return this.#lookUp(words);
    this.skipValue();
    return words.nothing;
  }

  #lookUp<T>(names: NameTable<T>): T {
    const from = this.at;
    this.skipString();
    return this.isPlain
      ? names.findBytes(this.bytes, from, this.at - 1)
      : names.find(this.#textBetween(from + 1, this.at - 1));
  }

  /** The text that comes next; undefined when it is no text. */
  readText(): string | undefined {
    if (this.byte <= SPACE) this.skipSpace();
    if (this.byte !== QUOTE) {
      this.skipValue();
      return undefined;
    }
    const from = this.at + 1;
    this.skipString();
    if (this.isPlain) return this.#texts.get(this.bytes, from, this.at - 1);
    return this.#textBetween(from, this.at - 1);
  }

  /** A text that is not expected again. */
  readOwnText(): string | undefined {
    if (this.byte <= SPACE) this.skipSpace();
    if (this.byte !== QUOTE) {
      this.skipValue();
      return undefined;
    }
    const from = this.at + 1;
    this.skipString();
    return this.#textBetween(from, this.at - 1);
  }

  /** A number; null or undefined for `null`; true for anything else. */
  readNumber(): number | null | true {
    if (this.byte <= SPACE) this.skipSpace();
    const byte = this.byte;
    const from = this.at;
    this.skipValue();
    if (byte === LETTER_N) return null;
    return byte === MINUS || (byte >= ZERO && byte <= NINE) ? this.#numberBetween(from, this.at) : true;
  }

  /** Epoch milliseconds; null for `null`; NaN for anything that is no instant with an offset. */
  readInstant(): number | null {
    if (this.byte <= SPACE) this.skipSpace();
    const usual = this.#usualInstant();
    if (usual !== undefined) return usual;
    if (this.byte === LETTER_N) {
      this.skipValue();
      return null;
    }
    const text = this.readOwnText();
    return text !== undefined && ISO_WITH_OFFSET.test(text) ? Date.parse(text) : Number.NaN;
  }

  /** The whole value, as JSON.parse makes it. */
  readValue(): unknown {
    if (this.byte <= SPACE) this.skipSpace();
    const from = this.at;
    this.skipValue();
    return JSON.parse(this.bytes.toString("utf8", from, this.at));
  }

  /** The same, and stays in front of it. */
  peekValue(): unknown {
    const from = this.at;
    const value = this.readValue();
    this.at = from;
    return value;
  }

  /** Epoch milliseconds of the instant that comes next, undefined when it is none; stays in front of it. */
  peekInstant(): number | undefined {
    const from = this.at;
    const instant = this.readInstant();
    this.at = from;
    return instant === null || Number.isNaN(instant) ? undefined : instant;
  }

  /** Passes white space up to the end of the text. */
  expectEnd(): void {
    this.skipSpace();
    if (this.at !== this.end) throw new SyntaxError("no JSON");
  }

  /** The text between quotes that was just passed. */
  #textBetween(from: number, to: number): string {
    if (this.isPlain) return this.bytes.toString("latin1", from, to);
    if (!this.isEscaped) return this.bytes.toString("utf8", from, to);
    return JSON.parse(this.bytes.toString("utf8", from - 1, to + 1));
  }

  #numberBetween(from: number, to: number): number {
    const { bytes } = this;
    if (to - from > MAX_PLAIN_DIGITS) return Number(bytes.toString("latin1", from, to));
    let whole = 0;
    for (let at = from; at < to; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return Number(bytes.toString("latin1", from, to));
      whole = whole * 10 + digit;
    }
    return whole;
  }

  /** `"2024-05-01T10:00:00.000Z"` without making a text of it; undefined, and nothing passed, for any other form. */
  #usualInstant(): number | undefined {
    const { bytes, at } = this;
    if (at + 26 > this.end || bytes[at] !== QUOTE || bytes[at + 25] !== QUOTE || bytes[at + 24] !== 0x5a)
      return undefined;
    if (bytes[at + 5] !== MINUS || bytes[at + 8] !== MINUS || bytes[at + 11] !== 0x54) return undefined;
    if (bytes[at + 14] !== COLON || bytes[at + 17] !== COLON || bytes[at + 20] !== 0x2e) return undefined;
    const year = this.#twoDigits(at + 1) * 100 + this.#twoDigits(at + 3);
    const month = this.#twoDigits(at + 6);
    const day = this.#twoDigits(at + 9);
    const hour = this.#twoDigits(at + 12);
    const minute = this.#twoDigits(at + 15);
    const second = this.#twoDigits(at + 18);
    const millisecond = this.#twoDigits(at + 21) * 10 + (bytes[at + 23] ?? 0) - ZERO;
    // One digit that is none makes this NaN; days that some months have not are left to Date.parse.
    const isUsual =
      year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59;
    const lastDigit = bytes[at + 23] ?? 0;
    if (!isUsual || !(millisecond >= 0) || lastDigit < ZERO || lastDigit > NINE) return undefined;
    this.at = at + 26;
    return daysBefore(year, month, day) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond;
  }

  #twoDigits(at: number): number {
    const tens = (this.bytes[at] ?? 0) - ZERO;
    const ones = (this.bytes[at + 1] ?? 0) - ZERO;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
  }
}

/** Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin with March. */
function daysBefore(year: number, month: number, day: number): number {
  const fromMarch = (month + 9) % 12;
  const marchYear = month < 3 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 719_469;
}
