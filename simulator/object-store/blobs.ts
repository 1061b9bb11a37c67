// In: the bytes of objects. Out: handles that give them back, whole or in part. Bytes live in memory, or in files of
// one folder when they should not (their names are numbers; what they mean is known to this process only, so the
// folder is emptied when the store closes).

import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Stored bytes. */
export interface Blob {
  readonly sizeBytes: number;
  /** Bytes from `start` up to but not including `end`. */
  read(start?: number, end?: number): Promise<Buffer>;
}

/** Where bytes are kept. */
export interface Blobs {
  write(bytes: Buffer): Promise<Blob>;
  close(): Promise<void>;
}

/** Keeps bytes in memory. */
export function createMemoryBlobs(): Blobs {
  return {
    write: (bytes) => Promise.resolve(memoryBlob(bytes)),
    close: () => Promise.resolve(),
  };
}

/** Bytes that are in memory already. */
function memoryBlob(bytes: Buffer): Blob {
  return {
    sizeBytes: bytes.length,
    read: (start = 0, end = bytes.length) => Promise.resolve(bytes.subarray(start, end)),
  };
}

/** Keeps bytes in files of `folder`, which is made if needed; `close` removes the files. */
export function createFolderBlobs(folder: string): Blobs {
  const paths: string[] = [];
  return {
    async write(bytes) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${process.pid}-${paths.length}.blob`);
      paths.push(path);
      await writeFile(path, bytes, { mode: 0o600 });
      return { sizeBytes: bytes.length, read: (start = 0, end = bytes.length) => readRange(path, start, end) };
    },
    async close() {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    },
  };
}

async function readRange(path: string, start: number, end: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
