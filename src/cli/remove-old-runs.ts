/** Removes the old runs of a report after a new one. */
import { pruneRuns } from "../disk/prune-runs.ts";
import { ReportError } from "../domain/errors.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** The report is made: that an old one could not be removed is worth a word, not an error. */
export async function removeOldRuns({ statePath, retention }: Config, report: string, world: World): Promise<void> {
  try {
    const removed = await pruneRuns(statePath, report, retention, world.clock.now());
    if (removed.length > 0) world.err(`Note: removed ${removed.length} old runs of ${report} (retention)\n`);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    world.err(`Note: old runs could not be removed: ${error.message}\n`);
  }
}
