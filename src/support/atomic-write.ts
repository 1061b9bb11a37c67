/**
 * Writes a file so that a reader sees all of it or nothing: under a temporary name, synced, renamed, and the
 * folder synced too, so that the name survives a power loss.
 */
import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A finished file; `sha256` is hexadecimal. */
export interface AtomicFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes the chunks to `path`. On any error the temporary file is removed and an older file stays untouched. Where
 * several processes may write one file at once, each has a `mark` of its own, and the last rename wins.
 */
export async function atomicWrite(
  path: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  mark = "",
): Promise<AtomicFile> {
  const temporary = `${path}${mark}.part`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      for await (const chunk of chunks) {
        const buffer = typeof chunk === "string" ? Buffer.from(chunk.toWellFormed(), "utf8") : chunk;
        hash.update(buffer);
        bytes += buffer.length;
        await file.writeFile(buffer);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
