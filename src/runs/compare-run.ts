/**
 * The part of a run that compares it with the server's aggregates: asks for them, counts the conversations that pass
 * on their way into the table, and those that began before the window and went on in it. A comparison that cannot be
 * made says why; it never fails the report.
 */
import { createFigureCounter } from "../aggregate/count-figures.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { NameOf } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import { createInterval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { AggregateRow } from "../domain/aggregates-query.ts";
import type { AggregatesPlan, Reconciliation } from "../domain/reconciliation.ts";
import { fieldsShown, type ReportDefinition } from "../domain/report-definition.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { extractPlan } from "../extract/extract-plan.ts";
import type { PageSource } from "../extract/page-source.ts";
import { type MergeInput, mergePages } from "../merge/merge-pages.ts";
import { buildAggregates } from "../plan/build-aggregates.ts";
import { cutQueries } from "../plan/cut-slices.ts";
import type { AggregatesSource } from "./aggregates-source.ts";
import { notReconciled, reconcile } from "./reconcile.ts";

/** A comparison under way. */
export interface Comparison {
  /** Counts what passes. */
  watch(records: AsyncIterable<readonly ConversationRecord[]>): AsyncGenerator<readonly ConversationRecord[]>;
  /** Compares, when the stream has ended; `pages` are those of the run. */
  finish(pages: readonly StoredPage[], nameOf: NameOf): Promise<Reconciliation>;
}

/** What the server was asked for, and what was fetched to explain the start of the window. */
interface Asked {
  readonly rows: readonly AggregateRow[];
  readonly leadIn: readonly StoredPage[];
  readonly requests: number;
}

const DAY_MS = 24 * 3_600_000;

/** A quarter of an hour: no granularity of a comparison is finer. */
const FINEST_BUCKET_MS = 15 * 60_000;

/** What began earlier before the window cannot be shown as the cause of a difference: e-mails wait for days. */
const LEAD_IN_MS = 3 * DAY_MS;

/** Nothing lives longer; pages of jobs can bring conversations from long before the window. */
const EVER_MS = 3_660 * DAY_MS;

/** Asks the server, straight after the extraction, so that both look at the same moment. */
export async function createComparison(
  definition: ReportDefinition,
  plan: QueryPlan,
  services: { readonly aggregates: AggregatesSource; readonly pages: PageSource },
  folder: RunFolder,
  merging: MergeInput,
  signal: AbortSignal,
): Promise<Comparison> {
  if (plan.aggregates) return withoutComparison("its figures are the server's own aggregates");
  const built = buildAggregates(definition, plan.filter, plan.interval);
  if ("refusal" in built) return withoutComparison(built.refusal);
  if (fieldsShown(definition.shape).some(({ mask }) => mask !== undefined))
    return withoutComparison("its groups are masked, and differences would name them");
  if (plan.shortfall) return withoutComparison(plan.shortfall.reason);
  try {
    const { window, ask } = built;
    const buckets = Math.ceil((window.endAt - window.startAt) / FINEST_BUCKET_MS);
    const question = { form: "query", interval: window, buckets, ask } as const;
    const { rows, requests: asked } = await services.aggregates.read(question, signal);
    const leadIn = await readLeadIn(plan, services.pages, folder, signal);
    return compareWith({ rows, ...leadIn, requests: leadIn.requests + asked }, built, definition, plan, merging);
  } catch (error) {
    if (signal.aborted || !(error instanceof ReportError)) throw error;
    return withoutComparison(`${error.code}: ${error.message}`);
  }
}

/** A job brings what was alive at the start of its interval; the query picks by the day of the start. */
async function readLeadIn(
  plan: QueryPlan,
  source: PageSource,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Pick<Asked, "leadIn" | "requests">> {
  if (plan.slices[0]?.source === "details_job") return { leadIn: [], requests: 0 };
  const interval = createInterval(plan.interval.startAt - LEAD_IN_MS, plan.interval.startAt);
  const slices = await extractPlan(
    { ...plan, interval, slices: cutQueries(interval, plan.pushedDown.length > 0) },
    source,
    folder,
    () => {},
    signal,
  );
  return {
    leadIn: slices.flatMap(({ pages }) => pages),
    requests: slices.reduce((sum, { requests }) => sum + requests, 0),
  };
}

function compareWith(
  { rows, leadIn, requests }: Asked,
  aggregates: AggregatesPlan,
  { filterScope }: ReportDefinition,
  { interval, filter }: QueryPlan,
  merging: MergeInput,
): Comparison {
  const counter = createFigureCounter(aggregates, filter, filterScope);
  return {
    async *watch(records) {
      for await (const batch of records) {
        for (const record of batch) counter.add(record);
        yield batch;
      }
    },
    async finish(pages, nameOf) {
      const before = createInterval(interval.startAt - EVER_MS, interval.startAt);
      for await (const batch of mergePages([...leadIn, ...pages], merging, before, new Map()))
        for (const record of batch) counter.add(record);
      return reconcile(aggregates, counter.groups, rows, nameOf, requests);
    },
  };
}

function withoutComparison(refusal: string): Comparison {
  return {
    async *watch(records) {
      yield* records;
    },
    finish: async () => notReconciled(refusal),
  };
}
