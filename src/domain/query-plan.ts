/**
 * A definition applied to an interval: which requests will be sent, and what is left to do here. A plan is
 * made without a network and can be printed.
 */
import { formatInterval, type Interval } from "./interval.ts";
import type { Member } from "./member.ts";
import type { Filter } from "./report-definition.ts";
import type { Slice, SliceSource } from "./slice.ts";
import type { StatedPlan } from "./stated-figures.ts";

/** A predicate as the vendor's details query writes it. */
export interface DetailsPredicate {
  readonly type: "dimension" | "metric";
  readonly dimension?: string;
  readonly metric?: string;
  readonly operator?: "matches" | "exists" | "notExists";
  readonly value?: string;
  readonly range?: { readonly gt?: number; readonly gte?: number; readonly lt?: number; readonly lte?: number };
}

/** The vendor's two-level grammar: a filter holds clauses and predicates, a clause holds predicates. */
export interface DetailsFilter {
  readonly type: "and" | "or";
  readonly clauses?: readonly { readonly type: "and" | "or"; readonly predicates: readonly DetailsPredicate[] }[];
  readonly predicates?: readonly DetailsPredicate[];
}

/** The body of POST /api/v2/analytics/conversations/details/query, as far as we use it. */
export interface DetailsQueryBody {
  readonly interval: string;
  readonly order: "asc";
  readonly orderBy: "conversationStart";
  readonly paging: { readonly pageSize: number; readonly pageNumber: number };
  readonly conversationFilters?: readonly DetailsFilter[];
  readonly segmentFilters?: readonly DetailsFilter[];
}

/** The body of POST /api/v2/analytics/conversations/details/jobs: the same question without pages. */
export type DetailsJobBody = Omit<DetailsQueryBody, "paging">;

/** The longest list of alternatives in the request: the one clause whose predicates slices may share out. */
export interface LongestList {
  readonly array: "conversationFilters" | "segmentFilters";
  /** The only filter of the array holds it, as the clause at this index. */
  readonly clause: number;
  readonly size: number;
}

/** What each record must keep for this report; everything else is dropped as soon as a page is read. */
export interface RecordNeeds {
  readonly metrics: readonly string[];
  readonly segments: boolean;
  /** Members of the tree that are kept by name, each once. */
  readonly members?: readonly Member[];
  /** When each metric was emitted. */
  readonly emits?: boolean;
}

/** All that is needed to fetch a report's conversations. */
export interface QueryPlan {
  /** The sources of its slices, in words, and why. */
  readonly source: string;
  readonly sourceReason: string;
  /** Present when the slices cannot bring everything that the window holds: why, and up to which instant they do. */
  readonly shortfall?: { readonly reason: string; readonly dataUntil?: number };
  /** The report's window, with the period before it where they are compared; rows outside are clipped after the fetch. */
  readonly interval: Interval;
  readonly timeZone: string;
  readonly pageSize: number;
  readonly conversationFilters: readonly DetailsFilter[];
  readonly segmentFilters: readonly DetailsFilter[];
  /** The vendor evaluates these; they narrow what is fetched. */
  readonly pushedDown: readonly Filter[];
  /** Only evaluated here, or sent in a looser form. */
  readonly local: readonly Filter[];
  /** Of these, what the vendor could evaluate too, but with more alternatives than fit beside the longest list. */
  readonly tooLong: readonly Filter[];
  /** Absent when no pushed condition has alternatives. */
  readonly longestList?: LongestList;
  /** The whole filter, evaluated here on every fetched row whatever was pushed down. */
  readonly filter: Filter;
  readonly needs: RecordNeeds;
  /** Empty when aggregates answer. */
  readonly slices: readonly Slice[];
  /** Present when the figures come from aggregates, and no conversation is fetched. */
  readonly aggregates?: StatedPlan;
}

/** Where each source of conversations is asked. */
export const DETAILS_PATHS = {
  details_query: "/api/v2/analytics/conversations/details/query",
  details_job: "/api/v2/analytics/conversations/details/jobs",
} as const satisfies Record<SliceSource, string>;

/** The exact body that asks for one page of a slice; page numbers start at 1. A new object for each request. */
export function detailsQueryBody(plan: QueryPlan, slice: Slice, pageNumber: number): DetailsQueryBody {
  return { ...detailsJobBody(plan, slice), paging: { pageSize: plan.pageSize, pageNumber } };
}

/** The exact body that submits a slice as a job. */
export function detailsJobBody(plan: QueryPlan, slice: Slice): DetailsJobBody {
  const { conversationFilters, segmentFilters } = filtersOf(plan, slice);
  return {
    interval: formatInterval(slice.interval),
    order: "asc",
    orderBy: "conversationStart",
    ...(conversationFilters.length > 0 ? { conversationFilters } : {}),
    ...(segmentFilters.length > 0 ? { segmentFilters } : {}),
  };
}

type PlannedFilters = Pick<QueryPlan, "conversationFilters" | "segmentFilters">;

/** The plan's filters; of the longest list only the slice's part. */
function filtersOf(plan: QueryPlan, { part }: Slice): PlannedFilters {
  const { conversationFilters, segmentFilters, longestList } = plan;
  if (part === undefined || longestList === undefined) return { conversationFilters, segmentFilters };
  const withPart = plan[longestList.array].map(({ clauses = [], ...filter }) => ({
    ...filter,
    clauses: clauses.map((clause, index) =>
      index === longestList.clause ? { ...clause, predicates: clause.predicates.slice(part.from, part.to) } : clause,
    ),
  }));
  return { conversationFilters, segmentFilters, [longestList.array]: withPart };
}
