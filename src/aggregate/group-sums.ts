/** The groups of one grouping, summed row by row. Sums are exact; groups and codes come in the order of code points. */
import { compareCodePoints } from "../support/compare-code-points.ts";
import { compareKeys, placeOf } from "./group-in-memory.ts";
import type { CodeCounts, FactColumn, FactRow, Figure, FigureValue, Group } from "./table-engine.ts";

/** How much memory holds already, and may hold; several groupings share it. */
export interface Held {
  count: number;
  readonly most: number;
}

/** NaN as long as no unit had a value; a bigint once a number would not be exact. */
type Sum = number | bigint;

/** What is known of a group: a sum or a count of codes for each figure, in their order. */
interface Sums {
  readonly keys: FactRow;
  readonly sums: Sum[];
  readonly codes: readonly (Map<string, number> | undefined)[];
}

/** A figure by the places of its columns in a row: values that count once for each unit. */
interface Counted {
  readonly figure: number;
  readonly value: number;
  readonly unit: number;
}

/** Few conversations touch groups in more ways; longer runs are searched by a set. */
const SHORT_RUN = 32;

/** Sums rows into groups as long as there is room for groups; the rows of further ones are handed back. */
export class GroupSums {
  readonly #figures: readonly Figure[];
  readonly #keys: readonly number[];
  readonly #sums: readonly Counted[];
  readonly #codes: readonly Counted[];
  readonly #groups = new Map<string, Sums>();
  readonly #held: Held;

  constructor(columns: readonly FactColumn[], keys: readonly string[], figures: readonly Figure[], held: Held) {
    const counted = (kind: "sum" | "codes"): Counted[] =>
      figures.flatMap((figure, index) =>
        figure.kind === kind
          ? [{ figure: index, value: placeOf(columns, figure.column), unit: placeOf(columns, figure.unit) }]
          : [],
      );
    this.#figures = figures;
    this.#keys = keys.map((key) => placeOf(columns, key));
    this.#sums = counted("sum");
    this.#codes = counted("codes");
    this.#held = held;
    if (keys.length === 0) this.#admit("", []);
  }

  /** Takes a run of rows, outside of which no unit of theirs occurs; answers with those for which there was no room. */
  add(run: readonly FactRow[]): readonly FactRow[] {
    const groups = run.map((row) => this.#groupOf(row));
    const isNew = run.length > SHORT_RUN ? newBySet(run, groups) : newBySearch(run, groups);
    for (let index = 0; index < run.length; index++) {
      const [row, group] = [run[index], groups[index]];
      if (!row || !group) continue;
      for (const counted of this.#sums) {
        const value = row[counted.value];
        if (typeof value !== "number" || (row[counted.unit] ?? null) === null || !isNew(index, counted)) continue;
        group.sums[counted.figure] = plus(group.sums[counted.figure] ?? Number.NaN, value);
      }
      for (const counted of this.#codes) this.#countCode(row, group, counted, index, isNew);
    }
    return groups.includes(undefined) ? run.filter((_, index) => groups[index] === undefined) : [];
  }

  /** All groups, in order. */
  groups(): Group[] {
    return [...this.#groups.values()]
      .sort((left, right) => compareKeys(left.keys, right.keys))
      .map((group) => ({
        keys: group.keys,
        figures: this.#figures.map((figure, index) => figureOf(figure, index, group)),
      }));
  }

  #countCode(row: FactRow, { codes }: Sums, counted: Counted, index: number, isNew: IsNew): void {
    const code = row[counted.value] ?? null;
    const counts = codes[counted.figure];
    if (code === null || !counts) return;
    const text = String(code).toWellFormed();
    const before = counts.get(text);
    if (before === undefined) this.#held.count += 1;
    const adds = (row[counted.unit] ?? null) !== null && isNew(index, counted) ? 1 : 0;
    counts.set(text, (before ?? 0) + adds);
  }

  #groupOf(row: FactRow): Sums | undefined {
    let name = "";
    for (const place of this.#keys) name += nameOf(row[place] ?? null);
    return (
      this.#groups.get(name) ??
      this.#admit(
        name,
        this.#keys.map((place) => wellFormed(row[place] ?? null)),
      )
    );
  }

  #admit(name: string, keys: FactRow): Sums | undefined {
    if (keys.length > 0 && this.#held.count >= this.#held.most) return undefined;
    const group: Sums = {
      keys,
      sums: this.#figures.map(() => Number.NaN),
      codes: this.#figures.map(({ kind }) => (kind === "codes" ? new Map() : undefined)),
    };
    this.#groups.set(name, group);
    this.#held.count += 1;
    return group;
  }
}

/** Whether no row before this one of the run, in the same group, tells the same of the same unit. */
type IsNew = (index: number, counted: Counted) => boolean;

function newBySearch(run: readonly FactRow[], groups: readonly (Sums | undefined)[]): IsNew {
  return (index, { value, unit }) => {
    const row = run[index];
    for (let before = index - 1; before >= 0; before--) {
      const other = run[before];
      if (groups[before] === groups[index] && other?.[unit] === row?.[unit] && other?.[value] === row?.[value])
        return false;
    }
    return true;
  };
}

function newBySet(run: readonly FactRow[], groups: readonly (Sums | undefined)[]): IsNew {
  const serials = new Map([...new Set(groups)].map((group, serial) => [group, serial]));
  const seen = new Set<string>();
  return (index, { figure, value, unit }) => {
    const name = `${figure} ${serials.get(groups[index])} ${run[index]?.[unit]} ${run[index]?.[value]}`;
    return seen.size !== seen.add(name).size;
  };
}

/** Keeps apart what a separator would run together: null, "null", "", a colon. */
function nameOf(key: FactRow[number]): string {
  if (typeof key !== "string") return `${key};`;
  const text = key.toWellFormed();
  return `${text.length}:${text}`;
}

function wellFormed(value: FactRow[number]): FactRow[number] {
  return typeof value === "string" ? value.toWellFormed() : value;
}

function plus(sum: Sum, value: number): Sum {
  if (typeof sum === "bigint") return sum + BigInt(value);
  if (Number.isNaN(sum)) return value;
  return Number.isSafeInteger(sum + value) ? sum + value : BigInt(sum) + BigInt(value);
}

function figureOf(figure: Figure, index: number, { sums, codes }: Sums): FigureValue {
  if (figure.kind === "codes") return firstCodes(codes[index] ?? new Map(), figure.limit);
  const sum = sums[index] ?? Number.NaN;
  return typeof sum === "bigint" ? sum : Number.isNaN(sum) ? null : BigInt(sum);
}

function firstCodes(counts: ReadonlyMap<string, number>, limit: number): CodeCounts {
  const first = [...counts].sort(([left], [right]) => compareCodePoints(left, right)).slice(0, limit);
  return { units: new Map(first), cut: counts.size - first.length };
}
