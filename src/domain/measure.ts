/**
 * What a report can compute. A measure is data: a quotient of whole-number sums of facts. Sums of integers do
 * not depend on their order, and the quotient is rounded once, exactly, when it is written.
 */
import type { Home } from "./field.ts";

/**
 * A whole number that each conversation, visit or leg carries. `metric` names the vendor's number it comes
 * from; `take` says whether its values are added (milliseconds) or its events counted.
 */
export interface Fact {
  readonly name: string;
  readonly home: Home;
  readonly metric?: string;
  readonly take?: "sum" | "count";
}

/** `times` × the sum of a fact over the group. */
export interface Term {
  readonly times: number;
  readonly fact: Fact;
}

/**
 * `quotient`: Σ numerator ÷ Σ denominator (1 when absent); an empty denominator gives null, never 0. `floor`
 * is the least value it can take. `codes`: the wrap-up codes of the group, distinct and sorted, or with counts.
 */
export type Formula =
  | {
      readonly kind: "quotient";
      readonly numerator: readonly Term[];
      readonly denominator?: readonly Term[];
      readonly floor?: number;
    }
  | { readonly kind: "codes"; readonly counted: boolean };

/** The unit decides how many decimals are written: seconds and scores 2, ratios 4, counts none. */
export type Unit = "count" | "seconds" | "ratio" | "score" | "codes";

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
}

/** The decimals that a measure is written with. */
export function decimalsOf(measure: Measure): number {
  if (measure.round !== undefined) return measure.round;
  return { count: 0, seconds: 2, score: 2, ratio: 4, codes: 0 }[measure.unit];
}

/** Every fact that a measure needs, each once. */
export function factsOf(measures: readonly Measure[]): Fact[] {
  const facts = new Map<string, Fact>();
  for (const { formula } of measures) {
    if (formula.kind !== "quotient") continue;
    for (const { fact } of [...formula.numerator, ...(formula.denominator ?? [])]) facts.set(fact.name, fact);
  }
  return [...facts.values()];
}
