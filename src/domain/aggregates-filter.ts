/**
 * Says a report's filter in the one filter that an aggregates query has. The service looks at each figure on its own
 * and knows two levels: the filter is said all of it or not at all, never more loosely.
 */
import type { AggregatesFilter, AggregatesPredicate } from "./aggregates-query.ts";
import type { RawColumn } from "./field.ts";
import { conjunctsOf, type Filter, type Predicate, type ReportDefinition } from "./report-definition.ts";

/** Our columns that are dimensions of the service's groups, with the same meaning. */
export const DIMENSIONS: Readonly<Partial<Record<RawColumn, string>>> = {
  mediaType: "mediaType",
  queueId: "queueId",
  userId: "userId",
  wrapUpCode: "wrapUpCode",
  direction: "originatingDirection",
  divisionId: "divisionId",
};

/** A condition that the service cannot evaluate: why, and the path that it is on where it is on one. */
export interface Unsayable {
  readonly refusal: string;
  readonly path?: string;
}

/** The filter in the service's words; `nothing` when a condition has no value that could meet it. */
export type SaidFilter =
  | { readonly kind: "said"; readonly filter?: AggregatesFilter }
  | { readonly kind: "nothing" }
  | { readonly kind: "unsayable"; readonly reasons: readonly Unsayable[] };

/** Translates the whole filter. A name counts as sayable: it becomes ids before anything is sent. */
export function sayFilter(filter: Filter, scope: ReportDefinition["filterScope"]): SaidFilter {
  const conjuncts = conjunctsOf(filter);
  if (conjuncts.length === 0) return { kind: "said" };
  if (scope === "conversation") {
    const refusal = "filterScope: conversation keeps whole conversations, and aggregates filter single figures";
    return { kind: "unsayable", reasons: [{ refusal }] };
  }
  const said = conjuncts.map(alternativesOf);
  const reasons = said.flatMap((each) => ("refusal" in each ? [each] : []));
  if (reasons.length > 0) return { kind: "unsayable", reasons };
  const alternatives = said.flatMap((each) => ("refusal" in each ? [] : [each]));
  if (alternatives.some(({ length }) => length === 0)) return { kind: "nothing" };
  const predicates = alternatives.flatMap((clause) => (clause.length === 1 ? clause : []));
  const ors = alternatives
    .filter(({ length }) => length > 1)
    .map((each) => ({ type: "or" as const, predicates: each }));
  return {
    kind: "said",
    filter: {
      type: "and",
      ...(ors.length > 0 ? { clauses: ors } : {}),
      ...(predicates.length > 0 ? { predicates } : {}),
    },
  };
}

function alternativesOf(filter: Filter): readonly AggregatesPredicate[] | Unsayable {
  if (filter.kind === "predicate") return predicatesOf(filter);
  if (filter.kind === "and") return { refusal: "its filter is nested deeper than the aggregates grammar" };
  const all: AggregatesPredicate[] = [];
  for (const inner of filter.filters) {
    const predicates = alternativesOf(inner);
    if ("refusal" in predicates) return predicates;
    all.push(...predicates);
  }
  return all;
}

function predicatesOf({ field, condition, negated }: Predicate): readonly AggregatesPredicate[] | Unsayable {
  const { column, path } = field;
  const dimension = DIMENSIONS[column];
  if (dimension === undefined) return { path, refusal: `aggregates cannot filter on ${path}` };
  if (condition.kind === "exists" && column !== "mediaType")
    return [{ type: "dimension", dimension, operator: negated ? "notExists" : "exists" }];
  const isNamePart = condition.kind === "part" && field.nameOf !== undefined;
  if ((condition.kind !== "is_one_of" && !isNamePart) || negated)
    return { path, refusal: `aggregates have no operator for the condition on ${path}` };
  const values = condition.kind === "is_one_of" ? condition.values : [condition.text];
  if (column === "mediaType" && values.includes("unknown"))
    return { path, refusal: `aggregates cannot find sessions without a media type, which are our "unknown"` };
  return values.map((value) => ({ type: "dimension", dimension, operator: "matches", value }));
}
