/**
 * The `aggregations` of a details query: how many of the matching conversations show each value of a dimension, or a
 * metric inside each range. They are counted over all matches, not over one page.
 */
import type { Conversation } from "./centre.ts";
import { someSegmentOf } from "./compile-filters.ts";
import { type QueryFacet, QueryRefused } from "./details-query.ts";
import { isInRange, numberOf, valuesOf } from "./field.ts";
import { CONVERSATION_FIELDS, conversationMetric, SEGMENT_FIELDS } from "./fields.ts";

const DEFAULT_SIZE = 10;

/** A counted facet, as the answer shows it. */
export interface FacetResult {
  readonly type: "termFrequency" | "numericRange";
  readonly dimension?: string;
  readonly metric?: string;
  /** How many conversations show the dimension or metric at all. */
  readonly count: number;
  readonly results: readonly {
    readonly count: number;
    readonly value?: string;
    readonly gte?: number;
    readonly lt?: number;
  }[];
}

/** A facet that is fed conversation by conversation. */
export interface FacetCounter {
  add(conversation: Conversation): void;
  result(): FacetResult;
}

/** @throws QueryRefused when the facet names nothing that can be counted */
export function createFacetCounter(facet: QueryFacet): FacetCounter {
  if (facet.type === "numericRange") return rangeCounter(facet);
  if (facet.type === "termFrequency") return termCounter(facet);
  throw new QueryRefused("An aggregation needs a type: termFrequency or numericRange");
}

function termCounter(facet: QueryFacet): FacetCounter {
  const { dimension = "", size = DEFAULT_SIZE } = facet;
  const read = readerOf(dimension);
  const counts = new Map<string, number>();
  let count = 0;
  return {
    add(conversation) {
      const values = read(conversation);
      if (values.size > 0) count += 1;
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    },
    result() {
      const results = [...counts].map(([value, times]) => ({ count: times, value }));
      results.sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1));
      return { type: "termFrequency", dimension, count, results: results.slice(0, size) };
    },
  };
}

function rangeCounter(facet: QueryFacet): FacetCounter {
  const { metric = "", ranges = [] } = facet;
  if (metric === "" || ranges.length === 0) throw new QueryRefused("An aggregation by range needs a metric and ranges");
  const field = conversationMetric(metric);
  const counts = ranges.map(() => 0);
  let count = 0;
  return {
    add(conversation) {
      const values = valuesOf(field, conversation).map(numberOf);
      if (values.length > 0) count += 1;
      for (const [index, range] of ranges.entries()) {
        if (values.some((value) => isInRange(value, range))) counts[index] = (counts[index] ?? 0) + 1;
      }
    },
    result() {
      return {
        type: "numericRange",
        metric,
        count,
        results: ranges.map((range, index) => ({ count: counts[index] ?? 0, ...range })),
      };
    },
  };
}

/** The distinct values of a dimension in one conversation, wherever they stand. */
function readerOf(dimension: string): (conversation: Conversation) => Set<string> {
  const whole = Object.hasOwn(CONVERSATION_FIELDS, dimension) ? CONVERSATION_FIELDS[dimension] : undefined;
  if (whole !== undefined) return (conversation) => new Set(valuesOf(whole, conversation).map(String));
  const part = Object.hasOwn(SEGMENT_FIELDS, dimension) ? SEGMENT_FIELDS[dimension] : undefined;
  if (part === undefined) throw new QueryRefused(`[${dimension}] is no dimension that can be aggregated`);
  return (conversation) => {
    const values = new Set<string>();
    someSegmentOf(conversation, (subject) => {
      for (const value of valuesOf(part, subject)) values.add(String(value));
      return false;
    });
    return values;
  };
}
