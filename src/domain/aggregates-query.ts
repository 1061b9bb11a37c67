/**
 * The vendor's aggregates: sums that the service has made, by group and bucket. Each figure counts in the bucket of the
 * moment at which it was emitted. One question is one filter over one interval; it is asked as a query, which answers
 * at once, or as a job, which is waited for and read in pages.
 */
import { formatInterval, type Interval } from "./interval.ts";

/** A predicate as the vendor's aggregates query writes it. */
export interface AggregatesPredicate {
  readonly type: "dimension";
  readonly dimension: string;
  readonly operator: "matches" | "exists" | "notExists";
  readonly value?: string;
}

/** The one filter of an aggregates query: clauses and predicates that must all hold. */
export interface AggregatesFilter {
  readonly type: "and";
  readonly clauses?: readonly { readonly type: "or"; readonly predicates: readonly AggregatesPredicate[] }[];
  readonly predicates?: readonly AggregatesPredicate[];
}

/** The body of POST /api/v2/analytics/conversations/aggregates/query, as far as we use it. */
export interface AggregatesBody {
  readonly interval: string;
  readonly timeZone: string;
  readonly granularity?: string;
  /** Absent: one group for each media type. */
  readonly groupBy?: readonly string[];
  readonly metrics: readonly string[];
  readonly filter?: AggregatesFilter;
}

/** The body of POST /api/v2/analytics/conversations/aggregates/jobs. */
export type AggregatesJobBody = AggregatesBody & { readonly pageSize: number };

/** How a question is put. */
export type AggregatesForm = "query" | "job";

/** One question. */
export interface AggregatesQuestion {
  readonly form: AggregatesForm;
  readonly interval: Interval;
  /** How many buckets a group can have. */
  readonly buckets: number;
  /** The body without its interval. */
  readonly ask: Omit<AggregatesBody, "interval">;
}

/** One group of the server in one bucket; what did not occur is absent. */
export interface AggregateRow {
  readonly group: Readonly<Record<string, string>>;
  /** The start of its bucket, epoch milliseconds. */
  readonly startAt: number;
  readonly metrics: ReadonlyMap<string, { readonly count: number; readonly sum: number }>;
}

/** All groups of a question, in no order, and what they cost; requests without repetitions. */
export interface AggregatesAnswer {
  readonly rows: readonly AggregateRow[];
  readonly requests: number;
  readonly bytes: number;
}

/** Where each form of a question is sent. */
export const AGGREGATES_PATHS = {
  query: "/api/v2/analytics/conversations/aggregates/query",
  job: "/api/v2/analytics/conversations/aggregates/jobs",
} as const satisfies Record<AggregatesForm, string>;

/**
 * A page of a job's results counts groups, and each brings all its buckets, of some hundred bytes: so many that a page
 * stays well below the largest answer that is read.
 */
const PAGE = { mostGroups: 1000, mostBuckets: 50_000 } as const;

/** The exact body of a query. */
export function aggregatesBody({ interval, ask }: AggregatesQuestion): AggregatesBody {
  return { interval: formatInterval(interval), ...ask };
}

/** The exact body that submits a job: the page size is part of it, not of the request for results. */
export function aggregatesJobBody(question: AggregatesQuestion): AggregatesJobBody {
  const fitting = Math.floor(PAGE.mostBuckets / question.buckets);
  return { ...aggregatesBody(question), pageSize: Math.max(1, Math.min(PAGE.mostGroups, fitting)) };
}
