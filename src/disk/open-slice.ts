/**
 * The folder of one slice: its pages and its checkpoint.
 *
 *   page written behind the others ─► synced ─► line in the checkpoint ─► synced: now it counts
 *
 * Whatever the process dies between, the checkpoint speaks only of pages that are there; what stands behind them is cut
 * off. Opening holds every page against its checksum, so that what is resumed is what was fetched.
 */
import { open, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { KeptPage, SliceProgress } from "../domain/checkpoint.ts";
import { compareRecords, type RecordPlace } from "../domain/conversation-record.ts";
import type { Page, StoredPage } from "../domain/page.ts";
import type { SliceFolder } from "../domain/run-folder.ts";
import { syncFolder } from "../support/atomic-write.ts";
import { makeFolder } from "../support/make-folder.ts";
import {
  type CheckpointLine,
  checkpointLine,
  type LoggedPage,
  openingLine,
  type ReadLog,
  readLog,
} from "./checkpoint-log.ts";
import { encodeRecords } from "./encode-records.ts";
import { onDisk } from "./on-disk.ts";
import { appendDurably, PAGES, readPiece, sha256Of } from "./page-file.ts";

/** A slice of a run, and the run's count of pages. */
export interface SliceAddress {
  readonly runId: string;
  readonly sliceId: string;
  readonly folder: string;
  /** Answers with the next higher number at each call. */
  readonly nextSequence: () => number;
}

/** The name of the checkpoint in a slice's folder. */
export const CHECKPOINT = "checkpoint.log";

/** Opens the slice where its checkpoint says; begins anew, and says why, when that cannot be relied on. */
export async function openSlice({ runId, sliceId, folder, nextSequence }: SliceAddress): Promise<SliceFolder> {
  const file = join(folder, CHECKPOINT);
  const pagesFile = join(folder, PAGES);
  const found = await onDisk(folder, async () => {
    await makeFolder(folder);
    return await readSafely(folder, runId, sliceId);
  });
  let restarted: string | undefined;
  let progress: SliceProgress = { pages: [], passes: 0 };
  let digest = "";
  let offset = 0;

  /** The page at the end of those that were placed before. */
  function placed({ stored, ...page }: LoggedPage): KeptPage {
    if (stored === undefined) return page;
    const whole: StoredPage = { ...stored, sliceId, number: page.mark.number, file: pagesFile, offset };
    offset += stored.bytes;
    return { ...page, stored: whole };
  }

  async function restart(): Promise<void> {
    await onDisk(folder, async () => {
      await rm(file, { force: true });
      await syncFolder(folder);
      await rm(folder, { recursive: true, force: true });
      await makeFolder(folder);
    });
    [digest, offset] = ["", 0];
  }

  if ("damage" in found) {
    restarted = found.damage;
    await restart();
  } else {
    progress = { ...found.progress, pages: found.progress.pages.map(placed) };
    digest = found.digest;
  }

  /** The first line of all goes with the one that says whose checkpoint it is. */
  async function append(line: CheckpointLine): Promise<void> {
    const opening = digest === "" ? openingLine(runId, sliceId) : undefined;
    const next = checkpointLine(opening?.digest ?? digest, line);
    await onDisk(file, async () => {
      await appendDurably(file, `${opening?.text ?? ""}${next.text}`);
      if (opening) await syncFolder(folder);
    });
    digest = next.digest;
  }

  return {
    progress,
    ...(restarted === undefined ? {} : { restarted }),
    async addPage(page) {
      const { logged, bytes } = layOut(page, nextSequence);
      await onDisk(pagesFile, async () => {
        if (bytes.length > 0) await appendDurably(pagesFile, bytes);
        if (offset === 0) await syncFolder(folder);
      });
      await append({ kind: "page", page: logged });
      return placed(logged);
    },
    beginPass: async () => await append({ kind: "pass" }),
    note: async (text) => await append({ kind: "note", text }),
    end: async (end) => await append({ kind: "end", end }),
    restart,
  };
}

/** What the checkpoint says, when every page that it speaks of is there; what stands behind it is cut off. */
async function readSafely(folder: string, runId: string, sliceId: string): Promise<ReadLog> {
  const file = join(folder, CHECKPOINT);
  const bytes = await readIfThere(file);
  if (bytes === undefined) {
    // A page that no checkpoint came to speak of.
    await rm(join(folder, PAGES), { force: true });
    return { progress: { pages: [], passes: 0 }, digest: "", sizeBytes: 0 };
  }
  const found = readLog(bytes.toString("utf8"), runId, sliceId);
  if ("damage" in found) return found;
  const damage = await damageOf(join(folder, PAGES), found.progress.pages);
  if (damage !== undefined) return { damage };
  if (bytes.length > found.sizeBytes) await truncate(file, found.sizeBytes);
  return found;
}

/** What is wrong with the pages, in words; what stands behind the last of them is cut off. */
async function damageOf(file: string, pages: readonly LoggedPage[]): Promise<string | undefined> {
  const handle = await open(file, "a+", 0o600);
  try {
    let offset = 0;
    for (const [place, { stored }] of pages.entries()) {
      if (stored === undefined) continue;
      const piece = await readPiece(handle, { ...stored, offset });
      if (typeof piece === "string") return `its page ${place + 1} is ${piece}`;
      offset += stored.bytes;
    }
    await handle.truncate(offset);
    return undefined;
  } finally {
    await handle.close();
  }
}

function layOut(page: Page, nextSequence: () => number): { readonly logged: LoggedPage; readonly bytes: Buffer } {
  const { number, cursor, isLast, totalHits, rejects, sizeBytes } = page;
  const records = page.records.toSorted(compareRecords);
  const [first, last] = [records[0], records.at(-1)];
  const told = {
    mark: { number, ...(cursor === undefined ? {} : { cursor }), ...(isLast === undefined ? {} : { isLast }) },
    received: records.length + rejects.length,
    ...(totalHits === undefined ? {} : { totalHits }),
    rejects,
    sizeBytes,
  };
  if (!first || !last) return { logged: told, bytes: Buffer.alloc(0) };
  const bytes = Buffer.from(encodeRecords(records));
  const stored = {
    sequence: nextSequence(),
    sha256: sha256Of(bytes),
    bytes: bytes.length,
    rowCount: records.length,
    first: placeOf(first),
    last: placeOf(last),
  };
  return { logged: { ...told, stored }, bytes };
}

/** A page that was kept whole by its first record would make memory grow with the window. */
function placeOf({ startedAt, id }: RecordPlace): RecordPlace {
  return { startedAt, id };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
}
