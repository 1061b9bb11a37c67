/**
 * The first stage of a run: what is asked, of which window, by which names. A resumed run takes over what its first
 * try resolved, so that it ends with the same bytes on another day; its plan is made again and must be the same.
 */
import type { KeptPlan } from "../domain/checkpoint.ts";
import type { Directory } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import type { PageSource } from "../extract/page-source.ts";
import { bindNames } from "../plan/bind-names.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { needsAvailability } from "../plan/choose-source.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import type { NameSource } from "./name-source.ts";
import { readNames } from "./read-names.ts";

/** What a run's plan is made of, and by whose names. */
export interface PlannedRun {
  readonly plan: QueryPlan;
  readonly directory: Directory;
  /** When the oldest listing of names was read, epoch milliseconds. */
  readonly namesAsOf: number;
  /** When the first try began. */
  readonly startedAt: number;
}

/** Whom planning asks. */
export interface PlanningServices {
  readonly version: string;
  readonly names: NameSource;
  readonly pages: PageSource;
}

/** Plans the run and keeps the plan in its folder; `run.not_resumable` when the folder is another report's. */
export async function planRun(
  definition: ReportDefinition,
  reconcile: boolean,
  folder: RunFolder,
  services: PlanningServices,
  startedAt: number,
  signal: AbortSignal,
): Promise<PlannedRun> {
  if (folder.kept) expectSameReport(definition, folder.kept, folder.runId);
  const kept = folder.kept ?? (await resolve(definition, services, startedAt, signal));
  const filter = bindNames(definition.filter, kept.directory);
  const plan = buildPlan(definition, filter, kept.interval, kept.availableUntil, reconcile);
  await folder.keepPlan({ ...kept, version: services.version, plan });
  return { plan, directory: kept.directory, namesAsOf: kept.namesAsOf, startedAt: kept.startedAt };
}

/** Asks the clock and the service what the words of the definition mean now. */
async function resolve(
  definition: ReportDefinition,
  { version, names, pages }: PlanningServices,
  startedAt: number,
  signal: AbortSignal,
): Promise<KeptPlan> {
  const interval = resolveWindow(definition.window, definition.timeZone, startedAt);
  // A name that nobody has is found before the service is asked for more.
  const { directory, keptSince } = await readNames(definition, names, signal);
  const availableUntil = needsAvailability(definition.source, interval)
    ? await pages.availableUntil(signal)
    : undefined;
  return {
    report: definition.name,
    definitionHash: definition.hash,
    version,
    startedAt,
    window: definition.window,
    interval,
    ...(availableUntil === undefined ? {} : { availableUntil }),
    directory,
    namesAsOf: keptSince ?? startedAt,
  };
}

function expectSameReport(definition: ReportDefinition, kept: KeptPlan, runId: string): void {
  const refuse = (why: string, hint: string): never => {
    throw new ReportError("run.not_resumable", `Cannot resume run ${runId}: ${why}`, { hint });
  };
  if (kept.report !== definition.name)
    refuse(
      `it is of report ${kept.report}, not ${definition.name}`,
      `Use: callsheet run ${kept.report} --resume ${runId}`,
    );
  if (kept.definitionHash !== definition.hash)
    refuse("the report was changed since it began", "Run the report anew, without --resume.");
  if (JSON.stringify(kept.window) !== JSON.stringify(definition.window))
    refuse(
      "it was begun with another interval",
      "Give it the same --interval, or run the report anew, without --resume.",
    );
}
