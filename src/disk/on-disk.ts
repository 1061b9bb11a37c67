/** Translates the disk's errors at the edge: what could not be done where, and who can mend it. */
import { ReportError } from "../domain/errors.ts";

/** The disk, the person's share of it, or the size that a file may have, is used up. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What is not mended by another folder. */
const HINTS: Readonly<Record<string, string>> = {
  EMFILE: "Too many files are open: raise the limit (`ulimit -n`), 256 is enough.",
  ENFILE: "Too many files are open on this machine: end other programs, or raise its limit.",
  ENAMETOOLONG: "Choose a shorter path with CALLSHEET_STATE or --out.",
  EIO: "The disk is failing: choose another with CALLSHEET_STATE or --out.",
};

/** Does the work; the disk's own errors become `disk.full` or `disk.unwritable`, others pass. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDiskError(error)) throw error;
    if (FULL.has(error.code)) {
      throw new ReportError("disk.full", `No space left while writing to ${path}`, {
        hint: "Free some space, or set CALLSHEET_STATE to another disk.",
        cause: error,
      });
    }
    throw new ReportError("disk.unwritable", `Cannot use ${path}: ${error.code}`, {
      hint:
        HINTS[error.code] ?? "Make the folder writable for this user, or choose another with CALLSHEET_STATE or --out.",
      cause: error,
    });
  }
}

/** A file of ours that holds something else than was written to it. */
export function damagedFile(file: string): ReportError {
  return new ReportError("disk.unwritable", `${file} no longer holds what was written to it`, {
    hint: "Run again; if it happens again, the disk is failing or another program writes there: set CALLSHEET_STATE to another one.",
  });
}

function isDiskError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code) &&
    "syscall" in error
  );
}
