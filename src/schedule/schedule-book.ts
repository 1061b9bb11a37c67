/**
 * The port to what the schedulers know together: of each report its rule, up to which instant it was followed, whether
 * it is paused, and the runs that are not over. Schedulers on several machines share one book; a report is advanced by
 * one of them at a time, in one transaction, and the same instant is entered once, whoever comes first.
 *
 * Every call may be repeated. All throw `database.unavailable` when the database stays away.
 */
import type { Alarm } from "../domain/alarm.ts";
import type { ScheduledKey, ScheduledState } from "../domain/scheduled-run.ts";
import type { Task } from "../tasks/task-queue.ts";

/** A report file that has a schedule, as it is now. */
export interface ScheduledReport {
  readonly report: string;
  /** The same file has the same hash. */
  readonly hash: string;
  /** The name of the file, for messages. */
  readonly file: string;
  readonly text: string;
}

/** What is known of one report's schedule; instants are epoch milliseconds. */
export interface Booked {
  readonly report: string;
  /** Of the file whose rule holds. */
  readonly hash: string;
  /** Every instant up to this one has its row. */
  readonly handledUntil: number;
  readonly pausedAt: number | undefined;
  /** When the earliest of its waiting runs has to be looked at; undefined when none waits for an instant. */
  readonly wakeAt: number | undefined;
}

/** A run that is not over, or that is to be restated. */
export interface OpenRun extends ScheduledKey {
  readonly state: ScheduledState;
  /** Not before this instant; epoch milliseconds. */
  readonly wakeAt: number | undefined;
  readonly priority: number;
}

/** A new row. */
export interface NewRun {
  readonly nominalAt: number;
  readonly state: "due" | "waiting" | "skipped" | "missed" | "failed";
  readonly reason?: string;
  /** Not before this instant. */
  readonly wakeAt?: number;
  /** Until then it may wait for its data. */
  readonly giveUpAt: number;
}

/** What one step does for one report. */
export interface Advance {
  readonly runs: readonly NewRun[];
  /** Runs that get a task. */
  readonly released: readonly (ScheduledKey & { readonly taskId: string })[];
  readonly handledUntil: number;
  /** What the owner should know. */
  readonly alarms: readonly Pick<Alarm, "nominalAt" | "kind" | "reason">[];
  /** The file whose rule holds from now on; absent when it stays. */
  readonly report?: ScheduledReport;
}

/** The book of schedules. */
export interface ScheduleBook {
  /** The clock of the database, which all schedulers share. */
  now(): Promise<number>;
  readAll(): Promise<readonly Booked[]>;
  /** The file of that hash, as it was booked. */
  readReport(hash: string): Promise<ScheduledReport | undefined>;
  /** Enters a report that nobody knew, from this instant on; does nothing for one that is known. */
  enter(report: ScheduledReport, from: number): Promise<void>;
  /** Forgets the rule of a report that is gone; its rows stay. */
  remove(report: string): Promise<void>;
  /**
   * Takes the report for one step and does what `decide` says, all or nothing. False when another scheduler has the
   * report at the moment.
   */
  advance(report: string, decide: (booked: Booked, open: readonly OpenRun[]) => Advance): Promise<boolean>;
  /** Gives the next windows of each backfill their tasks, a few at a time. */
  releaseBackfills(now: number): Promise<void>;
  /** Tasks that stand in the ledger and may not be in the queue yet. */
  tasksToAdd(limit: number): Promise<readonly Task[]>;
  noteTask(taskId: string): Promise<void>;
  /** Forgets the rows of runs that are over, of instants before this one, and makes room. */
  forget(before: number): Promise<void>;
  /** Pauses a schedule, or goes on with it; false when there is none of that name. */
  pause(report: string, reason: string): Promise<boolean>;
  resume(report: string): Promise<boolean>;
}
