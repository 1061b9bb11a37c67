/** `callsheet explain REPORT`: the plan, without a request; with `--online`, also what it would bring and cost. */
import { ReportError } from "../../domain/errors.ts";
import { fetchedInterval, type Periods } from "../../domain/periods.ts";
import { detailsJobBody, type QueryPlan } from "../../domain/query-plan.ts";
import { type Slice, wantedPieces } from "../../domain/slice.ts";
import type { ReportDefinition } from "../../domain/report-definition.ts";
import { createNameSource } from "../../genesys/create-name-source.ts";
import { createPageSource } from "../../genesys/create-page-source.ts";
import { createProbe, type Probe } from "../../genesys/create-probe.ts";
import { bindNames, kindsUsed } from "../../plan/bind-names.ts";
import { cutQueries } from "../../plan/cut-slices.ts";
import { buildPlan } from "../../plan/build-plan.ts";
import { type Explanation, explainPlan, formatExplanation, markNames } from "../../plan/explain-plan.ts";
import { gapsNeedAvailability, planGaps } from "../../plan/plan-gaps.ts";
import { resolvePeriods } from "../../plan/resolve-periods.ts";
import { resolveWindow } from "../../plan/resolve-window.ts";
import { describeFound, findServed } from "../../runs/find-served.ts";
import { findReport } from "../find-report.ts";
import { parseInstant } from "../parse-instant.ts";
import { type Config, readConfig } from "../read-config.ts";
import type { World } from "../world.ts";
import { withOptions } from "../with-options.ts";

/** Options as the command line gives them. */
export interface ExplainOptions {
  readonly config?: string;
  readonly interval?: string;
  readonly at?: string;
  readonly format?: string;
  readonly requests?: boolean;
  readonly online?: boolean;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** The vendor's data for jobs are at most a day behind, it says; a run asks how far they are. */
const USUAL_LAG_MS = 24 * 3_600_000;

/** Prints the plan; throws what is wrong with the definition, and with `--online` what the service refuses. */
export async function explain(report: string, options: ExplainOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const definition = withOptions(await findReport(report, config.folder, world), options);
  const asOf = options.at === undefined ? world.clock.now() : parseInstant("--at", options.at, definition.timeZone);
  const window = resolveWindow(definition.window, definition.timeZone, asOf);
  const periods = resolvePeriods(definition, window);
  const explanation = options.online
    ? await explainOnline(definition, periods, options, config, world)
    : await explainOffline(definition, periods, options, config, world);
  for (const note of definition.notes) world.err(`Note: ${note}\n`);
  world.out(
    options.json
      ? `${JSON.stringify(explanation, undefined, 2)}\n`
      : formatExplanation(explanation, definition.timeZone, options.requests ?? false),
  );
}

/** What the plan says without a request, as if jobs were as far behind as usual. */
export async function explainOffline(
  definition: ReportDefinition,
  periods: Periods,
  { fresh = false }: ExplainOptions,
  config: Config,
  world: World,
): Promise<Explanation> {
  const whole = buildPlan(definition, markNames(definition.filter), fetchedInterval(periods));
  const found = await findStored(whole, fresh, config, world);
  const plan = planGaps(whole, definition, found.gaps, world.clock.now() - USUAL_LAG_MS);
  return {
    ...explainPlan(plan, periods, definition.shape, kindsUsed(definition).length),
    ...describeFound(found, plan),
  };
}

/** What the store would serve; nothing when it is not known whose store to look into. */
async function findStored(
  plan: QueryPlan,
  fresh: boolean,
  config: Config,
  world: World,
): ReturnType<typeof findServed> {
  const { wireStore } = await import("../wire-store.ts");
  try {
    return await findServed(fresh ? undefined : wireStore(config, world).store, plan);
  } catch (error) {
    if (error instanceof ReportError && error.code === "config.missing") return await findServed(undefined, plan);
    throw error;
  }
}

async function explainOnline(
  definition: ReportDefinition,
  periods: Periods,
  { fresh = false }: ExplainOptions,
  config: Config,
  world: World,
): Promise<Explanation> {
  const { wireClient } = await import("../wire.ts");
  const client = wireClient(config, world, () => {});
  // The client itself asks for the organisation's limits first.
  let requestsBefore = 1;
  const counted: typeof client = {
    ...client,
    get: async (path, signal) => {
      requestsBefore += 1;
      return await client.get(path, signal);
    },
  };
  const { signal } = world;
  try {
    const kinds = kindsUsed(definition);
    const { directory } = await createNameSource(counted).read(kinds, signal);
    const whole = buildPlan(definition, bindNames(definition.filter, directory), fetchedInterval(periods));
    const found = await findStored(whole, fresh, config, world);
    const availableUntil = gapsNeedAvailability(definition, found.gaps)
      ? await createPageSource(counted, world.clock).availableUntil(signal)
      : undefined;
    const plan = planGaps(whole, definition, found.gaps, availableUntil);
    const perMinute = await client.requestsPerMinute(signal);
    const { slices, hits, cuts } = await countSlices(createProbe(client), plan, signal);
    const explained = explainPlan({ ...plan, slices }, periods, definition.shape, kinds.length, {
      hits,
      // The run sees from a first page that a slice must be cut, and asks for that page again in pieces.
      requestsBefore: requestsBefore + cuts,
      perMinute,
    });
    return { ...explained, ...describeFound(found, plan) };
  } finally {
    await client.close();
  }
}

/** The slices as the run will fetch them, how many conversations each holds, and how often one was cut. */
async function countSlices(
  probe: Probe,
  plan: QueryPlan,
  signal: AbortSignal,
): Promise<{ readonly slices: readonly Slice[]; readonly hits: readonly number[]; readonly cuts: number }> {
  const slices: Slice[] = [];
  const hits: number[] = [];
  const waiting = [...plan.slices];
  let cuts = 0;
  for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
    const found = await hitsOf(probe, plan, slice, signal);
    const pieces = wantedPieces(slice, found);
    if (pieces) {
      waiting.unshift(...pieces);
      cuts += 1;
    } else {
      slices.push(slice);
      hits.push(found);
    }
  }
  return { slices, hits, cuts };
}

/** A job's month is counted in parts: a query may not span it. */
async function hitsOf(probe: Probe, plan: QueryPlan, slice: Slice, signal: AbortSignal): Promise<number> {
  let hits = 0;
  for (const { interval } of cutQueries(slice.interval, plan.pushedDown.length > 0))
    hits += await probe.totalHits(detailsJobBody(plan, { ...slice, interval }), signal);
  return hits;
}
