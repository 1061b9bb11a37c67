/**
 * What an expression is a number of. Seconds and counts are added to their like only; a bare number fits everything;
 * products and quotients of seconds have powers of them. A count beside seconds is a number of times, and drops out.
 */
import type { Expression, Operation } from "../domain/expression.ts";
import type { Field } from "../domain/field.ts";
import type { Measure, Unit } from "../domain/measure.ts";

/** A text, a truth, or a number: to which power of seconds and of counts; undefined where it is a bare number. */
export type Kind = "text" | "truth" | { readonly seconds: number; readonly counts: number } | "bare";

/** The kind, or what is wrong. */
export function kindOf(expression: Expression): Kind | { readonly wrong: string } {
  switch (expression.kind) {
    case "number":
      return "bare";
    case "text":
      return "text";
    case "measure":
      return kindOfUnit(expression.measure.unit);
    case "field":
      return kindOfField(expression.field);
    case "case": {
      const whens = expression.branches.map(({ when }) => kindOf(when));
      const thens = [...expression.branches.map(({ result }) => result), expression.otherwise].flatMap((each) =>
        each ? kindOf(each) : [],
      );
      return firstWrong([...whens, ...thens]) ?? allTruths(whens, "WHEN") ?? alike(thens, "the results of CASE");
    }
    case "call": {
      const kinds = expression.of.map(kindOf);
      return firstWrong(kinds) ?? kindOfCall(expression.operation, kinds.filter(isKind));
    }
  }
}

/** Whether a number of this kind is of the unit; a plain number is of every kind. */
export function fitsUnit(kind: Kind, unit: Unit): boolean {
  if (typeof kind === "string") return kind === "bare";
  if (unit === "number") return true;
  if (unit === "seconds") return kind.seconds === 1;
  return kind.seconds === 0 && kind.counts === (unit === "count" ? 1 : 0);
}

/** The kind in words. */
export function sayKind(kind: Kind): string {
  if (kind === "text" || kind === "truth") return kind === "text" ? "a text" : "true or false";
  if (kind === "bare" || (kind.seconds === 0 && kind.counts === 0)) return "a plain number";
  if (kind.seconds === 1) return "seconds";
  if (kind.seconds === 0 && kind.counts === 1) return "a count";
  return kind.seconds === 0 ? `counts to the power of ${kind.counts}` : `seconds to the power of ${kind.seconds}`;
}

function kindOfUnit(unit: Measure["unit"]): Kind | { readonly wrong: string } {
  switch (unit) {
    case "seconds":
      return { seconds: 1, counts: 0 };
    case "count":
      return { seconds: 0, counts: 1 };
    case "codes":
      return { wrong: "Cannot calculate with codes." };
    case "ratio":
    case "score":
    case "number":
      return { seconds: 0, counts: 0 };
  }
}

function kindOfField({ type, metric = "" }: Field): Kind {
  if (type === "number") return { seconds: 1, counts: 0 };
  if (type === "score") return { seconds: 0, counts: metric.startsWith("n") ? 1 : 0 };
  return "text";
}

function kindOfCall(operation: Operation, kinds: readonly Kind[]): Kind | { readonly wrong: string } {
  switch (operation) {
    case "and":
    case "or":
    case "not":
      return allTruths(kinds, operation.toUpperCase()) ?? "truth";
    case "is_null":
      return "truth";
    case "=":
    case "<>":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "in":
    case "between": {
      const common = alike(kinds, "the sides of a comparison");
      return isKind(common) ? (common === "truth" ? { wrong: "Cannot compare truths." } : "truth") : common;
    }
    case "coalesce":
    case "nullif":
      return alike(kinds, `the values of "${operation}"`);
    case "*":
    case "/":
      return numbersOnly(kinds, operation) ?? multiplied(operation, kinds);
    case "sign":
      return numbersOnly(kinds, operation) ?? "bare";
    default:
      return numbersOnly(kinds, operation) ?? alike(kinds, `the values of "${operation}"`);
  }
}

function multiplied(operation: "*" | "/", kinds: readonly Kind[]): Kind {
  if (kinds.every((kind) => kind === "bare")) return "bare";
  const [left = NONE, right = NONE] = kinds.map((kind) => (typeof kind === "string" ? NONE : kind));
  const sign = operation === "*" ? 1 : -1;
  const seconds = left.seconds + sign * right.seconds;
  return { seconds, counts: seconds === 0 ? left.counts + sign * right.counts : 0 };
}

const NONE = { seconds: 0, counts: 0 };

/** The kind that all are of, bare numbers aside. */
function alike(kinds: readonly (Kind | { readonly wrong: string })[], what: string): Kind | { readonly wrong: string } {
  const [first = "bare", ...others] = kinds.filter(isKind).filter((kind) => kind !== "bare");
  const other = others.find((kind) => JSON.stringify(kind) !== JSON.stringify(first));
  const bareBesideText = typeof first === "string" && first !== "bare" && kinds.includes("bare");
  if (other === undefined && !bareBesideText) return first;
  return { wrong: `Cannot mix ${sayKind(first)} and ${sayKind(other ?? "bare")}: ${what} must be of one unit.` };
}

function allTruths(
  kinds: readonly (Kind | { readonly wrong: string })[],
  what: string,
): { readonly wrong: string } | undefined {
  const odd = kinds.filter(isKind).find((kind) => kind !== "truth");
  return odd === undefined ? undefined : { wrong: `${what} needs a comparison, not ${sayKind(odd)}.` };
}

function numbersOnly(kinds: readonly Kind[], operation: Operation): { readonly wrong: string } | undefined {
  const odd = kinds.find((kind) => kind === "text" || kind === "truth");
  return odd === undefined ? undefined : { wrong: `"${operation}" takes numbers, not ${sayKind(odd)}.` };
}

function firstWrong(kinds: readonly (Kind | { readonly wrong: string })[]): { readonly wrong: string } | undefined {
  return kinds.find((kind) => !isKind(kind)) as { readonly wrong: string } | undefined;
}

function isKind(kind: Kind | { readonly wrong: string }): kind is Kind {
  return typeof kind === "string" || !("wrong" in kind);
}
