/**
 * The first stage of a run: what is asked, of which window, by which names, and which days the local store holds of it.
 * A resumed run takes over what its first try resolved, so that it ends with the same bytes on another day; its plan is
 * made again and must be the same. What the store has lost since is asked for besides.
 */
import type { KeptPlan } from "../domain/checkpoint.ts";
import type { Directory } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import { fetchedInterval, type Periods } from "../domain/periods.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import type { PageSource } from "../extract/page-source.ts";
import { bindNames } from "../plan/bind-names.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { addLostDays, gapsNeedAvailability, planGaps } from "../plan/plan-gaps.ts";
import { resolvePeriods } from "../plan/resolve-periods.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { NameSource } from "./name-source.ts";
import { readNames } from "./read-names.ts";
import type { Notify } from "./serve-days.ts";
import { openRunStore, type RunStore } from "./use-store.ts";

/** What a run's plan is made of, and by whose names. */
export interface PlannedRun {
  /** What the run is about; the plan's interval is what is fetched for it. */
  readonly periods: Periods;
  /** What is left to be asked of the service. */
  readonly plan: QueryPlan;
  /** The other days of the window, and what is kept of those that are asked for. */
  readonly store: RunStore;
  readonly directory: Directory;
  /** When the oldest listing of names was read, epoch milliseconds. */
  readonly namesAsOf: number;
  /** When the first try began. */
  readonly startedAt: number;
  /** The instant for which it runs, where one was named. */
  readonly nominalAt?: number;
  /** Up to where jobs were complete, where that was asked. */
  readonly availableUntil?: number;
}

/** What is to be planned. */
export interface PlanRequest {
  readonly definition: ReportDefinition;
  readonly reconcile: boolean;
  /** Ask the service for every day, whatever the store holds. */
  readonly fresh: boolean;
  /** The instant as of which the window is meant; that at which the run began when absent. */
  readonly nominalAt?: number;
}

/** Whom planning asks. */
export interface PlanningServices {
  readonly version: string;
  readonly names: NameSource;
  readonly pages: PageSource;
  /** Absent when the configuration keeps nothing. */
  readonly store?: ConversationStore;
  readonly notify: Notify;
}

/** What the words of a definition mean at the time of the first try. */
type Resolved = Omit<KeptPlan, "availableUntil" | "fromStore">;

/** Plans the run and keeps the plan in its folder; `run.not_resumable` when the folder is another report's. */
export async function planRun(
  { definition, reconcile, fresh, nominalAt }: PlanRequest,
  folder: RunFolder,
  services: PlanningServices,
  openedAt: number,
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { kept, scratchPath } = folder;
  const { version, notify } = services;
  if (kept) expectSameReport(definition, kept, nominalAt, folder.runId);
  const resolved: Resolved = kept ?? (await resolve(definition, services, openedAt, nominalAt, signal));
  const { startedAt, directory, namesAsOf } = resolved;
  const filter = bindNames(definition.filter, directory);
  const periods = resolvePeriods(definition, resolved.interval);
  const whole = buildPlan(definition, filter, fetchedInterval(periods), undefined, reconcile);
  // A comparison holds the conversations against aggregates of the same moment.
  const stored = reconcile || whole.aggregates ? undefined : services.store;
  const store = await openRunStore({ store: stored, fresh, plan: whole, kept, startedAt, scratchPath, notify });

  const { gaps, lost, fromStore } = store;
  const availableUntil = kept ? kept.availableUntil : await askAvailability(definition, store, services.pages, signal);
  const plan = store.widen(planGaps(whole, definition, gaps, availableUntil, reconcile));
  await folder.keepPlan({
    ...resolved,
    ...(availableUntil === undefined ? {} : { availableUntil }),
    ...(fromStore && { fromStore }),
    version,
    plan,
  });
  const planned = {
    periods,
    store,
    directory,
    namesAsOf,
    startedAt,
    ...(resolved.nominalAt === undefined ? {} : { nominalAt: resolved.nominalAt }),
    ...(availableUntil === undefined ? {} : { availableUntil }),
  };
  if (lost.length === 0) return { plan, ...planned };
  if (definition.source === "only_jobs" && gaps.length === 0) throw withoutAvailability(folder.runId);
  const more = store.widen(planGaps(whole, definition, lost, availableUntil, reconcile));
  return { plan: addLostDays(plan, more, store.served.length > 0), ...planned };
}

/** Asks the service what the words of the definition mean; those about time mean the nominal instant, not now. */
async function resolve(
  definition: ReportDefinition,
  { version, names }: PlanningServices,
  startedAt: number,
  nominalAt: number | undefined,
  signal: AbortSignal,
): Promise<Resolved> {
  const interval = resolveWindow(definition.window, definition.timeZone, nominalAt ?? startedAt);
  // A name that nobody has is found before the service is asked for more.
  const { directory, keptSince } = await readNames(definition, names, signal);
  return {
    report: definition.name,
    definitionHash: definition.hash,
    version,
    startedAt,
    ...(nominalAt === undefined ? {} : { nominalAt }),
    window: definition.window,
    interval,
    directory,
    namesAsOf: keptSince ?? startedAt,
  };
}

async function askAvailability(
  definition: ReportDefinition,
  { gaps }: RunStore,
  pages: PageSource,
  signal: AbortSignal,
): Promise<number | undefined> {
  return gapsNeedAvailability(definition, gaps) ? await pages.availableUntil(signal) : undefined;
}

/** The first try asked the service for nothing, so nothing is lost when the run begins anew. */
function withoutAvailability(runId: string): ReportError {
  return new ReportError(
    "run.not_resumable",
    `Cannot resume run ${runId}: the local store no longer holds the days that it was served`,
    { hint: "Run the report anew, without --resume." },
  );
}

function expectSameReport(
  definition: ReportDefinition,
  kept: KeptPlan,
  nominalAt: number | undefined,
  runId: string,
): void {
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
  if (nominalAt !== undefined && kept.nominalAt !== nominalAt)
    refuse(
      `it is not the run of ${new Date(nominalAt).toISOString()}`,
      "Leave the instant out: a resumed run keeps its own.",
    );
  if (JSON.stringify(kept.window) !== JSON.stringify(definition.window))
    refuse(
      "it was begun with another interval",
      "Give it the same --interval, or run the report anew, without --resume.",
    );
}
