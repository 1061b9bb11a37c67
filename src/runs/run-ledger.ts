/**
 * The port to the ledger of scheduled runs: one row for each nominal instant, whatever became of it. It decides who may
 * work on a run: a claim is taken once for each try of a task, and everything that is noted afterwards needs it. A
 * worker that was taken for dead and comes back finds its claim gone, and may hand out nothing.
 *
 * Every call is one transaction and may be repeated: where a connection breaks before the answer came, it is done again.
 * All throw `database.unavailable` when the database stays away.
 */
import type { ScheduledKey, ScheduledState } from "../domain/scheduled-run.ts";
import type { Task } from "../tasks/task-queue.ts";

/** The right to work on a run, as long as nobody else took it or cancelled the run. */
export interface Claim extends ScheduledKey {
  /** A UUID of this attempt alone. */
  readonly token: string;
}

/** A claimed run, with all that its work needs. */
export interface ClaimedRun {
  readonly claim: Claim;
  /** From 1. */
  readonly attempt: number;
  /** The folder of the attempt before, which this one goes on with. */
  readonly runId: string | undefined;
  /** The report file as it was at the nominal instant. */
  readonly file: string;
  readonly text: string;
  /** Until then the run may wait for its data; epoch milliseconds. */
  readonly giveUpAt: number;
  /** Times that it was restated. */
  readonly restated: number;
  /** Of its tasks. */
  readonly priority: number;
}

/** What a try of a task asks for. */
export interface ClaimRequest extends ScheduledKey {
  readonly taskId: string;
  readonly tryNumber: number;
  readonly token: string;
  /** Who works, in words: host and process. */
  readonly worker: string;
}

/** How an attempt ended; instants are epoch milliseconds. */
export type AttemptEnd =
  /** `reason`: what a person should know all the same. */
  | { readonly kind: "done"; readonly rows: number; readonly reason?: string }
  /** Its data were not complete; it is run again at `againAt`, where that may help. */
  | { readonly kind: "provisional"; readonly rows: number; readonly reason: string; readonly againAt?: number }
  /** Its data are not there yet. */
  | { readonly kind: "waiting"; readonly reason: string; readonly againAt: number }
  /** It failed, or was handed back, and gets another task. A hand-back does not count as an attempt. */
  | {
      readonly kind: "again";
      readonly counts: boolean;
      readonly task: Task;
      readonly code: string;
      readonly message: string;
      /** The vendor's, of the error: for the log. */
      readonly correlationId?: string;
    }
  /** A person must act. So many failed runs of the report in a row pause its schedule. */
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly pauseAfter?: number;
      readonly correlationId?: string;
    };

/** A scheduled run as it is shown; instants are epoch milliseconds. */
export interface LedgerRow extends ScheduledKey {
  readonly state: ScheduledState;
  /** Why it stands so, in words. */
  readonly reason: string | undefined;
  readonly attempts: number;
  readonly runId: string | undefined;
  /** Of the attempt under way. */
  readonly stage: string | undefined;
  readonly worker: string | undefined;
  readonly rows: number | undefined;
  readonly lastCode: string | undefined;
  readonly lastMessage: string | undefined;
  readonly restated: number;
  readonly changedAt: number;
}

/** One attempt at a run; instants are epoch milliseconds. */
export interface PastAttempt {
  readonly number: number;
  readonly worker: string;
  readonly runId: string | undefined;
  readonly beganAt: number;
  /** Undefined while it is under way. */
  readonly endedAt: number | undefined;
  /** How it ended: a kind of `AttemptEnd`, `handed back`, or `lost` when its worker fell silent. */
  readonly outcome: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** The ledger of scheduled runs. */
export interface RunLedger {
  /** Takes the run; undefined when it is not this task's turn any more. */
  claim(request: ClaimRequest): Promise<ClaimedRun | undefined>;
  /** Throws `task.lease_lost` or `run.cancelled` when the claim is gone. */
  expectHeld(claim: Claim): Promise<void>;
  /** Notes the folder; throws as `expectHeld` does. */
  noteFolder(claim: Claim, runId: string | undefined): Promise<void>;
  noteStage(claim: Claim, stage: string): Promise<void>;
  /** Ends the attempt; throws as `expectHeld` does. */
  settle(claim: Claim, end: AttemptEnd): Promise<void>;
  /** Notes that a task was added. */
  noteTask(taskId: string): Promise<void>;
  /** One run and its attempts, the first one first; undefined when there is none. */
  find(key: ScheduledKey): Promise<{ readonly row: LedgerRow; readonly attempts: readonly PastAttempt[] } | undefined>;
  /** Newest instants first. */
  list(report: string | undefined, limit: number): Promise<readonly LedgerRow[]>;
  /** Cancels a run that is not over, found by its name or its folder; the answer is the row as it stands then. */
  cancel(found: ScheduledKey | { readonly runId: string }): Promise<LedgerRow | undefined>;
}
