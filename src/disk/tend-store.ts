/** The store as its owner tends it: what lies there, and what has been kept long enough. */
import { rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Clock } from "../domain/clock.ts";
import type { StoredDay, StoredQuestion } from "../domain/stored-day.ts";
import { onDisk } from "./on-disk.ts";
import { allFolders, readDays, readQuestion, storePath } from "./store-folder.ts";

/** What is stored for one question. */
export interface StoredQuestionReport {
  /** The folder, below that of the store. */
  readonly folder: string;
  /** Absent for what another version of callsheet stored: it is not read, and goes when its time is over. */
  readonly question?: StoredQuestion;
  readonly days: readonly StoredDay[];
  readonly sizeBytes: number;
}

/** Everything that is stored, of all clients. */
export async function listStore(statePath: string): Promise<StoredQuestionReport[]> {
  return await onDisk(storePath(statePath), async () => {
    const reports: StoredQuestionReport[] = [];
    for (const folder of await allFolders(statePath)) {
      const days = await readDays(folder);
      if (days.length === 0) continue;
      const question = await readQuestion(folder);
      let sizeBytes = 0;
      for (const { path } of days) sizeBytes += (await stat(path)).size;
      reports.push({ folder: relative(storePath(statePath), folder), ...(question && { question }), days, sizeBytes });
    }
    return reports;
  });
}

/** Removes the files that were fetched so long ago; a run that uses one keeps its own link to it. */
export async function pruneStore(statePath: string, retentionMs: number, clock: Clock): Promise<readonly StoredDay[]> {
  return await onDisk(storePath(statePath), async () => {
    const expired = await expiredDays(statePath, retentionMs, clock);
    for (const { path } of expired) await rm(path, { force: true });
    for (const folder of new Set(expired.map(({ path }) => dirname(path))))
      if ((await readDays(folder)).length === 0) await removeQuestion(folder);
    return expired;
  });
}

/** The files that would be removed. */
export async function expiredDays(statePath: string, retentionMs: number, clock: Clock): Promise<readonly StoredDay[]> {
  return await onDisk(storePath(statePath), async () => {
    const expired: StoredDay[] = [];
    for (const folder of await allFolders(statePath))
      expired.push(...(await readDays(folder)).filter(({ fetchedAt }) => clock.now() - fetchedAt >= retentionMs));
    return expired;
  });
}

/** The question too may name customers; what else lies in its folder is not ours. */
async function removeQuestion(folder: string): Promise<void> {
  await rm(join(folder, "question.json"), { force: true });
  await rmdir(folder).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "ENOENT")))
      throw error;
  });
}
