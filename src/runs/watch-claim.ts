/** Notices that a run was cancelled, or that another worker was given it. */
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import type { Claim, RunLedger } from "./run-ledger.ts";

/** A cancelled run and a lost claim are noticed so soon after. */
const WATCH_MS = 5_000;

/** Asks again and again whether the run is still ours; the signal is aborted with `task.lease_lost` or `run.cancelled`. */
export function watchClaim(
  claim: Claim,
  ledger: Pick<RunLedger, "expectHeld">,
  clock: Clock,
): { readonly signal: AbortSignal; end(): void } {
  const lost = new AbortController();
  const ended = new AbortController();
  const watching = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(WATCH_MS, ended.signal);
      try {
        await ledger.expectHeld(claim);
      } catch (error) {
        // A database that is away says nothing about the claim; what is handed out asks for it once more.
        if (isLost(error)) return lost.abort(error);
      }
    }
  };
  watching().catch(() => undefined);
  return { signal: lost.signal, end: () => ended.abort() };
}

/** Whether the error says that the run is no longer ours. */
export function isLost(error: unknown): error is ReportError {
  return error instanceof ReportError && (error.code === "task.lease_lost" || error.code === "run.cancelled");
}
