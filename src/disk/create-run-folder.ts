/** A run's folder on a local disk: `pages/<slice>/`, `artifacts/`, `rejects.ndjson`, `manifest.json`. */
import { createHash, randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { compareRecords, type ConversationRecord, type RecordPlace } from "../domain/conversation-record.ts";
import { ReportError } from "../domain/errors.ts";
import type { StoredPage } from "../domain/page.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { decodeRecords, encodeRecords } from "./encode-records.ts";
import { onDisk } from "./on-disk.ts";
import { publishFiles } from "./publish-files.ts";

/** Makes the folder of a new run below the state folder; `startedAt` in epoch milliseconds names it. */
export async function createRunFolder(statePath: string, report: string, startedAt: number): Promise<RunFolder> {
  const stamp = new Date(startedAt).toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  const runId = `${report}-${stamp}Z-${randomBytes(3).toString("hex")}`;
  const path = join(statePath, "runs", runId);
  const scratchPath = join(path, "scratch");
  await onDisk(path, async () => {
    for (const name of ["pages", "artifacts", "scratch"])
      await mkdir(join(path, name), { recursive: true, mode: 0o700 });
  });
  const checksums = new Map<string, string>();
  const folders = new Set<string>();
  let sequence = 0;

  return {
    runId,
    path,
    scratchPath,
    async writePage(sliceId, page): Promise<StoredPage | undefined> {
      const records = page.records.toSorted(compareRecords);
      const [first, last] = [records[0], records.at(-1)];
      if (!first || !last) return undefined;
      sequence += 1;
      const own = sequence;
      const folder = join(path, "pages", sliceId);
      const file = join(folder, `${String(page.number).padStart(5, "0")}.ndjson`);
      await onDisk(file, async () => {
        if (!folders.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
        folders.add(folder);
        const written = await atomicWrite(file, [encodeRecords(records)]);
        checksums.set(file, written.sha256);
      });
      return {
        sliceId,
        number: page.number,
        sequence: own,
        file,
        rowCount: records.length,
        first: placeOf(first),
        last: placeOf(last),
      };
    },
    async readPage({ file }): Promise<ConversationRecord[]> {
      const bytes = await onDisk(file, async () => await readFile(file));
      if (createHash("sha256").update(bytes).digest("hex") !== checksums.get(file)) throw damaged(file);
      // The checksum has shown that these are the very bytes that were made of records.
      return decodeRecords(bytes.toString("utf8"));
    },
    async writeRejects(sliceId, rejects) {
      const lines = rejects.map((reject) => `${JSON.stringify({ slice: sliceId, ...reject })}\n`).join("");
      await onDisk(path, async () => await appendFile(join(path, "rejects.ndjson"), lines, { mode: 0o600 }));
    },
    writeText: async (name, text) => await onDisk(path, async () => await atomicWrite(join(path, name), [text])),
    writeArtifact: async (name, chunks) =>
      await onDisk(path, async () => await atomicWrite(join(path, "artifacts", name), chunks)),
    publish: async (files, folder) => await publishFiles(files, folder, runId),
    async discardPages() {
      await onDisk(path, async () => {
        await rm(join(path, "pages"), { recursive: true, force: true });
        await rm(scratchPath, { recursive: true, force: true });
      });
    },
  };
}

/** A page that was kept whole by its first record would make memory grow with the window. */
function placeOf({ startedAt, id }: RecordPlace): RecordPlace {
  return { startedAt, id };
}

function damaged(file: string): ReportError {
  return new ReportError("disk.unwritable", `${file} no longer holds what was written to it`, {
    hint: "Run again; if it happens again, the disk is failing or another program writes there: set CALLSHEET_STATE to another one.",
  });
}
