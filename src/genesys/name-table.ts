/**
 * Finds the names that are looked for among the names of a text, by their bytes. A service writes its members in much
 * the same order each time: the table remembers which name followed which, and tries those two first, which takes one
 * comparison for most names.
 */

/** A name that was met. */
export interface SeenName<T> {
  /** `"name":` */
  readonly bytes: Buffer;
  readonly value: T;
  /** What followed it last, and what did before that. */
  next: SeenName<T> | undefined;
  other: SeenName<T> | undefined;
}

/** Names of ours and names met that are remembered; a text may hold any number. */
const MAX_REMEMBERED = 512;

/** Names, each with what it stands for; one table for each kind of object. */
export class NameTable<T> {
  readonly #byName: ReadonlyMap<string, T>;
  /** By the length of their bytes. */
  readonly #seen: SeenName<T>[][] = [];
  #remembered = 0;
  /** The name met last. */
  last: SeenName<T>;
  readonly nothing: T;

  /** `nothing` stands for every name that is not among the entries. */
  constructor(entries: Iterable<readonly [name: string, value: T]>, nothing: T) {
    this.#byName = new Map(entries);
    this.nothing = nothing;
    this.last = { bytes: Buffer.alloc(0), value: nothing, next: undefined, other: undefined };
  }

  find(name: string): T {
    return this.#byName.get(name) ?? this.nothing;
  }

  /** What is looked for under the name that stands in `text` between two quotes, `from` and `to`; it is plain ASCII. */
  findBytes(text: Buffer, from: number, to: number): T {
    const known = this.#seen[to - from];
    if (known !== undefined) {
      for (let index = 0; index < known.length; index++) {
        const seen = known[index];
        if (seen !== undefined && isSame(seen.bytes, text, from, to - from)) return this.#follow(seen);
      }
    }
    const value = this.find(text.toString("latin1", from + 1, to));
    if (this.#remembered === MAX_REMEMBERED) return value;
    this.#remembered += 1;
    while (this.#seen.length <= to - from) this.#seen.push([]);
    const bytes = Buffer.from(`${text.toString("latin1", from, to + 1)}:`, "latin1");
    const seen: SeenName<T> = { bytes, value, next: undefined, other: undefined };
    this.#seen[to - from]?.push(seen);
    return this.#follow(seen);
  }

  #follow(seen: SeenName<T>): T {
    const { last } = this;
    if (last.next !== seen) {
      last.other = last.next;
      last.next = seen;
    }
    this.last = seen;
    return seen.value;
  }
}

function isSame(bytes: Buffer, text: Buffer, from: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[index] !== text[from + index]) return false;
  return true;
}
