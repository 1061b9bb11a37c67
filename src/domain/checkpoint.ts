/**
 * How far a run has got: what its first try resolved, and of each slice the pages that are on disk. All of it is
 * written after the data, never before, so that whoever reads it may rely on what it says.
 */
import type { Directory } from "./directory.ts";
import type { Interval } from "./interval.ts";
import type { PageMark, Reject, StoredPage } from "./page.ts";
import type { QueryPlan } from "./query-plan.ts";
import type { WindowSpec } from "./report-definition.ts";

/** What the first try resolved and every later one takes over, whatever day it is and whoever was renamed since. */
export interface KeptPlan {
  readonly report: string;
  readonly definitionHash: string;
  /** The version that planned it. */
  readonly version: string;
  readonly startedAt: number;
  /** The instant for which it runs, where one was named: with the report the identity of a scheduled run. */
  readonly nominalAt?: number;
  readonly window: WindowSpec;
  readonly interval: Interval;
  /** Up to where jobs were complete, where that was asked. */
  readonly availableUntil?: number;
  readonly directory: Directory;
  /** When the oldest listing of names was read, epoch milliseconds. */
  readonly namesAsOf: number;
  /** What the local store served; absent when the run had none. */
  readonly fromStore?: readonly KeptDay[];
}

/** A part of the window that the local store served to the first try, and the file that it came from. */
export interface KeptDay {
  readonly interval: Interval;
  readonly path: string;
}

/** What stands in `plan.json`: the plan itself is kept for people, and to be compared as text. */
export interface PlanToKeep extends KeptPlan {
  readonly plan: QueryPlan;
}

/** A page that is on disk, with all that is needed to count it and to go on behind it. */
export interface KeptPage {
  readonly mark: PageMark;
  /** Rows that the service sent, readable or not. */
  readonly received: number;
  readonly totalHits?: number;
  readonly rejects: readonly Reject[];
  readonly sizeBytes: number;
  /** Absent when nothing on it could be read. */
  readonly stored?: StoredPage;
}

/** How a slice came to its end: all its pages are there, or it was cut: in two, or for what its first page said. */
export type SliceEnd =
  | { readonly kind: "done"; readonly distinct: number }
  | { readonly kind: "halved"; readonly by: "time" | "list" }
  | { readonly kind: "cut"; readonly totalHits: number };

/** How far a slice has got. `pages` are those of all passes, in the order in which they came. */
export interface SliceProgress {
  readonly pages: readonly KeptPage[];
  /** Where the pass under way goes on; undefined at its beginning. */
  readonly after?: PageMark;
  /** Times that the slice has been read through already. */
  readonly passes: number;
  /** What the source asked to remember last. */
  readonly note?: string;
  readonly end?: SliceEnd;
}
