/**
 * Seeded chance for the generator. A stream is named by (seed, purpose, index) and always gives the same draws, so
 * one conversation can be made without making those before it. The numbers come from sfc32, a small fast generator
 * with 128 bits of state whose arithmetic is exact on every machine.
 */

/** What a stream is for; streams of different purposes share no draws. */
export type StreamPurpose = "entities" | "start" | "story" | "ids";

const PURPOSE_NUMBERS: Readonly<Record<StreamPurpose, number>> = { entities: 1, start: 2, story: 3, ids: 4 };
const WARM_UP_ROUNDS = 12;
const TWO_TO_32 = 4_294_967_296;
const HEX_DIGITS = Buffer.from("0123456789abcdef", "latin1");
const VERSION_PLACE = 14;
const VERSION_FOUR = 52;
/** Ids are written here and cut out as one flat string; pieced together they would be trees, slow to collect. */
const uuidText = Buffer.from("00000000-0000-4000-8000-000000000000", "latin1");

/** A stream of draws, reproducible from its three names. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number, purpose: StreamPurpose, index = 0) {
    this.#a = seed | 0;
    this.#b = Math.imul(Math.floor(seed / TWO_TO_32) ^ Math.imul(PURPOSE_NUMBERS[purpose], 0x9e3779b9), 0x85ebca6b);
    this.#c = Math.imul(index ^ Math.floor(index / TWO_TO_32), 0xc2b2ae35) ^ index;
    this.#counter = 1;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#next();
  }

  /** The next 32 bits as a signed integer. */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return (this.#next() >>> 0) / TWO_TO_32;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** One member of a list that must not be empty. */
  pick<T>(list: readonly T[]): T {
    const member = list[Math.floor(this.fraction() * list.length)];
    if (member === undefined) throw new Error("Cannot pick from an empty list");
    return member;
  }

  /** Whole milliseconds around a mean with the long tail of waiting times, never below `leastMs`. */
  waitingMs(meanMs: number, leastMs: number): number {
    return Math.max(leastMs, Math.round(-Math.log(1 - this.fraction()) * meanMs));
  }

  /** Whole milliseconds around a median with the lognormal spread of handling times, never below `leastMs`. */
  handlingMs(medianMs: number, leastMs: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
    return Math.max(leastMs, Math.round(medianMs * Math.exp(0.7 * normal)));
  }

  /** The list in another order; the list itself stays as it is. */
  shuffle<T>(list: readonly T[]): T[] {
    return list
      .map((member) => ({ member, rank: this.fraction() }))
      .sort((left, right) => left.rank - right.rank)
      .map(({ member }) => member);
  }

  /** A version-4 UUID. */
  uuid(): string {
    writeHex(0, this.#next());
    const two = this.#next();
    writeHex(9, two, 4);
    writeHex(14, two << 16, 4);
    uuidText[VERSION_PLACE] = VERSION_FOUR;
    const three = this.#next();
    writeHex(19, (three & 0x3fffffff) | 0x80000000, 4);
    writeHex(24, three << 16, 4);
    writeHex(28, this.#next());
    return uuidText.toString("latin1");
  }
}

/** Chooses by weight from a fixed table; the sum of the weights is worked out once. */
export class WeightedChoice<T> {
  readonly #choices: readonly (readonly [T, number])[];
  readonly #sum: number;

  constructor(choices: readonly (readonly [T, number])[]) {
    this.#choices = choices;
    this.#sum = choices.reduce((sum, [, weight]) => sum + weight, 0);
  }

  /** One choice, with a probability in proportion to its weight. */
  draw(random: Random): T {
    let left = random.fraction() * this.#sum;
    for (const [choice, weight] of this.#choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new Error("Cannot draw from a table whose weights sum to zero");
  }
}

/** Writes the upper `digits` hexadecimal digits of 32 bits. */
function writeHex(place: number, bits: number, digits = 8): void {
  let left = bits;
  for (let digit = 0; digit < digits; digit++) {
    uuidText[place + digit] = HEX_DIGITS[left >>> 28] ?? 0;
    left <<= 4;
  }
}
