/** Says whether the rows of a measure may be added. */
import { DEPTH, type Field } from "./field.ts";
import type { Expression } from "./expression.ts";
import type { Fact } from "./fact.ts";
import type { Measure } from "./measure.ts";
import type { ReportColumn } from "./report-table.ts";

/**
 * A sum is exact when every key lives at or above the home of what is summed and has one value there. Otherwise
 * a unit counts once in each group that it touched, and the rows overlap.
 */
export function additivityOf({ formula }: Measure, groupBy: readonly Field[]): NonNullable<ReportColumn["adds"]> {
  if (formula.kind === "own") return additivityOfExpression(formula.expression, groupBy);
  if (formula.kind === "agents") return groupBy.every(isOfAgents) ? "additive" : "overlapping";
  if (formula.kind === "distribution")
    return formula.ranges.every(({ of }) => of.every((fact) => addsUp(fact, groupBy))) ? "additive" : "overlapping";
  if (formula.kind !== "quotient" || formula.denominator) return "ratio";
  return formula.numerator.every(({ fact }) => addsUp(fact, groupBy)) ? "additive" : "overlapping";
}

/** Whether each unit of a fact stands in one group, so that the groups add up to the total. */
export function addsUp({ home }: Fact, groupBy: readonly Field[]): boolean {
  return groupBy.every((field) => !field.multiple && DEPTH[field.home] <= DEPTH[home]);
}

/** An agent has one name and one id, and several of everything else. */
function isOfAgents({ column }: Field): boolean {
  return column === "userId";
}

/** Sums and differences of what is added may be added, and so may its products with a number. */
function additivityOfExpression(expression: Expression, groupBy: readonly Field[]): NonNullable<ReportColumn["adds"]> {
  if (expression.kind === "measure") return additivityOf(expression.measure, groupBy);
  if (expression.kind !== "call") return "ratio";
  const { operation, of } = expression;
  const factors =
    operation === "*" ? of.filter(({ kind }) => kind !== "number") : operation === "/" ? of.slice(0, 1) : of;
  const isLinear =
    operation === "+" ||
    operation === "-" ||
    (operation === "*" && factors.length === 1) ||
    (operation === "/" && of[1]?.kind === "number");
  if (!isLinear) return "ratio";
  const parts = factors.map((part) => additivityOfExpression(part, groupBy));
  if (parts.includes("ratio")) return "ratio";
  return parts.includes("overlapping") ? "overlapping" : "additive";
}
