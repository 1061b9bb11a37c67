/** Says a filter in words, for people who read a report and do not write one. */
import type { Filter, Predicate } from "../domain/report-definition.ts";

/** `conversation.media.type is voice and routing.queue.name is one of A, B`; empty for the filter that keeps all. */
export function describeFilter(filter: Filter): string {
  if (filter.kind === "predicate") return `${filter.field.path} ${describeCondition(filter)}`;
  const words = filter.filters.map((inner) =>
    inner.kind === "predicate" || inner.filters.length < 2 ? describeFilter(inner) : `(${describeFilter(inner)})`,
  );
  return words.filter((word) => word !== "").join(` ${filter.kind} `);
}

function describeCondition({ field, condition, negated }: Predicate): string {
  const unit = field.type === "score" ? "" : " s";
  const not = negated ? "not " : "";
  if (condition.kind === "exists") return negated ? "is absent" : "is present";
  if (field.mask !== undefined) return describeMasked(condition, not);
  if (condition.kind === "is_one_of")
    return condition.values.length === 1
      ? `is ${not}${condition.values[0]}`
      : `is ${not}one of ${listed(condition.values)}`;
  if (condition.kind === "part")
    return `${condition.operator === "contains" ? "contains" : "starts with"} ${condition.text}`;
  const { gt, gte, lt, lte } = condition;
  if (gte !== undefined && gte === lte) return `is ${not}${gte}${unit}`;
  const bounds = [
    ...(gt === undefined ? [] : [`above ${gt}${unit}`]),
    ...(gte === undefined ? [] : [`at least ${gte}${unit}`]),
    ...(lt === undefined ? [] : [`below ${lt}${unit}`]),
    ...(lte === undefined ? [] : [`at most ${lte}${unit}`]),
  ];
  return `is ${not}${bounds.join(" and ")}`;
}

/** What a report masks does not stand in its filter's description either. */
function describeMasked(condition: Predicate["condition"], not: string): string {
  if (condition.kind === "part")
    return `${condition.operator === "contains" ? "contains" : "starts with"} a masked text`;
  const count = condition.kind === "is_one_of" ? condition.values.length : 1;
  return `is ${not}${count === 1 ? "a masked value" : `one of ${count} masked values`}`;
}

/** A list that nobody would read to its end is cut. */
const LISTED = { most: 20, shown: 5 } as const;

function listed(values: readonly string[]): string {
  if (values.length <= LISTED.most) return values.join(", ");
  const shown = values.slice(0, LISTED.shown).join(", ");
  return `${shown} and ${(values.length - LISTED.shown).toLocaleString("en-US")} more`;
}
