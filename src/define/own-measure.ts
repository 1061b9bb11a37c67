/** A measure of an author's own, from an expression: names looked up, aggregates turned into facts, units checked. */
import type { Expression } from "../domain/expression.ts";
import { fieldsOfExpression } from "../domain/expression.ts";
import type { Fact } from "../domain/fact.ts";
import { DEPTH, type Field, type Home } from "../domain/field.ts";
import type { Formula, Measure, Unit } from "../domain/measure.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { whyNotParsed } from "./admit-expression.ts";
import { type Aggregate, checkExpression } from "./check-expression.ts";
import { DECLARED_MEASURES } from "./declared-measures.ts";
import type { ParsedSql } from "./expression-parser.ts";
import { fitsUnit, type Kind, kindOf, sayKind } from "./expression-units.ts";
import { findField, unknownPath } from "./find-field.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { quotient, sum } from "./measure-facts.ts";
import { RefusedExpression } from "./refused-expression.ts";

/** What is wrong, and at which character of the expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
}

/** An entry of `measures` that has an expression. */
export interface OwnSource {
  readonly name: string;
  readonly expression: string;
  readonly unit: Exclude<Unit, "codes">;
}

/** The values of own facts are whole millionths. */
const MILLIONTHS = 1_000_000;

/** Makes the measure; `above` are the measures that stand before it in the report. */
export function ownMeasure(
  { name, expression: text, unit }: OwnSource,
  parsed: ParsedSql | undefined,
  above: readonly Measure[],
): Measure | ExpressionProblem {
  const refusal = whyNotParsed(text);
  if (refusal !== undefined || parsed === undefined)
    return { message: refusal ?? "Cannot use more than 100 expressions in a report.", offset: 0 };
  let facts = 0;
  try {
    const expression = checkExpression(parsed, {
      measureOf: (word) => measureNamed(word, above),
      fieldOf: fieldNamed,
      aggregateOf: (aggregate, of, where) => {
        facts += 1;
        return aggregateMeasure(`${name}.${facts}`, aggregate, of, where);
      },
    });
    const kind = kindOf(expression);
    if (typeof kind === "object" && "wrong" in kind) return { message: kind.wrong, offset: 0 };
    if (!fitsUnit(kind, unit))
      return { message: `Cannot write ${sayKind(kind)} as "unit: ${unit}".${unitAdvice(kind)}`, offset: 0 };
    return { name, unit, home: "conversation", formula: { kind: "own", expression }, meaning: text };
  } catch (error) {
    if (!(error instanceof RefusedExpression)) throw error;
    return { message: error.message, offset: characterAt(text, error.at) };
  }
}

function unitAdvice(kind: Kind): string {
  if (typeof kind === "string") return " Make it a number.";
  const fitting = (["seconds", "count", "ratio"] as const).find((unit) => fitsUnit(kind, unit));
  const words = fitting === "ratio" ? "ratio, score or number" : fitting;
  return ` Write "unit: ${words ?? "number"}".`;
}

function measureNamed(word: string, above: readonly Measure[]): Expression | string {
  const measure =
    above.find(({ name }) => name === word) ?? (DECLARED_MEASURES.has(word) ? undefined : MEASURES.get(word));
  if (measure) {
    const isNumber = !["codes", "distribution"].includes(measure.formula.kind);
    return isNumber ? { kind: "measure", measure } : `Cannot calculate with "${word}": it is no number.`;
  }
  const declared = DECLARED_MEASURES.get(word);
  if (declared) return `"${word}" must stand above this measure, with what it declares: ${declared.example}.`;
  if (findField(word)) return `"${word}" is a field: write it inside an aggregate, such as sum(${word}).`;
  const names = [...above.map(({ name }) => name), ...MEASURES.keys(), ...DECLARED_MEASURES.keys()];
  return `Unknown measure "${word}".${suggestion(word, names)}`;
}

function fieldNamed(path: string): Expression | string {
  const field = findField(path);
  if (field === undefined)
    return MEASURES.has(path)
      ? `"${path}" is a measure: an aggregate takes fields.`
      : unknownPath(path, (known) => whyNoField(known) === undefined);
  return whyNoField(field) ?? { kind: "field", field };
}

function whyNoField({ path, type, home, multiple, bucket }: Field): string | undefined {
  if (multiple) return `Cannot use "${path}" in an expression: there can be several.`;
  if (home === "segment" || type === "instant" || bucket) return `Cannot use "${path}" in an expression.`;
  return undefined;
}

function aggregateMeasure(
  name: string,
  aggregate: Aggregate,
  of: Expression,
  where: Expression | undefined,
): Expression | string {
  const kind = kindOf(of);
  if (typeof kind === "object" && "wrong" in kind) return kind.wrong;
  if (where && kindOf(where) !== "truth") return "FILTER needs a comparison.";
  const unit = aggregate === "count" || (aggregate === "sum" && kind === "bare") ? "count" : unitOfKind(kind);
  if (unit === undefined) return `Cannot use "${aggregate}" of ${sayKind(kind)}.`;
  const fields = [of, ...(where ? [where] : [])].flatMap(fieldsOfExpression);
  const [first] = fields;
  if (first === undefined) return `"${aggregate}" needs a field, such as ${aggregate}(agent.hold.seconds).`;
  const home = fields.reduce<Home>(
    (deepest, field) => (DEPTH[field.home] > DEPTH[deepest] ? field.home : deepest),
    first.home,
  );
  const expression: Expression = where ? { kind: "case", branches: [{ when: where, result: of }] } : of;
  const fact = (take: "sum" | "count"): Fact => ({
    name: `${name}.${take}`,
    home,
    reads: { kind: "own", expression, take },
    scale: take === "sum" ? MILLIONTHS : 1,
    says: "units that have it",
  });
  return { kind: "measure", measure: { name, unit, home, formula: aggregateFormula(aggregate, fact), meaning: "" } };
}

function unitOfKind(kind: Kind): Unit | undefined {
  if (kind === "text" || kind === "truth") return undefined;
  if (kind === "bare") return "number";
  return (["seconds", "count", "number"] as const).find(
    (unit) => fitsUnit(kind, unit) && (unit !== "number" || kind.seconds === 0),
  );
}

function aggregateFormula(aggregate: Aggregate, fact: (take: "sum" | "count") => Fact): Formula {
  switch (aggregate) {
    case "sum":
      return sum(fact("sum"));
    case "count":
      return sum(fact("count"));
    case "avg":
      return quotient(fact("sum"), fact("count"));
    case "min":
      return { kind: "percentile", percent: 0, of: [fact("sum")] };
    case "max":
      return { kind: "percentile", percent: 100, of: [fact("sum")] };
  }
}

/** The parser counts bytes. */
function characterAt(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}
