/**
 * A measure of an author's own: an expression that was checked node by node. It is computed here, in exact numbers; no
 * text of an author reaches the engine that sums.
 */
import type { Exact } from "./exact.ts";
import type { Field } from "./field.ts";
import type { Measure } from "./measure.ts";

/** What takes values and gives one. Comparisons and `and`, `or`, `not` know null as SQL does. */
export type Operation =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "and"
  | "or"
  | "not"
  | "is_null"
  | "in"
  | "between"
  | "coalesce"
  | "nullif"
  | "greatest"
  | "least"
  | "abs"
  | "sign"
  | "floor"
  | "ceil"
  | "round";

/** A node. `measure` stands in reports' expressions, `field` inside an aggregate: it is read on each unit. */
export type Expression =
  | { readonly kind: "number"; readonly value: Exact }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "measure"; readonly measure: Measure }
  | { readonly kind: "field"; readonly field: Field }
  | { readonly kind: "call"; readonly operation: Operation; readonly of: readonly Expression[] }
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
    };

/** What a node is worth. */
export type ExpressionValue = Exact | string | boolean | null;

/** The nodes below one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "call":
      return expression.of;
    case "case":
      return [
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ];
    default:
      return [];
  }
}

/** The measures that it reads. */
export function measuresIn(expression: Expression): Measure[] {
  return expression.kind === "measure" ? [expression.measure] : childrenOf(expression).flatMap(measuresIn);
}

/** The fields that it reads. */
export function fieldsOfExpression(expression: Expression): Field[] {
  return expression.kind === "field" ? [expression.field] : childrenOf(expression).flatMap(fieldsOfExpression);
}
