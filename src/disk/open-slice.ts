/**
 * The folder of one slice: its pages and its checkpoint.
 *
 *   page written beside its name ─► synced ─► named ─► line in the checkpoint ─► synced: now it counts
 *
 * Whatever the process dies between, the checkpoint speaks only of pages that are there. Opening holds every page
 * against its checksum, so that what is resumed is what was fetched.
 */
import { createHash } from "node:crypto";
import { open, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { KeptPage, SliceProgress } from "../domain/checkpoint.ts";
import { compareRecords, type RecordPlace } from "../domain/conversation-record.ts";
import type { Page, StoredPage } from "../domain/page.ts";
import type { SliceFolder } from "../domain/run-folder.ts";
import { atomicWrite, syncFolder } from "../support/atomic-write.ts";
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
import { pageFileName } from "./run-names.ts";

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
  const found = await onDisk(folder, async () => {
    await makeFolder(folder);
    return await readSafely(folder, runId, sliceId);
  });
  let restarted: string | undefined;
  let progress: SliceProgress = { pages: [], passes: 0 };
  let digest = "";
  let places = 0;

  async function restart(): Promise<void> {
    await onDisk(folder, async () => {
      await rm(file, { force: true });
      await syncFolder(folder);
      await rm(folder, { recursive: true, force: true });
      await makeFolder(folder);
    });
    [digest, places] = ["", 0];
  }

  if ("damage" in found) {
    restarted = found.damage;
    await restart();
  } else {
    progress = {
      ...found.progress,
      pages: found.progress.pages.map((page, place) => keptPage(page, sliceId, folder, place)),
    };
    digest = found.digest;
    places = progress.pages.length;
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
      const place = places++;
      const logged = await onDisk(
        folder,
        async () => await writePage(page, join(folder, pageFileName(place)), nextSequence),
      );
      await append({ kind: "page", page: logged });
      return keptPage(logged, sliceId, folder, place);
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
  if (bytes === undefined) return { progress: { pages: [], passes: 0 }, digest: "", sizeBytes: 0 };
  const found = readLog(bytes.toString("utf8"), runId, sliceId);
  if ("damage" in found) return found;
  for (const [place, { stored }] of found.progress.pages.entries()) {
    if (stored === undefined) continue;
    const name = pageFileName(place);
    const page = await readIfThere(join(folder, name));
    if (page === undefined) return { damage: `its page ${name} is missing` };
    if (sha256Of(page) !== stored.sha256) return { damage: `its page ${name} is damaged` };
  }
  if (bytes.length > found.sizeBytes) await truncate(file, found.sizeBytes);
  return found;
}

async function writePage(page: Page, file: string, nextSequence: () => number): Promise<LoggedPage> {
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
  if (!first || !last) return told;
  const sequence = nextSequence();
  const { sha256, bytes } = await atomicWrite(file, [encodeRecords(records)]);
  return {
    ...told,
    stored: { sequence, sha256, bytes, rowCount: records.length, first: placeOf(first), last: placeOf(last) },
  };
}

function keptPage({ stored, ...page }: LoggedPage, sliceId: string, folder: string, place: number): KeptPage {
  if (stored === undefined) return page;
  const whole: StoredPage = { ...stored, sliceId, number: page.mark.number, file: join(folder, pageFileName(place)) };
  return { ...page, stored: whole };
}

/** A page that was kept whole by its first record would make memory grow with the window. */
function placeOf({ startedAt, id }: RecordPlace): RecordPlace {
  return { startedAt, id };
}

async function appendDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "a", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
