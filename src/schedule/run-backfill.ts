/** Runs the windows of a backfill, a few at a time, the oldest first. What stands in the way of all of them stops it. */
import { ReportError } from "../domain/errors.ts";
import type { FinishedRun } from "../runs/execute-run.ts";
import type { BackfillStep } from "./plan-backfill.ts";

/** A window that is to be run. */
export type RunStep = Exclude<BackfillStep, { readonly kind: "left_out" }>;

/** How a window ended. */
export type StepEnd =
  | { readonly kind: "done"; readonly step: RunStep; readonly finished: FinishedRun }
  | { readonly kind: "failed"; readonly step: RunStep; readonly error: ReportError };

/** Runs each step; `onEnd` hears of each at once. The answer is in the order of the windows, without those not begun. */
export async function runBackfill(
  steps: readonly RunStep[],
  concurrency: number,
  run: (step: RunStep) => Promise<FinishedRun>,
  onEnd: (end: StepEnd) => void,
  signal: AbortSignal,
): Promise<StepEnd[]> {
  const ends = new Map<RunStep, StepEnd>();
  // Shared: whoever is free takes the next.
  const waiting = steps.values();
  let isStopped = false;

  async function work(): Promise<void> {
    for (const step of waiting) {
      const end = await runOne(step, run);
      ends.set(step, end);
      onEnd(end);
      if (end.kind === "failed" && concernsAll(end.error)) isStopped = true;
      if (isStopped || signal.aborted) return;
    }
  }

  if (!signal.aborted) await Promise.all(Array.from({ length: concurrency }, work));
  return steps.flatMap((step) => ends.get(step) ?? []);
}

async function runOne(step: RunStep, run: (step: RunStep) => Promise<FinishedRun>): Promise<StepEnd> {
  try {
    return { kind: "done", step, finished: await run(step) };
  } catch (error) {
    // The others go on until they can be left: none of them is let run unseen.
    const what = error instanceof Error ? error.message : String(error);
    const told = error instanceof ReportError ? error : new ReportError("internal", what, { cause: error });
    return { kind: "failed", step, error: told };
  }
}

/** Of one window: what the service may do otherwise for the next, what the data are like, and who else is at work on it. */
const OF_ONE_WINDOW: readonly ReportError["code"][] = [
  "run.check_failed",
  "run.locked",
  "run.damaged",
  "run.not_resumable",
  "record.too_many_rejects",
];

function concernsAll({ code, recourse }: ReportError): boolean {
  return !["retry", "narrow", "skip"].includes(recourse) && !OF_ONE_WINDOW.includes(code);
}
