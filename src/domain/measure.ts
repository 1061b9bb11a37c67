/**
 * What a report can compute. A measure is data: a formula over facts, which are whole numbers. Their quotient is
 * rounded once, exactly, when it is written.
 */
import { type Expression, measuresIn } from "./expression.ts";
import type { Fact } from "./fact.ts";
import type { Home } from "./field.ts";

/** `times` × the sum of a fact over the group. */
export interface Term {
  readonly times: number;
  readonly fact: Fact;
}

/**
 * Σ numerator ÷ Σ denominator (1 when absent); an empty denominator gives null, never 0. `floor` is the least value it
 * can take.
 */
export interface Quotient {
  readonly kind: "quotient";
  readonly numerator: readonly Term[];
  readonly denominator?: readonly Term[];
  readonly floor?: number;
}

/**
 * The value that `percent` of the units do not exceed, between two of them by continuous linear interpolation; 100 is
 * the largest. The units of all its facts stand in one line.
 */
export interface Percentile {
  readonly kind: "percentile";
  readonly percent: number;
  readonly of: readonly Fact[];
}

/** How many units fall into each of some ranges; every range is shown, also with 0. */
export interface Distribution {
  readonly kind: "distribution";
  readonly ranges: readonly { readonly label: string; readonly of: readonly Fact[] }[];
}

/**
 * `codes`: the wrap-up codes of the group, distinct and sorted, or with counts. `agents`: how many distinct ones. `own`:
 * an author's expression over other measures.
 */
export type Formula =
  | Quotient
  | Percentile
  | Distribution
  | { readonly kind: "codes"; readonly counted: boolean }
  | { readonly kind: "agents" }
  | { readonly kind: "own"; readonly expression: Expression };

/** The unit decides how many decimals are written: seconds, scores and numbers 2, ratios 4, counts none. */
export type Unit = "count" | "seconds" | "ratio" | "score" | "number" | "codes";

/** A column that we compute. */
export interface Measure {
  readonly name: string;
  readonly unit: Unit;
  readonly home: Home;
  readonly formula: Formula;
  /** Decimals written, when the report asks for others than its unit's. */
  readonly round?: number;
  /** One line for `callsheet fields`. */
  readonly meaning: string;
  /** On which media types it says something, or says something else, where that is not all. */
  readonly media?: string;
}

/** The decimals that a measure is written with. */
export function decimalsOf(measure: Measure): number {
  if (measure.round !== undefined) return measure.round;
  return { count: 0, seconds: 2, score: 2, number: 2, ratio: 4, codes: 0 }[measure.unit];
}

/** Whether its values are numbers, and not lists of codes or counts by range. */
export function isNumber({ formula }: Measure): boolean {
  return formula.kind !== "codes" && formula.kind !== "distribution";
}

/** Every fact that a measure needs, each once. */
export function factsOf(measures: readonly Measure[]): Fact[] {
  const facts = measures.flatMap(({ formula }) => factsIn(formula));
  return [...new Map(facts.map((fact) => [fact.name, fact])).values()];
}

function factsIn(formula: Formula): readonly Fact[] {
  switch (formula.kind) {
    case "quotient":
      return [...formula.numerator, ...(formula.denominator ?? [])].map(({ fact }) => fact);
    case "percentile":
      return formula.of;
    case "distribution":
      return formula.ranges.flatMap(({ of }) => of);
    case "own":
      return factsOf(measuresIn(formula.expression));
    case "codes":
    case "agents":
      return [];
  }
}
