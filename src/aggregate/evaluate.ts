/** Computes an expression. Null is what has no value: it spreads through arithmetic and is neither true nor false. */
import type { Expression, ExpressionValue, Operation } from "../domain/expression.ts";
import {
  compareExact,
  type Exact,
  exact,
  floorOf,
  negative,
  plus,
  product,
  ratioOf,
  restOf,
  roundedTo,
} from "../domain/exact.ts";

/** What a measure or field is worth. */
export type Lookup = (leaf: Extract<Expression, { kind: "measure" | "field" }>) => ExpressionValue;

/** The value of an expression that was checked: its types fit. */
export function evaluate(expression: Expression, lookUp: Lookup): ExpressionValue {
  switch (expression.kind) {
    case "number":
    case "text":
      return expression.value;
    case "measure":
    case "field":
      return lookUp(expression);
    case "case": {
      const taken = expression.branches.find(({ when }) => evaluate(when, lookUp) === true)?.result;
      const result = taken ?? expression.otherwise;
      return result === undefined ? null : evaluate(result, lookUp);
    }
    case "call":
      return call(
        expression.operation,
        expression.of.map((each) => evaluate(each, lookUp)),
      );
  }
}

function call(operation: Operation, values: readonly ExpressionValue[]): ExpressionValue {
  const [first = null, second = null] = values;
  switch (operation) {
    case "is_null":
      return first === null;
    case "coalesce":
      return values.find((value) => value !== null) ?? null;
    case "and":
      return values.includes(false) ? false : values.includes(null) ? null : true;
    case "or":
      return values.includes(true) ? true : values.includes(null) ? null : false;
    case "not":
      return first === null ? null : first !== true;
    case "nullif":
      return first !== null && second !== null && compare(first, second) === 0 ? null : first;
    case "in": {
      const others = values.slice(1);
      if (first === null) return null;
      if (others.some((value) => value !== null && compare(first, value) === 0)) return true;
      return others.includes(null) ? null : false;
    }
    case "between": {
      const [, lower = null, upper = null] = values;
      return call("and", [call(">=", [first, lower]), call("<=", [first, upper])]);
    }
    case "=":
    case "<>":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return first === null || second === null ? null : compared(operation, compare(first, second));
    default:
      return calculate(operation, values.filter(isExact), values.length);
  }
}

function compared(operation: "=" | "<>" | "<" | "<=" | ">" | ">=", order: number): boolean {
  return {
    "=": order === 0,
    "<>": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  }[operation];
}

/** Numbers by size, texts by code unit; the check has seen that both are of one type. */
function compare(left: ExpressionValue, right: ExpressionValue): number {
  if (isExact(left) && isExact(right)) return compareExact(left, right);
  if (typeof left !== "string" || typeof right !== "string" || left === right) return 0;
  return left < right ? -1 : 1;
}

type Calculation = Exclude<
  Operation,
  "is_null" | "coalesce" | "and" | "or" | "not" | "nullif" | "in" | "between" | "=" | "<>" | "<" | "<=" | ">" | ">="
>;

/** A number that is missing makes the result missing: a score over nothing is null, and not the least score. */
function calculate(operation: Calculation, numbers: readonly Exact[], given: number): Exact | null {
  const [first, second] = numbers;
  if (first === undefined || numbers.length < given) return null;
  switch (operation) {
    case "+":
      return second === undefined ? first : plus(first, second);
    case "-":
      return second === undefined ? negative(first) : plus(first, negative(second));
    case "*":
      return second === undefined ? null : product(first, second);
    case "/":
      return second === undefined ? null : ratioOf(first, second);
    case "%":
      return second === undefined ? null : restOf(first, second);
    case "greatest":
      return numbers.reduce((most, value) => (compareExact(value, most) > 0 ? value : most));
    case "least":
      return numbers.reduce((least, value) => (compareExact(value, least) < 0 ? value : least));
    case "abs":
      return first.numerator < 0n ? negative(first) : first;
    case "sign":
      return exact(first.numerator > 0n ? 1n : first.numerator < 0n ? -1n : 0n);
    case "floor":
      return exact(floorOf(first));
    case "ceil":
      return exact(-floorOf(negative(first)));
    case "round": {
      const decimals = second === undefined ? 0 : Number(second.numerator / second.denominator);
      return exact(roundedTo(first, decimals), 10n ** BigInt(decimals));
    }
  }
}

function isExact(value: ExpressionValue): value is Exact {
  return typeof value === "object" && value !== null;
}
