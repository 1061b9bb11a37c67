/** `callsheet runs diff RUN [OTHER]`: which rows of a report differ between two runs of one window. */
import { ReportError } from "../../domain/errors.ts";
import { countChanges } from "../../domain/row-change.ts";
import { readPastRuns } from "../../disk/read-past-runs.ts";
import { diffRows } from "../../runs/diff-rows.ts";
import { type ComparableRun, isLater, type PastRuns } from "../../runs/past-runs.ts";
import { runBefore } from "../../runs/revise.ts";
import { readConfig } from "../read-config.ts";
import { inWords, renderRowChanges } from "../render-changes.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface RunsDiffOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints the differences; with one run, those to the revision before it. */
export async function runsDiff(
  runId: string,
  otherId: string | undefined,
  { config, json }: RunsDiffOptions,
  world: World,
): Promise<void> {
  const past = readPastRuns(readConfig(config, world).statePath);
  const run = await past.get(runId);
  const other = otherId === undefined ? await revisionBefore(run, past) : await past.get(otherId);
  const [before, after] = isLater(run, other) ? [other, run] : [run, other];
  expectComparable(before, after);
  const [older, newer] = [await past.readRows(before), await past.readRows(after)];
  if (!older || !newer)
    throw new ReportError("config.invalid", `${before.runId} and ${after.runId} have too many rows to be compared`, {
      hint: "Run the report with a narrower window or filter twice, and compare those runs.",
    });
  const changes = diffRows(after.columns, older, newer);
  const rows = countChanges(changes);
  const told = {
    before: { runId: before.runId, revision: before.revision },
    after: { runId: after.runId, revision: after.revision },
    rows,
    changes,
  };
  if (json) return world.out(`${JSON.stringify(told, undefined, 2)}\n`);
  world.out(changes.length === 0 ? "" : renderRowChanges(changes));
  world.out(
    `${changes.length === 0 ? "no row changed" : `${inWords(rows)} rows`} from revision ${before.revision} (${before.runId}) to revision ${after.revision} (${after.runId})\n`,
  );
}

/** The last run before this one that gave other rows. */
async function revisionBefore(run: ComparableRun, past: PastRuns): Promise<ComparableRun> {
  const before = await runBefore(run, past, ({ revision }) => revision < run.revision);
  if (before) return before;
  throw new ReportError(
    "config.missing",
    `${run.runId} is revision ${run.revision}: there is none before it to compare`,
    {
      hint: "Name two runs of the same report and window, or run the report again.",
    },
  );
}

function expectComparable(before: ComparableRun, after: ComparableRun): void {
  const columnsOf = ({ columns }: ComparableRun): string => columns.map(({ name }) => name).join(", ");
  if (before.interval !== after.interval)
    throw new ReportError(
      "definition.interval_invalid",
      `Cannot compare runs of two windows, ${before.interval} and ${after.interval}`,
      { hint: "Name two runs of one window: their manifests state it." },
    );
  if (columnsOf(before) !== columnsOf(after))
    throw new ReportError(
      "definition.invalid",
      `Cannot compare runs with other columns, ${columnsOf(before)} and ${columnsOf(after)}`,
      { hint: "Name two runs of one report." },
    );
}
