/** A definition and a window become a query plan: the slices, the filters of the requests, and what stays local. */
import type { Field } from "../domain/field.ts";
import { type Member, memberKey } from "../domain/member.ts";
import { factsOf } from "../domain/measure.ts";
import type { Interval } from "../domain/interval.ts";
import type { QueryPlan, RecordNeeds } from "../domain/query-plan.ts";
import { type Filter, fieldsIn, type ReportDefinition } from "../domain/report-definition.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { shareList } from "../domain/slice.ts";
import { chooseSource } from "./choose-source.ts";
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
  const { slices, ...source } = chooseSource(definition.source, interval, availableUntil);
  const pushed = pushDown(filter, definition.filterScope);
  return Object.freeze({
    ...source,
    slices: slices.flatMap((slice) => shareList(slice, pushed.longestList?.size ?? 0, MAX_ALTERNATIVES)),
    interval,
    timeZone: definition.timeZone,
    pageSize: SERVICE_LIMITS.detailsPageSize.value,
    ...pushed,
    filter,
    needs: { ...needsOf(definition, filter), ...(emits ? { emits } : {}) },
  });
}

function needsOf({ shape }: ReportDefinition, filter: Filter): RecordNeeds {
  const fields: Field[] = [...fieldsIn(filter), ...(shape.kind === "grouped" ? shape.groupBy : shape.columns)];
  const fromFacts = shape.kind === "grouped" ? factsOf(shape.measures).flatMap(({ metric }) => metric ?? []) : [];
  const fromFields = fields.flatMap(({ metric }) => metric ?? []);
  return {
    metrics: [...new Set([...fromFacts, ...fromFields])].sort(),
    segments: shape.kind === "detail" && shape.rows === "segment",
    ...membersOf(fields),
  };
}

/** A member that two fields show in two ways is one; whether the customer's is asked for matters too. */
function membersOf(fields: readonly Field[]): Pick<RecordNeeds, "members"> {
  const members = new Map<string, Member>();
  for (const { member } of fields)
    if (member) members.set(`${memberKey(member)} ${member.of === "customer" ? "customer" : ""}`, member);
  return members.size === 0 ? {} : { members: [...members.values()] };
}
