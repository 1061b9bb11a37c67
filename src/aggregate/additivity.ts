/** Says whether the rows of a measure may be added. */
import { DEPTH, type Field } from "../domain/field.ts";
import type { Measure } from "../domain/measure.ts";
import type { ReportColumn } from "../domain/report-table.ts";

/**
 * A sum is exact when every key lives at or above the home of what is summed and has one value there. Otherwise
 * a unit counts once in each group that it touched, and the rows overlap.
 */
export function additivityOf({ formula }: Measure, groupBy: readonly Field[]): NonNullable<ReportColumn["adds"]> {
  if (formula.kind !== "quotient" || formula.denominator) return "ratio";
  const depth = Math.min(...formula.numerator.map(({ fact }) => DEPTH[fact.home]));
  return groupBy.every((field) => !field.multiple && DEPTH[field.home] <= depth) ? "additive" : "overlapping";
}
