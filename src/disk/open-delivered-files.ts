/**
 * Opens what was delivered to folders, for those who have a link. A key leads to a regular file below its folder or to
 * nothing: no step out of it, and no symbolic link at any place of the way.
 */
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { DeliveredFile, DeliveredFiles } from "../console/delivered-files.ts";

/** `folders` are absolute paths by the names of their destinations. */
export function openDeliveredFiles(folders: ReadonlyMap<string, string>): DeliveredFiles {
  return {
    async open(destination, key) {
      const folder = folders.get(destination);
      if (folder === undefined || !isPlainKey(key)) return undefined;
      try {
        return await openBelow(folder, key);
      } catch (error) {
        // Nobody behind a link learns why: a file that is gone, a link in the way, a folder that is not mounted.
        if (error instanceof Error && "code" in error) return undefined;
        throw error;
      }
    },
  };
}

/** The alphabet of object keys; no segment that leads elsewhere. */
function isPlainKey(key: string): boolean {
  const segments = key.split("/");
  return segments.every((segment) => /^[A-Za-z0-9._=-]+$/.test(segment) && segment !== "." && segment !== "..");
}

async function openBelow(folder: string, key: string): Promise<DeliveredFile | undefined> {
  const wanted = join(await realpath(folder), key);
  if ((await realpath(wanted)) !== wanted) return undefined;
  // Neither a link that was put there just now, nor a pipe that would let us wait.
  const file = await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await file.stat();
  if (stat.isFile()) return fileOf(file, stat.size);
  await file.close();
  return undefined;
}

function fileOf(file: FileHandle, bytes: number): DeliveredFile {
  return {
    bytes,
    stream: (start, end) => file.createReadStream({ start, end }),
    close: async () => await file.close(),
  };
}
