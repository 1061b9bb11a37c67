/**
 * The revision of a run: 1 for the first of its report, definition and window, one more each time the rows differ from
 * those of the run before. Nobody has to compare two files to know whether a figure was restated.
 */
import { countChanges, type RunChanges } from "../domain/row-change.ts";
import { diffRows } from "./diff-rows.ts";
import type { PastRun, PastRuns } from "./past-runs.ts";

/** A run's place among those of its window. */
export interface Revision {
  readonly revision: number;
  /** Absent in the first run; its lists are empty when nothing changed. */
  readonly changes?: RunChanges;
}

/** Runs of one report that are looked at for the one before: more windows than a year of hourly runs has. */
const MAX_LOOKED_AT = 10_000;

/** Changes that the manifest lists. */
const MAX_LISTED = 20;

/** Compares the run, whose rows are on disk, with the one before. */
export async function revise(run: Omit<PastRun, "revision" | "finishedAt">, past: PastRuns): Promise<Revision> {
  const before = await runBefore(run, past);
  if (!before) return { revision: 1 };
  const against = before.runId;
  const none = { added: 0, removed: 0, changed: 0 };
  if (before.rows.sha256 === run.rows.sha256)
    return { revision: before.revision, changes: { against, rows: none, list: [] } };
  const revision = before.revision + 1;
  const [older, newer] = [await past.readRows(before), await past.readRows({ ...run, revision, finishedAt: "" })];
  if (!older || !newer) return { revision, changes: { against, list: [] } };
  const changes = diffRows(run.columns, older, newer);
  return { revision, changes: { against, rows: countChanges(changes), list: changes.slice(0, MAX_LISTED) } };
}

/** The latest other run of the same report, definition and window that is wanted. */
export async function runBefore(
  run: Pick<PastRun, "runId" | "report" | "definitionHash" | "interval">,
  past: PastRuns,
  isWanted: (candidate: PastRun) => boolean = () => true,
): Promise<PastRun | undefined> {
  let looked = 0;
  for await (const candidate of past.of(run.report)) {
    const isSame = candidate.definitionHash === run.definitionHash && candidate.interval === run.interval;
    if (isSame && candidate.runId !== run.runId && isWanted(candidate)) return candidate;
    looked += 1;
    if (looked === MAX_LOOKED_AT) return undefined;
  }
  return undefined;
}
