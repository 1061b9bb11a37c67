/**
 * The port to durable tasks. A task says only whose turn it is: what is to be done, and whether it still is, stands in
 * the run ledger. So a task may come twice or too late without harm, and none may be lost.
 */
import type { ScheduledKey } from "../domain/scheduled-run.ts";

/** The turn of one scheduled run. */
export interface Task {
  /** A UUID, chosen by whoever adds it: adding it twice is adding it once. */
  readonly id: string;
  readonly run: ScheduledKey;
  /** Higher goes first. */
  readonly priority: number;
  /** Whose requests it makes: tasks of one client are counted together. */
  readonly client: string;
  /** Not before that many milliseconds are over. */
  readonly afterMs: number;
}

/** A task in the hands of a worker. */
export interface HeldTask {
  readonly id: string;
  readonly run: ScheduledKey;
  /** 0 at first, one more each time that a worker was lost with it: nobody else has the same number. */
  readonly tryNumber: number;
  /** Aborted when the task was given to another worker. */
  readonly signal: AbortSignal;
}

/** How many tasks are worked on at once. */
export interface WorkLimits {
  /** By this process. */
  readonly concurrency: number;
  /** For one client, by all workers together. */
  readonly perClient: number;
}

/** Durable tasks. What a worker holds goes to another one within a minute of the worker's death. */
export interface TaskQueue {
  /** Adds the task, once. */
  add(task: Task): Promise<void>;
  /**
   * Takes tasks from now on until the queue is closed. A task whose work ends well is over; one whose work throws comes
   * again after some seconds.
   */
  work(limits: WorkLimits, work: (task: HeldTask) => Promise<void>): Promise<void>;
  /**
   * When tasks were last looked for, in epoch milliseconds of this machine's clock; infinite while one is in hand.
   * Undefined in a process that does no work.
   */
  lastLookAt(): number | undefined;
  /** Takes no more tasks, waits for the work at hand (25 s at most), and lets go. */
  close(): Promise<void>;
}
