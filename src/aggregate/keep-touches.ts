/**
 * Evaluates a report's filter on the touches of one conversation. A filter selects figures: the touches that
 * meet it stay, the others leave. Under `conversation` scope it selects whole conversations, and each of its
 * conditions may be met by another touch.
 */
import type { Condition, Filter, Predicate, ReportDefinition } from "../domain/report-definition.ts";
import { textMatches } from "../support/text-match.ts";
import { type Touch, valueOn } from "./touch-rows.ts";

/** The touches that the filter keeps. */
export function keepTouches(
  touches: readonly Touch[],
  filter: Filter,
  scope: ReportDefinition["filterScope"],
): readonly Touch[] {
  if (scope === "figures") return touches.filter((touch) => holds(filter, touch));
  const conditions = filter.kind === "and" ? filter.filters : [filter];
  return conditions.every((condition) => touches.some((touch) => holds(condition, touch))) ? touches : [];
}

function holds(filter: Filter, touch: Touch): boolean {
  switch (filter.kind) {
    case "and":
      return filter.filters.every((inner) => holds(inner, touch));
    case "or":
      return filter.filters.some((inner) => holds(inner, touch));
    case "predicate":
      return meets(filter, touch) !== filter.negated;
  }
}

function meets({ field, condition }: Predicate, touch: Touch): boolean {
  const value = valueOn(field, touch);
  return value !== undefined && satisfies(condition, value, field.type === "score" ? 1 : 1000);
}

/** An absent value satisfies no condition, so it satisfies every negated one. Bounds are in `unit`s of the value. */
function satisfies(condition: Condition, value: string | number, unit: number): boolean {
  switch (condition.kind) {
    case "exists":
      return true;
    case "is_one_of":
      return condition.values.includes(String(value));
    case "part":
      return textMatches(String(value), condition.operator, condition.text);
    case "range": {
      const number = Number(value) / unit;
      const { gt, gte, lt, lte } = condition;
      return (
        (gt === undefined || number > gt) &&
        (gte === undefined || number >= gte) &&
        (lt === undefined || number < lt) &&
        (lte === undefined || number <= lte)
      );
    }
  }
}
