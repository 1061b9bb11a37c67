/**
 * One process at a time has a run. The lock is the operating system's own, taken through the SQLite that comes with
 * Node: it ends with the process that holds it, however that one dies, so that nothing stale can be left behind.
 */
import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ReportError } from "../domain/errors.ts";

/** Lets go of the run. */
export type Release = () => void;

/** SQLite's own number for "somebody else has it". */
const BUSY = 5;

/** Long enough for another process that only looks whether the lock is held. */
const PATIENCE_MS = 200;

/** Whether somebody holds the lock; false when there is no such file. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  const release = takeLock(file, 0);
  release?.();
  return release === undefined;
}

/** Takes the lock; undefined when another process, or another run of this one, has it. The file stays empty. */
export function takeLock(file: string, patienceMs = PATIENCE_MS): Release | undefined {
  let database: DatabaseSync | undefined;
  try {
    closeSync(openSync(file, "a", 0o600));
    database = new DatabaseSync(file, { timeout: patienceMs });
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database.close.bind(database);
  } catch (error) {
    database?.close();
    if (!(error instanceof Error) || !("errcode" in error)) throw error;
    if (error.errcode === BUSY) return undefined;
    throw new ReportError("disk.unwritable", `Cannot lock ${file}`, {
      hint: "Make the folder writable for this user, or choose another with CALLSHEET_STATE; a network folder must offer locks.",
      cause: error,
    });
  }
}
