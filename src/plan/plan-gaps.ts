/**
 * Plans the fetch of what the local store does not hold: each gap as if it were a window of its own, so that a few days
 * that are missing in a month are not fetched as a month.
 */
import type { Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { buildPlan } from "./build-plan.ts";
import { needsAvailability } from "./choose-source.ts";

const STORE = "local store";

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
  const plans = gaps.map((gap) => buildPlan(definition, whole.filter, gap, availableUntil, emits));
  const [first] = plans;
  if (first && first.interval.startAt === whole.interval.startAt && first.interval.endAt === whole.interval.endAt)
    return first;
  const { shortfall: _ofTheWholeWindow, ...rest } = whole;
  // Data end at one instant for all gaps: it is the last of them that says what is missing behind it.
  const shortfall = plans.findLast((plan) => plan.shortfall)?.shortfall;
  return Object.freeze({
    ...rest,
    source: joined([STORE, ...plans.map(({ source }) => source)]),
    sourceReason:
      first === undefined
        ? "the store holds every day of the window, settled"
        : `the store holds the other days, settled; ${first.sourceReason}`,
    ...(shortfall && { shortfall }),
    slices: plans.flatMap(({ slices }) => slices),
  });
}

/** The plan, and what is asked besides since the store no longer holds it; `isServed` when it still holds other days. */
export function addLostDays(plan: QueryPlan, lost: QueryPlan, isServed: boolean): QueryPlan {
  const sources = joined([plan.source, lost.source]).split(" and ");
  const shortfall = lost.shortfall ?? plan.shortfall;
  return Object.freeze({
    ...plan,
    source: joined(sources.filter((source) => isServed || source !== STORE)),
    ...(shortfall && { shortfall }),
    slices: [...plan.slices, ...lost.slices].sort(
      (left, right) =>
        left.interval.startAt - right.interval.startAt || (left.part?.from ?? 0) - (right.part?.from ?? 0),
    ),
  });
}

function joined(sources: readonly string[]): string {
  return [...new Set(sources.flatMap((source) => source.split(" and ")))].join(" and ");
}
