/** Names in the state folder. Report names are of a safe alphabet, so that a run's name fits every file system. */
import { join } from "node:path";

/** What the first try of a run resolved. */
export const PLAN = "plan.json";

/** Held by the process that is at work on a run. */
export const LOCK = "lock";

/** How a run ended; absent while it is running, and when it was killed. */
export const ENDED = "ended.json";

/** A run's account of itself. */
export const MANIFEST = "manifest.json";

/** What could not be read. */
export const REJECTS = "rejects.ndjson";

/** The folder of all runs. */
export function runsFolder(statePath: string): string {
  return join(statePath, "runs");
}

/** Whether a run's name is that of a run of this report: `voice-by-queue-20240301T020000Z-0a1b2c`. */
export function isOfReport(runId: string, report: string): boolean {
  return runId.startsWith(`${report}-`) && /^\d{8}T\d{6}Z-[0-9a-f]{6}$/.test(runId.slice(report.length + 1));
}
