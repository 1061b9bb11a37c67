/**
 * The body of an aggregates query after it was validated against the OpenAPI file (`ConversationAggregationQuery`), and
 * its answer (`ConversationAggregateQueryResponse`).
 */
import type { QueryFilter } from "../details-query.ts";

/** What is asked; names of dimensions and metrics are those of the schema. */
export interface AggregateQuery {
  readonly interval: string;
  readonly metrics: readonly string[];
  /** ISO-8601; one bucket for the whole interval when absent. */
  readonly granularity?: string;
  /** IANA name; UTC when absent. */
  readonly timeZone?: string;
  readonly groupBy?: readonly string[];
  readonly filter?: QueryFilter;
  readonly views?: readonly AggregateView[];
  readonly flattenMultivaluedDimensions?: boolean;
  readonly alternateTimeDimension?: "eventTime";
  readonly queryType?: "groupBy" | "topN" | "bottomN";
  readonly sortMetric?: AggregateSort;
  readonly limit?: number;
}

/** A second look at a timer: only its values in a range. */
export interface AggregateView {
  readonly target: string;
  readonly function: "rangeBound";
  readonly name: string;
  readonly range?: { readonly gte?: number; readonly lt?: number };
}

/** What groups are ranked by. */
export interface AggregateSort {
  readonly name: string;
  readonly function: "average" | "count" | "max" | "min" | "sum";
}

/** One group with its buckets, those without data left out. */
export interface AggregateResult {
  readonly group: Readonly<Record<string, string>>;
  readonly data: readonly AggregateBucket[];
}

/** The figures of one bucket. */
export interface AggregateBucket {
  readonly interval: string;
  readonly metrics: readonly { readonly metric: string; readonly stats: AggregateStats }[];
  readonly views?: readonly { readonly name: string; readonly stats: AggregateStats }[];
}

/** Which members there are depends on the kind of metric. */
export type AggregateStats = Readonly<
  Partial<
    Record<"max" | "min" | "count" | "sum" | "current" | "ratio" | "numerator" | "denominator" | "target", number>
  >
>;
