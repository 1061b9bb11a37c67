/**
 * Erases conversations from everything that lies below the state folder and can be asked for by id: every stored day is
 * written anew without them, pages and working files of runs that stopped are removed. Finished reports are not
 * rewritten, since their checksums stand in manifests; those that name a conversation are listed, and so are runs at work.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { StoredDay } from "../domain/stored-day.ts";
import type { DayFiles } from "../runs/day-files.ts";
import { onDisk } from "./on-disk.ts";
import { takeLock } from "./run-lock.ts";
import { LOCK } from "./run-names.ts";
import { allFolders, isSound, linkOrCopy, namesIn, publishDay, readDays } from "./store-folder.ts";

/** What was erased, and what was not. */
export interface Erasure {
  /** Those of the ids that the store held. */
  readonly found: readonly string[];
  /** Stored days that were written anew. */
  readonly days: number;
  /** Stored days that nobody can read any more, and that were removed for it. */
  readonly damaged: number;
  /** Pages of runs that stopped; a run that is resumed asks for them anew. */
  readonly pages: number;
  /** Files of runs that name a conversation and were left as they are. */
  readonly stillNamed: readonly string[];
  /** Folders of runs at work: what they fetched is not touched, and they may store it yet. */
  readonly running: readonly string[];
}

/** Erases; when it has come back, no stored day, and no page of a run that is not at work, holds one of the ids. */
export async function eraseConversations(
  statePath: string,
  ids: readonly string[],
  openFiles: (folder: string) => Promise<DayFiles>,
): Promise<Erasure> {
  return await onDisk(statePath, async () => ({
    ...(await eraseFromDays(statePath, ids, openFiles)),
    ...(await eraseFromRuns(join(statePath, "runs"), ids)),
  }));
}

async function eraseFromDays(
  statePath: string,
  ids: readonly string[],
  openFiles: (folder: string) => Promise<DayFiles>,
): Promise<Pick<Erasure, "found" | "days" | "damaged">> {
  const found = new Set<string>();
  let [days, damaged] = [0, 0];
  const stored: StoredDay[] = [];
  for (const folder of await allFolders(statePath)) stored.push(...(await readDays(folder)));
  if (stored.length === 0) return { found: [], days, damaged };
  const scratch = await mkdtemp(join(statePath, "erase-"));
  const files = await openFiles(scratch);
  try {
    for (const day of stored) {
      if (!(await isSound(day.path))) {
        await rm(day.path, { force: true });
        damaged += 1;
        continue;
      }
      const gone = await rewriteWithout(day, ids, files, scratch);
      if (gone.length > 0) days += 1;
      for (const id of gone) found.add(id);
    }
  } finally {
    files.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return { found: [...found].sort(), days, damaged };
}

/** Writes the day anew beside the old file, which goes when the new one is durable. */
async function rewriteWithout(
  day: StoredDay,
  ids: readonly string[],
  files: DayFiles,
  scratch: string,
): Promise<string[]> {
  const own = join(scratch, basename(day.path));
  const copy = join(scratch, "copy.parquet");
  if (!(await linkOrCopy(day.path, own))) return [];
  const gone = await files.copyWithout(own, ids, copy);
  await rm(own);
  if (gone.length === 0) return [];
  const openCount = day.openCount - gone.filter(({ isOpen }) => isOpen).length;
  await publishDay(copy, dirname(day.path), { ...day, rowCount: day.rowCount - gone.length, openCount });
  await rm(day.path, { force: true });
  return gone.map(({ id }) => id);
}

async function eraseFromRuns(
  runs: string,
  ids: readonly string[],
): Promise<Pick<Erasure, "pages" | "stillNamed" | "running">> {
  let pages = 0;
  const stillNamed: string[] = [];
  const running: string[] = [];
  for (const runId of await namesIn(runs)) {
    const removed = await erasePages(join(runs, runId), ids);
    if (removed === undefined) running.push(join(runs, runId));
    else pages += removed;
    const inside = await namesIn(join(runs, runId));
    const kept = inside.filter((name) => name.endsWith(".json") || name.endsWith(".ndjson"));
    const written = [
      ...kept.map((name) => join(runs, runId, name)),
      ...(await filesBelow(join(runs, runId, "artifacts"))),
    ];
    for (const file of written) if (await holdsAny(file, ids)) stillNamed.push(file);
  }
  return { pages, stillNamed: stillNamed.sort(), running: running.sort() };
}

/** Removes working files and the pages that hold one of the ids; undefined when the run is at work. */
async function erasePages(path: string, ids: readonly string[]): Promise<number | undefined> {
  if ((await namesIn(path)).length === 0) return 0;
  const release = takeLock(join(path, LOCK));
  if (release === undefined) return undefined;
  try {
    await rm(join(path, "scratch"), { recursive: true, force: true });
    let pages = 0;
    for (const file of await filesBelow(join(path, "pages"))) {
      if (!(await holdsAny(file, ids))) continue;
      await rm(file);
      pages += 1;
    }
    return pages;
  } finally {
    release();
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  if ((await namesIn(folder)).length === 0) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Whether the bytes of one of the texts stand in the file, read piece by piece. */
async function holdsAny(file: string, texts: readonly string[]): Promise<boolean> {
  const wanted = texts.map((text) => Buffer.from(text));
  const overlap = Math.max(...wanted.map(({ length }) => length)) - 1;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    const piece = Buffer.concat([rest, chunk as Buffer]);
    if (wanted.some((bytes) => piece.includes(bytes))) return true;
    rest = piece.subarray(Math.max(0, piece.length - overlap));
  }
  return false;
}
