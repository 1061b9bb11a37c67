/**
 * The revision of a run: 1 for the first of its report, definition and window, one more each time the rows differ from
 * those of the run before. Nobody has to compare two files to know whether a figure was restated.
 */
import { countChanges, type RunChanges } from "../domain/row-change.ts";
import { diffRows } from "./diff-rows.ts";
import { type ComparableRun, isLater, type PastRuns } from "./past-runs.ts";

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

/** What says of which report and window a run is. */
type RunOfWindow = Pick<ComparableRun, "runId" | "report" | "definitionHash" | "interval">;

/** Compares the run, whose rows are on disk, with the one before. */
export async function revise(run: Omit<ComparableRun, "revision" | "finishedAt">, past: PastRuns): Promise<Revision> {
  const before = await runBefore(run, past);
  if (!before) return { revision: 1 };
  const against = before.runId;
  const none = { added: 0, removed: 0, changed: 0 };
  if (before.rows.sha256 === run.rows.sha256)
    return { revision: before.revision, changes: { against, rows: none, list: [] } };
  const revision = before.revision + 1;
  const [older, newer] = [await past.readRows(before), await past.readRows(run)];
  if (!older || !newer) return { revision, changes: { against, list: [] } };
  const changes = diffRows(run.columns, older, newer);
  return { revision, changes: { against, rows: countChanges(changes), list: changes.slice(0, MAX_LISTED) } };
}

/**
 * The latest other run of the same report, definition and window that is wanted. When the run itself has given rows
 * before it was interrupted, it is the latest before that: a run that goes on keeps its revision.
 */
export async function runBefore(
  run: RunOfWindow,
  past: PastRuns,
  isWanted: (candidate: ComparableRun) => boolean = () => true,
): Promise<ComparableRun | undefined> {
  const ofWindow: ComparableRun[] = [];
  let looked = 0;
  for await (const candidate of past.of(run.report)) {
    if (candidate.definitionHash === run.definitionHash && candidate.interval === run.interval)
      ofWindow.push(candidate);
    looked += 1;
    if (looked === MAX_LOOKED_AT) break;
  }
  const own = ofWindow.find(({ runId }) => runId === run.runId);
  return ofWindow
    .filter((candidate) => candidate !== own && isWanted(candidate) && !(own && isLater(candidate, own)))
    .reduce<ComparableRun | undefined>((last, each) => (last && isLater(last, each) ? last : each), undefined);
}
