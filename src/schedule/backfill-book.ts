/**
 * The port to windows of the past that go through the queue. Each is a run of the ledger, named by the report, the
 * length of the windows and its end; it stands behind the runs of schedules, and takes the place of none.
 */
import type { ScheduledReport } from "./schedule-book.ts";

/** The windows of one command. */
export interface Backfill {
  readonly report: ScheduledReport;
  /** How long each is, as it is written: `P1D`. */
  readonly every: string;
  /** Their ends; epoch milliseconds. */
  readonly endsAt: readonly number[];
  /** So many have a task at the same time. */
  readonly atOnce: number;
}
