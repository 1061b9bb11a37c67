/** `callsheet runs list` and `callsheet runs show RUN`: what ran, how it ended, and how to go on with it. */
import { getRun, listRuns as readRuns, type PastRun, type PastSlice, readSlices } from "../../disk/run-history.ts";
import { formatInterval } from "../../domain/interval.ts";
import { readConfig } from "../read-config.ts";
import { renderChecks } from "../render-checks.ts";
import { shellWords } from "../shell-words.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface RunsOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** A run as it is told with `--json`. */
interface ToldRun {
  readonly runId: string;
  readonly report?: string;
  readonly state: PastRun["state"];
  readonly interval?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly code?: string;
  readonly message?: string;
  readonly rows?: number;
  readonly revision?: number;
  readonly completeness?: string;
  readonly resume?: string;
}

/** Prints all runs, or those of one report. */
export async function listRuns(report: string | undefined, options: RunsOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const runs = (await readRuns(config.statePath, report)).map(tell);
  if (options.json) return world.out(`${JSON.stringify(runs, undefined, 2)}\n`);
  if (runs.length === 0) return world.err("There are no runs yet.\n");
  const widest = Math.max(...runs.map(({ runId }) => runId.length));
  for (const run of runs) {
    const facts = [run.interval, rowsText(run), revisionText(run), run.completeness, run.code].filter(
      (fact) => fact !== undefined,
    );
    world.out(`${run.runId.padEnd(widest)}  ${run.state.padEnd(11)}  ${facts.join("  ")}\n`);
  }
}

/** Prints one run; throws `config.missing` when there is none of that name. */
export async function showRun(runId: string, options: RunsOptions, world: World): Promise<void> {
  const run = await getRun(readConfig(options.config, world).statePath, runId);
  const slices = await readSlices(run);
  const { artifacts = [], deliveries = [], reasons = [], checks } = run.manifest ?? {};
  if (options.json) {
    const told = { ...tell(run), path: run.path, reasons, ...(checks && { checks }), slices, artifacts, deliveries };
    return world.out(`${JSON.stringify(told, undefined, 2)}\n`);
  }
  world.out(toText(run, slices));
}

function toText(run: PastRun, slices: readonly PastSlice[]): string {
  const told = tell(run);
  const { artifacts = [], reasons = [] } = run.manifest ?? {};
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["run", told.runId],
    ["report", told.report],
    ["state", told.state],
    ["window", told.interval],
    ["began", told.startedAt],
    ["ended", told.endedAt],
    ["stopped by", told.code === undefined ? undefined : `${told.code}: ${told.message ?? ""}`],
    ["conversations", told.rows?.toLocaleString("en")],
    ["revision", told.revision?.toString()],
    ["data", told.completeness],
    ["folder", run.path],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(15)}${value}\n`]));
  lines.push(...reasons.map((reason) => `  ! ${reason}\n`));
  lines.push(renderChecks(run.manifest?.checks, 15));
  for (const { slice, state, pages, rows } of slices)
    lines.push(`${"slice".padEnd(15)}${slice}  ${state}, ${pages} pages, ${rows.toLocaleString("en")} rows\n`);
  for (const { path, rows } of artifacts)
    lines.push(`${"file".padEnd(15)}${path}  (${rows.toLocaleString("en")} rows)\n`);
  if (told.resume !== undefined) lines.push(`${"go on".padEnd(15)}${told.resume}\n`);
  return lines.join("");
}

function tell({ runId, state, plan, manifest, code, message, endedAt }: PastRun): ToldRun {
  return {
    runId,
    state,
    ...(plan && {
      report: plan.report,
      interval: formatInterval(plan.interval),
      startedAt: new Date(plan.startedAt).toISOString(),
    }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(manifest && {
      rows: manifest.counts.unique,
      revision: manifest.revision,
      completeness: manifest.completeness,
    }),
    ...(state === "interrupted" && plan
      ? { resume: shellWords(["callsheet", "run", plan.report, "--resume", runId]) }
      : {}),
  };
}

function revisionText({ revision }: ToldRun): string | undefined {
  return revision === undefined ? undefined : `revision ${revision}`;
}

function rowsText({ rows }: ToldRun): string | undefined {
  return rows === undefined ? undefined : `${rows.toLocaleString("en")} conversations`;
}
