/** A legal hold: what must not be removed, whatever its age, until somebody ends it. */

/** What is held. */
export interface Hold {
  /** Every run and every delivered file of these reports. */
  readonly reports: readonly string[];
  /** These runs, and what they delivered. */
  readonly runs: readonly string[];
  /** The local store of conversations. */
  readonly store: boolean;
}

/** Whether a run is held. */
export function isHeld(
  { report, runId }: { readonly report: string; readonly runId: string },
  hold: Hold | undefined,
): boolean {
  return hold !== undefined && (hold.reports.includes(report) || hold.runs.includes(runId));
}
