/**
 * The server's own aggregates beside our figures: what is asked for, what comes back, and what differs. A figure is a
 * whole number (a count, or milliseconds), never a rounded ratio.
 */
import type { AggregatesBody } from "./aggregates-query.ts";
import type { BucketWidth, Field } from "./field.ts";
import type { Interval } from "./interval.ts";
import type { StatedFigure } from "./stated-figures.ts";

/** A key of the comparison: a field of ours and the server's dimension for it. */
export interface ComparedKey {
  readonly field: Field;
  readonly dimension: string;
}

/** How a report is compared with the server's aggregates. */
export interface AggregatesPlan {
  /** The question without its interval. */
  readonly ask: Omit<AggregatesBody, "interval">;
  readonly window: Interval;
  readonly timeZone: string;
  /** Those of `ask.groupBy`; the media type is always among them. */
  readonly keys: readonly ComparedKey[];
  /** The bucket of the report that a granularity can express. */
  readonly bucket?: BucketWidth;
  readonly figures: readonly StatedFigure[];
  /** A key or the filter reads agents or wrap-up codes, so only legs have figures. */
  readonly onlyLegs: boolean;
  /** A key or the filter reads queues. */
  readonly byQueue: boolean;
  /** What is left out of the comparison, and why. */
  readonly notes: readonly string[];
}

/**
 * Why a figure differs. `other_clock`: counted when it was emitted, not when its conversation began.
 * `acw_next_bucket`: the same, for after-call work that alone reached beyond the bucket. `open`: conversations in
 * progress. `unexplained`: our data show no cause.
 */
export type DifferenceCause = "other_clock" | "acw_next_bucket" | "open" | "unexplained";

/** A figure that is not the same on both sides. */
export interface Difference {
  /** Dimensions with their values, names where the report shows them, and the bucket in local time. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly figure: string;
  readonly ours: number;
  readonly server: number;
  readonly cause: DifferenceCause;
}

/** The outcome of a comparison; part of `manifest.json`. */
export interface Reconciliation {
  /** Requests that the comparison itself took, repetitions left out. */
  readonly requests: number;
  /** Figures that are not 0 on both sides. */
  readonly compared: number;
  readonly equal: number;
  /** How many differences each cause has, all of them. */
  readonly causes: Readonly<Partial<Record<DifferenceCause, number>>>;
  /** The differences, unexplained ones first; at most 1,000. */
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
  /** Present when there was no comparison: why. */
  readonly refusal?: string;
}
