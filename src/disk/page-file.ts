/**
 * The pages of a slice, one behind another in one file that only grows. A file for each page would be made, named and
 * put into its folder durably each time: that alone was an eighth of the CPU time of a run.
 */
import { createHash } from "node:crypto";
import { closeSync, fsync, openSync, readSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import type { StoredPage } from "../domain/page.ts";

/** The name of the file in a slice's folder. */
export const PAGES = "pages.ndjson";

/** Only the sync is waited for beside other work: to hand each of the short calls to a thread costs more than the call. */
const sync = promisify(fsync);

/** Where a page stands in the file, and what it is known by. */
export type PagePiece = Pick<StoredPage, "offset" | "bytes" | "sha256">;

/** Adds bytes to the end of a file, and answers when they are durable. */
export async function appendDurably(file: string, data: string | Uint8Array): Promise<void> {
  const handle = openSync(file, "a", 0o600);
  try {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    await sync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The page's bytes, or what is wrong with them. */
export function readPiece(handle: number, piece: PagePiece): Buffer | "missing" | "damaged" {
  const bytes = Buffer.allocUnsafe(piece.bytes);
  const bytesRead = readSync(handle, bytes, 0, piece.bytes, piece.offset);
  if (bytesRead < piece.bytes) return "missing";
  return sha256Of(bytes) === piece.sha256 ? bytes : "damaged";
}

/** Hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
