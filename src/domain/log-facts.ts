/** What a line of the log of `serve` says besides its words: keys by which lines of one run are found. */
import type { ScheduledKey } from "./scheduled-run.ts";

/** How much a line matters. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of a line; none of them is a secret, a link or a datum of a customer. */
export interface LogFacts {
  /** `info` when left out. */
  readonly level?: LogLevel;
  /** Whose run it is, and of which instant. */
  readonly run?: ScheduledKey;
  readonly attempt?: number;
  /** The folder of the run. */
  readonly runId?: string;
  /** Of an error. */
  readonly code?: string;
  /** The vendor's, of an error: to be quoted in a support case. */
  readonly correlationId?: string;
}

/** Writes a line of the log. */
export type Notify = (message: string, facts?: LogFacts) => void;
