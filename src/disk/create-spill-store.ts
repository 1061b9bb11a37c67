/**
 * Spills as files in a run's scratch folder: blocks of records one after another, read back a block at a time. They
 * are not synced, since nobody reads them after a crash; each block is held against its checksum all the same.
 */
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { FetchedRecord, Spill, SpillStore } from "../merge/spill-store.ts";
import { damagedFile, onDisk } from "./on-disk.ts";

/** Where a block stands in its file. */
interface Block {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly checksum: number;
}

/** Makes a store of spills below a scratch folder. */
export function createSpillStore(scratchPath: string): SpillStore {
  const folder = join(scratchPath, "spills");
  let count = 0;
  return {
    async write(batches) {
      count += 1;
      const file = join(folder, `${String(count).padStart(6, "0")}.ndjson`);
      const blocks = await onDisk(file, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        return await withFile(file, "wx", async (handle) => await writeBlocks(handle, batches));
      });
      return spillOf(file, blocks);
    },
  };
}

async function writeBlocks(handle: FileHandle, batches: AsyncIterable<readonly FetchedRecord[]>): Promise<Block[]> {
  const blocks: Block[] = [];
  let offset = 0;
  for await (const batch of batches) {
    const bytes = Buffer.from(batch.map(({ record, sequence }) => `${JSON.stringify([sequence, record])}\n`).join(""));
    await handle.writeFile(bytes);
    blocks.push({ offset, sizeBytes: bytes.length, checksum: crc32(bytes) });
    offset += bytes.length;
  }
  return blocks;
}

function spillOf(file: string, blocks: readonly Block[]): Spill {
  return {
    async *read() {
      const handle = await onDisk(file, async () => await open(file, "r"));
      try {
        for (const block of blocks) yield await onDisk(file, async () => await readBlock(file, handle, block));
      } finally {
        await handle.close();
      }
    },
    discard: async () => await onDisk(file, async () => await rm(file)),
  };
}

async function readBlock(file: string, handle: FileHandle, block: Block): Promise<FetchedRecord[]> {
  const bytes = Buffer.alloc(block.sizeBytes);
  const { bytesRead } = await handle.read(bytes, 0, block.sizeBytes, block.offset);
  if (bytesRead !== block.sizeBytes || crc32(bytes) !== block.checksum) throw damagedFile(file);
  // The checksum has shown that these are the very bytes that were made of records.
  return bytes
    .toString("utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [sequence, record] = JSON.parse(line) as [number, ConversationRecord];
      return { record, sequence };
    });
}

async function withFile<T>(file: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags, 0o600);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
