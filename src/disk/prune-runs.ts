/**
 * Removes old runs of a report. What stays: the last ones, the young ones, whatever is running, and the last one that
 * ended well, so that there is always something to look at. A folder is renamed before it is emptied: half a run is
 * never taken for one.
 */
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readEnd } from "./end-file.ts";
import { onDisk } from "./on-disk.ts";
import { runIds } from "./run-history.ts";
import { isLocked, takeLock } from "./run-lock.ts";
import { LOCK, runsFolder } from "./run-names.ts";
import { type Hold, isHeld } from "../domain/hold.ts";

/** What is kept of each report; without either everything is. A run goes when neither keeps it. */
export interface Retention {
  /** The last runs, by number. */
  readonly keep?: number | undefined;
  /** Runs that began within so many days. */
  readonly days?: number | undefined;
  /** What is kept whatever its age. */
  readonly hold?: Hold | undefined;
}

const DAY_MS = 24 * 3_600_000;

/** Begins the name of a folder that is being removed; no run's name does. */
const REMOVED = ".removed-";

/** Removes what the retention does not keep; `nowAt` in epoch milliseconds. Answers with the names of the removed. */
export async function pruneRuns(
  statePath: string,
  report: string,
  retention: Retention,
  nowAt: number,
): Promise<string[]> {
  const { keep, days } = retention;
  if (keep === undefined && days === undefined) return [];
  const folder = runsFolder(statePath);
  const removed: string[] = [];
  for (const runId of await oldRuns(statePath, report, retention, nowAt))
    if (await remove(folder, runId)) removed.push(runId);
  await onDisk(folder, async () => {
    for (const name of await readdir(folder))
      if (name.startsWith(REMOVED)) await rm(join(folder, name), { recursive: true, force: true });
  });
  return removed;
}

/** What the retention does not keep, and nobody is at work on. */
export async function oldRuns(
  statePath: string,
  report: string,
  { keep, days, hold }: Retention,
  nowAt: number,
): Promise<string[]> {
  if (keep === undefined && days === undefined) return [];
  const folder = runsFolder(statePath);
  const newestFirst = (await runIds(statePath))
    .flatMap((runId) => ({ runId, startedAt: startOf(runId, report) }))
    .filter(({ startedAt }) => startedAt !== undefined)
    .sort((left, right) => (right.startedAt ?? 0) - (left.startedAt ?? 0));
  const old = newestFirst.filter(
    ({ startedAt }, place) => place >= (keep ?? 0) && (startedAt ?? 0) < nowAt - (days ?? 0) * DAY_MS,
  );
  const lastGood = await firstGood(folder, newestFirst);
  return old.flatMap(({ runId }) =>
    runId === lastGood || isHeld({ report, runId }, hold) || isLocked(join(folder, runId, LOCK)) ? [] : [runId],
  );
}

/** The reports that have runs here. */
export async function reportsWithRuns(statePath: string): Promise<string[]> {
  const names = (await runIds(statePath)).flatMap((runId) => /^(.+)-\d{8}T\d{6}Z-[0-9a-f]{6}$/.exec(runId)?.[1] ?? []);
  return [...new Set(names)].sort();
}

async function firstGood(folder: string, runs: readonly { readonly runId: string }[]): Promise<string | undefined> {
  for (const { runId } of runs) if ((await readEnd(join(folder, runId)))?.state === "done") return runId;
  return undefined;
}

/** False when another process has it. */
async function remove(folder: string, runId: string): Promise<boolean> {
  const release = takeLock(join(folder, runId, LOCK));
  if (release === undefined) return false;
  const removed = join(folder, `${REMOVED}${runId}`);
  try {
    await onDisk(folder, async () => await rename(join(folder, runId), removed));
  } finally {
    release();
  }
  return true;
}

/** When a run of this report began, by its name; undefined for another report's. */
function startOf(runId: string, report: string): number | undefined {
  const [, name, date, time] = /^(.+)-(\d{8})T(\d{6})Z-[0-9a-f]{6}$/.exec(runId) ?? [];
  if (name !== report || date === undefined || time === undefined) return undefined;
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : at;
}
