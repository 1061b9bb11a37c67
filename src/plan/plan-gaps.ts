/**
 * Plans the fetch of what the local store does not hold: each gap as if it were a window of its own, so that a few days
 * that are missing in a month are not fetched as a month.
 */
import type { Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { Filter, ReportDefinition } from "../domain/report-definition.ts";
import { buildPlan } from "./build-plan.ts";
import { needsAvailability } from "./choose-source.ts";

/** Whether the plan of a gap depends on how far the vendor's data are complete. */
export function gapsNeedAvailability({ source }: ReportDefinition, gaps: readonly Interval[]): boolean {
  return gaps.some((gap) => needsAvailability(source, gap));
}

/** The plan for the gaps of a window; `whole` is that of the window, without slices of its own choice. */
export function planGaps(
  whole: QueryPlan,
  definition: ReportDefinition,
  gaps: readonly Interval[],
  availableUntil: number | undefined,
  emits = false,
): QueryPlan {
  const filter: Filter = whole.filter;
  const plans = gaps.map((gap) => buildPlan(definition, filter, gap, availableUntil, emits));
  const [first] = plans;
  if (first && first.interval.startAt === whole.interval.startAt && first.interval.endAt === whole.interval.endAt)
    return first;
  return Object.freeze({
    ...whole,
    source: [...new Set(["local store", ...plans.flatMap(({ source }) => source.split(" and "))])].join(" and "),
    sourceReason:
      first === undefined
        ? "the store holds every day of the window, settled"
        : `the store holds the other days, settled; ${first.sourceReason}`,
    slices: plans.flatMap(({ slices }) => slices),
  });
}
