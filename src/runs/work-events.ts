/** What happens to scheduled runs in this worker, as typed events: log, metrics and traces listen to the same ones. */
import type { ScheduledKey } from "../domain/scheduled-run.ts";
import type { AttemptEnd } from "./run-ledger.ts";
import type { RunEvent } from "./run-events.ts";

/** One event of an attempt at a scheduled run. */
export type WorkEvent = {
  readonly run: ScheduledKey;
  /** From 1. */
  readonly attempt: number;
} & (
  | { readonly kind: "attempt_started" }
  /** Something of the run that the attempt makes. */
  | { readonly kind: "run_event"; readonly event: RunEvent }
  /** Without an end the run was another's, or the ledger did not answer. */
  | { readonly kind: "attempt_ended"; readonly end?: AttemptEnd; readonly durationMs: number }
);
