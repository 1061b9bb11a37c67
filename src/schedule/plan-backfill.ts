/** What a backfill does with each window: runs it, goes on with a run that was interrupted, or leaves it out. */
import type { Interval } from "../domain/interval.ts";
import type { ReportDefinition, WindowSpec } from "../domain/report-definition.ts";
import type { BackfillWindow } from "./backfill-windows.ts";

/** A run that was, as far as a backfill asks. */
export interface KnownRun {
  readonly runId: string;
  readonly state: "running" | "done" | "failed" | "interrupted" | "damaged";
  readonly definitionHash: string;
  readonly window: WindowSpec;
  readonly interval: Interval;
  /** Whether its data were complete. */
  readonly isComplete: boolean;
}

/** A window and what is done with it. `left_out`: a run of the same question has it, or is at work on it. */
export type BackfillStep = BackfillWindow &
  (
    | { readonly kind: "run" }
    | { readonly kind: "resume"; readonly runId: string }
    | { readonly kind: "left_out"; readonly runId: string; readonly why: "complete" | "running" }
  );

/** A step for each window, in their order; `runs` are those of the report, the newest first. */
export function planBackfill(
  windows: readonly BackfillWindow[],
  { hash }: Pick<ReportDefinition, "hash">,
  runs: readonly KnownRun[],
): BackfillStep[] {
  const byStart = Map.groupBy(
    runs.filter(({ definitionHash }) => definitionHash === hash),
    ({ interval }) => interval.startAt,
  );
  return windows.map((window) => {
    const same = (byStart.get(window.interval.startAt) ?? []).filter(
      ({ interval }) => interval.endAt === window.interval.endAt,
    );
    const complete = same.find(({ state, isComplete }) => state === "done" && isComplete);
    if (complete) return { ...window, kind: "left_out", runId: complete.runId, why: "complete" };
    const running = same.find(({ state }) => state === "running");
    if (running) return { ...window, kind: "left_out", runId: running.runId, why: "running" };
    // A run can be resumed only with the words that it was begun with.
    const words = JSON.stringify(window.spec);
    const stopped = same.find(({ state, window: spec }) => state === "interrupted" && JSON.stringify(spec) === words);
    return stopped ? { ...window, kind: "resume", runId: stopped.runId } : { ...window, kind: "run" };
  });
}
