/** When a report runs by itself, and what becomes of a run that cannot begin at its instant. Made only by `define/`. */
import type { CronPattern } from "./cron-pattern.ts";

/** The key `schedule` of a report. */
export interface Schedule {
  readonly cron: CronPattern;
  /** IANA; the clock on whose wall the pattern is read. */
  readonly timeZone: string;
  readonly overlap: Overlap;
  readonly missed: Missed;
  /** A run begins up to so much after its instant; what it is about does not move. 0: at once. */
  readonly jitterMs: number;
  /** How long after its instant a run waits for data that are not complete yet, before it runs provisionally. 0: not at all. */
  readonly waitForDataMs: number;
  /** So many failed runs in a row pause the schedule; never when absent. */
  readonly pauseAfterFailures?: number;
}

/** What becomes of an instant while the run before is still at work: left out, one waits, or both run. */
export const OVERLAPS = ["skip", "queue", "allow"] as const;

/** One of them. */
export type Overlap = (typeof OVERLAPS)[number];

/** What becomes of instants at which nobody was there: nothing, the latest runs, or the latest so many run. */
export type Missed =
  | { readonly kind: "skip" }
  | { readonly kind: "latest" }
  | { readonly kind: "all"; readonly most: number };
