/** `callsheet backfill REPORT --from --to --every P1D`: a run for each window of the past, shown before it starts. */
import { listRuns, type PastRun } from "../../disk/run-history.ts";
import { ReportError } from "../../domain/errors.ts";
import { createInterval } from "../../domain/interval.ts";
import type { ReportDefinition } from "../../domain/report-definition.ts";
import { resolvePeriods } from "../../plan/resolve-periods.ts";
import { executeRun, type FinishedRun } from "../../runs/execute-run.ts";
import { type Every, parseEvery } from "../../plan/every.ts";
import { type BackfillWindow, cutWindows, everyOf } from "../../schedule/backfill-windows.ts";
import { type BackfillStep, type KnownRun, planBackfill } from "../../schedule/plan-backfill.ts";
import { runBackfill, type RunStep, type StepEnd } from "../../schedule/run-backfill.ts";
import { parseReport, readReport } from "../find-report.ts";
import { parseInstant } from "../parse-instant.ts";
import { type Config, readConfig } from "../read-config.ts";
import { bookedReport } from "../read-scheduled.ts";
import { endText, previewText, tellEnd, tellStep } from "../render-backfill.ts";
import { windowText } from "../render-schedule.ts";
import type { World } from "../world.ts";
import { explainOffline } from "./explain.ts";

/** Options as the command line gives them. */
export interface BackfillOptions {
  readonly config?: string;
  readonly from: string;
  readonly to: string;
  readonly every?: string;
  readonly concurrency?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  /** Whether `serve` is to run the windows. */
  readonly queue?: boolean;
  readonly json?: boolean;
}

const USUAL_CONCURRENCY = 2;

/** A worker usually has two places: one stays free for the schedule. */
const USUAL_QUEUED = 1;

/** The rate limit is one for all of them, and each has slices in flight of its own. */
const MOST_CONCURRENCY = 8;

/** Shows what it will do, asks on a terminal, does it; throws when a window failed. */
export async function backfill(report: string, options: BackfillOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const { text, shown } = readReport(report, config.folder, world);
  const definition = await parseReport(text, shown);
  const concurrency = concurrencyOf(options);
  const every = lengthOf(options.every, definition);
  const windows = windowsOf(definition, every, options, world.clock.now());
  const known = await knownRuns(config, definition.name);
  // Only its own worker goes on with the folder of a queued run.
  const planned = options.queue ? known.filter(({ state }) => state !== "interrupted") : known;
  const steps = planBackfill(windows, definition, planned);
  const toRun = steps.filter((step) => step.kind !== "left_out");
  const requests = await expectedRequests(definition, toRun, config, world);
  const preview = previewText(definition, steps, requests, concurrency);
  if (options.dryRun)
    return world.out(options.json ? `${JSON.stringify(steps.map(tellStep), undefined, 2)}\n` : preview);
  world.err(preview);
  if (toRun.length > 0 && options.yes !== true) await expectConsent(toRun.length, world);

  if (options.queue) {
    const { queueBackfill } = await import("./backfill-queue.ts");
    const order = { report: bookedReport(definition.name, shown, text), every: every.text, atOnce: concurrency };
    return await queueBackfill({ ...order, windows: toRun }, options, config, world);
  }
  const ends = await runBackfill(
    toRun,
    concurrency,
    async (step) => await runWindow(definition, step, config, world),
    (end) => tell(end, definition, options, world),
    world.signal,
  );
  if (options.json) world.out(`${JSON.stringify(ends.map(tellEnd), undefined, 2)}\n`);
  expectAllDone(ends, toRun.length, definition, world);
}

function windowsOf(
  { timeZone }: ReportDefinition,
  every: Every,
  options: BackfillOptions,
  nowAt: number,
): BackfillWindow[] {
  const stretch = createInterval(
    parseInstant("--from", options.from, timeZone),
    parseInstant("--to", options.to, timeZone),
  );
  const windows = cutWindows(stretch, every, timeZone);
  if (stretch.endAt <= nowAt) return windows;
  throw new ReportError("definition.interval_invalid", `--to: ${options.to} is not over yet`, {
    hint: "A backfill is of windows that are over: give an earlier end.",
  });
}

function lengthOf(every: string | undefined, { name, window }: ReportDefinition): Every {
  const length = every === undefined ? everyOf(window) : parseEvery(every);
  if (length) return length;
  throw new ReportError(
    "definition.interval_invalid",
    every === undefined
      ? `--every: report ${name} has no window of whole days, weeks or months to take the length from`
      : `--every: cannot use "${every}"`,
    { hint: "Write how long each window is: P1D, P7D, P1W, P1M, PT1H or PT30M." },
  );
}

function concurrencyOf({ concurrency: text, queue }: BackfillOptions): number {
  if (text === undefined) return queue ? USUAL_QUEUED : USUAL_CONCURRENCY;
  const count = /^\d$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_CONCURRENCY) return count;
  throw new ReportError("config.invalid", `Cannot use --concurrency "${text}"`, {
    hint: `Write a whole number from 1 to ${MOST_CONCURRENCY}.`,
  });
}

async function knownRuns({ statePath }: Config, report: string): Promise<KnownRun[]> {
  return (await listRuns(statePath, report)).flatMap(({ runId, state, plan, manifest }: PastRun) =>
    plan === undefined
      ? []
      : {
          runId,
          state,
          definitionHash: plan.definitionHash,
          window: plan.window,
          interval: plan.interval,
          isComplete: manifest?.completeness === "complete",
        },
  );
}

/** At least so many, without a word to the service; what the local store holds is not counted. */
async function expectedRequests(
  definition: ReportDefinition,
  steps: readonly BackfillStep[],
  config: Config,
  world: World,
): Promise<ReadonlyMap<BackfillStep, number>> {
  const requests = new Map<BackfillStep, number>();
  for (const step of steps) {
    const periods = resolvePeriods({ ...definition, window: step.spec }, step.interval);
    const { requests: expected } = await explainOffline(definition, periods, {}, config, world);
    requests.set(step, expected.atLeast);
  }
  return requests;
}

async function expectConsent(count: number, world: World): Promise<void> {
  if (world.confirm === undefined)
    throw new ReportError("config.missing", "Nobody is there to be asked, and nothing was begun", {
      hint: "Add --yes to begin without a question, or --dry-run to see the windows only.",
    });
  if (await world.confirm(`Begin ${count} ${count === 1 ? "run" : "runs"}?`)) return;
  throw new ReportError("process.stopping", "Nothing was begun", { hint: "Add --dry-run to see the windows only." });
}

async function runWindow(
  definition: ReportDefinition,
  step: RunStep,
  config: Config,
  world: World,
): Promise<FinishedRun> {
  const { wireRun } = await import("../wire.ts");
  let retries = 0;
  const wired = await wireRun(
    config,
    world,
    definition.destinations,
    ({ kind }) => {
      if (kind === "retry") retries += 1;
    },
    () => retries,
  );
  try {
    const request = { definition: { ...definition, window: step.spec } };
    return await executeRun(
      step.kind === "resume" ? { ...request, resume: step.runId } : request,
      wired.services,
      world.signal,
    );
  } finally {
    await wired.close();
  }
}

/** Each window as it ends: what is done to those who read along, what failed to everybody. */
function tell(end: StepEnd, { timeZone }: ReportDefinition, { json }: BackfillOptions, world: World): void {
  const text = endText(end, timeZone);
  if (end.kind === "failed" || json) world.err(text);
  else world.out(text);
}

function expectAllDone(ends: readonly StepEnd[], count: number, { timeZone }: ReportDefinition, world: World): void {
  const failed = ends.filter((end) => end.kind === "failed");
  const [first] = failed;
  if (first === undefined && !world.signal.aborted) return;
  const hint = "Run the same command again: it leaves out what is complete and goes on with what was interrupted.";
  const done = ends.length - failed.length;
  if (first === undefined || world.signal.aborted)
    throw new ReportError("process.stopping", `Stopped with ${done} of ${count} windows done`, { hint });
  throw new ReportError(
    first.error.code,
    `${done} of ${count} windows are done; the first that failed is ${windowText(first.step.interval, timeZone)}: ${first.error.message}`,
    { hint: first.error.hint === undefined ? hint : `${first.error.hint}\n  ${hint}`, cause: first.error },
  );
}
