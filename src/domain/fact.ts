/**
 * The whole numbers that measures are made of. Each conversation, visit or leg carries its own; the engine adds them
 * up by group, and sums of whole numbers do not depend on their order.
 */
import { type Expression, fieldsOfExpression } from "./expression.ts";
import type { Field, Home } from "./field.ts";
import type { Member } from "./member.ts";

/** One whole number for each unit of its home; facts of one name are the same fact. */
export interface Fact {
  readonly name: string;
  readonly home: Home;
  readonly reads: Reading;
  /** The number is so many times the figure: 1000 where it counts milliseconds and the figure seconds. */
  readonly scale: number;
  /** In words, as a denominator: "handled legs". */
  readonly says: string;
}

/** Where the number comes from. */
export type Reading = MetricReading | ConversationReading | AssessmentReading | OwnReading;

/**
 * Values of the vendor's metric, added (`sum`) or counted by their events; a unit that never emitted it has no number.
 * At home in the conversation it is added wherever it sits.
 */
export interface MetricReading {
  readonly kind: "metric";
  readonly metric: string;
  readonly take: "sum" | "count";
  /** Only visits to the conversation's first queue, or only later ones, and the legs that they led to. */
  readonly queue?: "first" | "later";
  /** Only units whose values together, in milliseconds, are more than this … */
  readonly above?: number;
  /** … and at most this. */
  readonly upTo?: number | ByField;
  /** The number is multiplied by this, in thousandths. */
  readonly weights?: ByField;
}

/** A whole number that depends on the value that a field has on the unit. */
export interface ByField {
  readonly field: Field;
  readonly values: ReadonlyMap<string, number>;
  readonly otherwise: number;
}

/**
 * Of the conversation as such. `handled`: some leg has a handle time; `in_menu`: it passed a menu; `contained`: it
 * ended there, having reached neither a queue nor an agent.
 */
export interface ConversationReading {
  readonly kind: "conversation";
  readonly what: "any" | "ended" | "open" | "duration" | "handled" | "in_menu" | "contained";
}

/**
 * Numbers that surveys or evaluations state, in thousandths, added or counted. Only finished ones; `atLeast` and
 * `atMost` keep scores within bounds; `steps` give a score the first value whose bound it reaches, all in thousandths.
 */
export interface AssessmentReading {
  readonly kind: "assessment";
  readonly score: Member;
  readonly status?: Member;
  readonly take: "sum" | "count";
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly steps?: readonly { readonly atLeast: number; readonly score: number }[];
}

/** The value of an author's expression over the fields of a unit, added in millionths, or counted where it has one. */
export interface OwnReading {
  readonly kind: "own";
  readonly expression: Expression;
  readonly take: "sum" | "count";
}

/** The status in which a survey or an evaluation counts. */
export const FINISHED = "Finished";

/** The metrics that a fact reads, whatever of them. */
export function metricsOf({ reads }: Fact): string[] {
  switch (reads.kind) {
    case "metric":
      return [reads.metric];
    case "own":
      return fieldsOfExpression(reads.expression).flatMap(({ metric }) => metric ?? []);
    case "conversation":
      if (reads.what === "handled") return ["tHandle"];
      return reads.what === "in_menu" || reads.what === "contained" ? ["tIvr"] : [];
    case "assessment":
      return [];
  }
}

/** The metric whose values on its home are the fact, no more and no less. */
export function plainMetric({ home, reads }: Fact): { metric: string; take: "sum" | "count" } | undefined {
  if (reads.kind !== "metric" || home === "conversation") return undefined;
  const { metric, take, queue, above, upTo, weights } = reads;
  return [queue, above, upTo, weights].every((part) => part === undefined) ? { metric, take } : undefined;
}

/** Every field whose value a fact depends on. */
export function fieldsOfFact({ reads }: Fact): Field[] {
  if (reads.kind === "own") return fieldsOfExpression(reads.expression);
  if (reads.kind !== "metric") return [];
  return [reads.upTo, reads.weights].flatMap((each) => (typeof each === "object" ? [each.field] : []));
}

/** Every member of the tree that a fact reads. */
export function membersOfFact(fact: Fact): Member[] {
  const { reads } = fact;
  if (reads.kind === "assessment") return [reads.score, ...(reads.status ? [reads.status] : [])];
  return fieldsOfFact(fact).flatMap(({ member }) => member ?? []);
}
