/**
 * The pages of a slice, one behind another in one file that only grows. A file for each page would be made, named and
 * put into its folder durably each time: that alone was an eighth of the CPU time of a run.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { StoredPage } from "../domain/page.ts";

/** The name of the file in a slice's folder. */
export const PAGES = "pages.ndjson";

/** Where a page stands in the file, and what it is known by. */
export type PagePiece = Pick<StoredPage, "offset" | "bytes" | "sha256">;

/** Adds bytes to the end of a file, and answers when they are durable. */
export async function appendDurably(file: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(file, "a", 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The page's bytes, or what is wrong with them. */
export async function readPiece(handle: FileHandle, piece: PagePiece): Promise<Buffer | "missing" | "damaged"> {
  const bytes = Buffer.allocUnsafe(piece.bytes);
  const { bytesRead } = await handle.read(bytes, 0, piece.bytes, piece.offset);
  if (bytesRead < piece.bytes) return "missing";
  return sha256Of(bytes) === piece.sha256 ? bytes : "damaged";
}

/** Hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
