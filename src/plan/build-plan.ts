/** A definition and a window become a query plan: the slices, the filters of the requests, and what stays local. */
import type { Field } from "../domain/field.ts";
import { type Member, memberKey } from "../domain/member.ts";
import { membersOfFact, metricsOf } from "../domain/fact.ts";
import { factsOf } from "../domain/measure.ts";
import type { Interval } from "../domain/interval.ts";
import type { QueryPlan, RecordNeeds } from "../domain/query-plan.ts";
import { conjunctsOf, type Filter, fieldsIn, fieldsShown, type ReportDefinition } from "../domain/report-definition.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { shareList } from "../domain/slice.ts";
import { chooseSource } from "./choose-source.ts";
import { planAggregates } from "./plan-aggregates.ts";
import { MAX_ALTERNATIVES, pushDown } from "./push-down.ts";

/**
 * Plans the fetch. `filter` is the definition's, with names bound to ids (or still names, for printing);
 * `availableUntil` (epoch milliseconds) is the end of the data that jobs are complete for, where it is known;
 * `emits` keeps the moment of each metric.
 */
export function buildPlan(
  definition: ReportDefinition,
  filter: Filter,
  interval: Interval,
  availableUntil?: number,
  emits = false,
): QueryPlan {
  if (definition.source === "aggregates") return buildStatedPlan(definition, filter, interval);
  const pushed = pushDown(filter, definition.filterScope);
  const filtered = pushed.pushedDown.length > 0;
  const { slices, ...chosen } = chooseSource(definition.source, interval, availableUntil, filtered);
  return Object.freeze({
    ...chosen,
    slices: slices.flatMap((slice) => shareList(slice, pushed.longestList?.size ?? 0, MAX_ALTERNATIVES)),
    interval,
    timeZone: definition.timeZone,
    pageSize: SERVICE_LIMITS.detailsPageSize.value,
    ...pushed,
    filter,
    needs: { ...needsOf(definition, filter), ...(emits ? { emits } : {}) },
  });
}

/** No conversation is fetched: the service evaluates the whole filter, and states the figures. */
function buildStatedPlan(definition: ReportDefinition, filter: Filter, interval: Interval): QueryPlan {
  return Object.freeze({
    source: "aggregates",
    sourceReason: "figures count when they were emitted (timeBasis: eventTime), which is what aggregates state",
    slices: [],
    aggregates: planAggregates(definition, filter, interval),
    interval,
    timeZone: definition.timeZone,
    pageSize: SERVICE_LIMITS.detailsPageSize.value,
    conversationFilters: [],
    segmentFilters: [],
    pushedDown: conjunctsOf(filter),
    local: [],
    tooLong: [],
    filter,
    needs: { metrics: [], segments: false },
  });
}

function needsOf({ shape }: ReportDefinition, filter: Filter): RecordNeeds {
  const fields: Field[] = [...fieldsIn(filter), ...fieldsShown(shape)];
  const facts = shape.kind === "grouped" ? factsOf(shape.measures) : [];
  const fromFacts = facts.flatMap(metricsOf);
  const fromFields = fields.flatMap(({ metric }) => metric ?? []);
  return {
    metrics: [...new Set([...fromFacts, ...fromFields])].sort(),
    segments: shape.kind === "detail" && shape.rows === "segment",
    ...membersOf([...fields.flatMap(({ member }) => member ?? []), ...facts.flatMap(membersOfFact)]),
  };
}

/** A member that two fields show in two ways is one; whether the customer's is asked for matters too. */
function membersOf(needed: readonly Member[]): Pick<RecordNeeds, "members"> {
  const members = new Map<string, Member>();
  for (const member of needed)
    members.set(`${memberKey(member)} ${member.of === "customer" ? "customer" : ""}`, member);
  return members.size === 0 ? {} : { members: [...members.values()] };
}
