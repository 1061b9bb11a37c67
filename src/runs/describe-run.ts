/** A run's account of itself: what was asked, what came, whether it is complete, and why not. */
import type { Manifest } from "../domain/artifact.ts";
import { formatInterval } from "../domain/interval.ts";
import type { Periods } from "../domain/periods.ts";
import type { CheckResult } from "../domain/expectation.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { Reconciliation } from "../domain/reconciliation.ts";
import { masksOf } from "../domain/personal-data.ts";
import { fieldsShown, type ReportDefinition } from "../domain/report-definition.ts";
import type { Cell, ReportTable } from "../domain/report-table.ts";
import type { Slice } from "../domain/slice.ts";
import { instantLabel, windowLabel } from "../export/html/format-bucket.ts";
import type { Provenance } from "../export/provenance.ts";
import type { PageFacts } from "../export/write-html.ts";
import type { ExtractedSlice } from "../extract/extract-slice.ts";
import type { MergeCounts } from "../merge/merge-pages.ts";
import type { AnsweredQuestion, StatedFigures } from "./read-stated.ts";
import type { Revision } from "./revise.ts";
import type { StoreAccount } from "./use-store.ts";

/** The manifest before the files are written. */
export type RunDescription = Omit<Manifest, "artifacts" | "deliveries" | "finishedAt">;

/** What a description is made from. */
export interface RunRecord {
  readonly runId: string;
  readonly definition: ReportDefinition;
  readonly filterText: string;
  readonly plan: QueryPlan;
  readonly periods: Periods;
  readonly slices: readonly ExtractedSlice[];
  readonly counts: ReadonlyMap<string, MergeCounts>;
  /** Present when aggregates answered; there are no slices then. */
  readonly stated?: StatedFigures;
  readonly table: ReportTable;
  readonly startedAt: number;
  readonly nominalAt?: number;
  readonly version: string;
  readonly retries: number;
  /** When the oldest listing of names was read, epoch milliseconds. */
  readonly namesAsOf: number;
  readonly revision: Revision;
  readonly store: StoreAccount;
  readonly rows: Manifest["rows"];
  readonly checks: readonly CheckResult[];
  /** Of the key that made pseudonyms, where there are any. */
  readonly pseudonymKeyId?: string;
  readonly reconciliation?: Reconciliation;
}

/** The vendor's advice: data of the last minute may not be there yet. */
export const FRESH_MS = 60_000;

/** Describes a run whose table is built. */
export function describeRun(run: RunRecord): RunDescription {
  const { definition, plan, periods, slices, counts, table } = run;
  const answered = run.stated?.answered ?? [];
  const reasons = reasonsOf(run);
  const masks = masksOf(fieldsShown(definition.shape));
  const sum = (pick: (slice: ExtractedSlice) => number): number =>
    slices.reduce((total, slice) => total + pick(slice), 0);
  const merged = (pick: (count: MergeCounts) => number): number =>
    [...counts.values()].reduce((total, count) => total + pick(count), 0);
  return {
    schema: "callsheet.manifest/1",
    runId: run.runId,
    report: definition.name,
    title: definition.title,
    definitionHash: definition.hash,
    version: run.version,
    interval: formatInterval(periods.window),
    ...(periods.previous && { comparedWith: formatInterval(periods.previous.interval) }),
    timeZone: plan.timeZone,
    ...run.revision,
    source: plan.source,
    timeBasis: definition.timeBasis,
    filter: run.filterText,
    ...(Object.keys(masks).length > 0 && { masks }),
    ...(run.pseudonymKeyId !== undefined && { pseudonymKeyId: run.pseudonymKeyId }),
    completeness: reasons.length === 0 ? "complete" : "provisional",
    reasons,
    namesAsOf: new Date(run.namesAsOf).toISOString(),
    dataUntil: new Date(dataUntilOf(plan, run.startedAt)).toISOString(),
    ...run.store,
    slices: slices.map((slice) => describeSlice(slice, counts.get(slice.slice.id))),
    ...(run.stated && { questions: answered.map(describeQuestion) }),
    counts: {
      requests: answered.reduce(
        (total, { answer }) => total + answer.requests,
        sum(({ requests }) => requests),
      ),
      retries: run.retries,
      bytes: answered.reduce(
        (total, { answer }) => total + answer.bytes,
        sum(({ bytes }) => bytes),
      ),
      received: sum(({ received }) => received),
      duplicates: merged(({ duplicates }) => duplicates),
      outsideWindow: merged(({ outsideWindow }) => outsideWindow),
      unique: merged(({ unique }) => unique),
      rejected: sum(({ rejected }) => rejected),
      open: merged(({ open }) => open),
    },
    columns: table.columns.map(({ name, role }) => ({ name, role })),
    rows: run.rows,
    totals: totalsOf(table),
    findings: table.findings,
    ...(run.checks.length > 0 && { checks: run.checks }),
    ...(run.reconciliation && { reconciliation: run.reconciliation }),
    ...(run.nominalAt !== undefined && { nominalAt: new Date(run.nominalAt).toISOString() }),
    ...(definition.destinations.length > 0 && { deliverTo: definition.destinations }),
    startedAt: new Date(run.startedAt).toISOString(),
  };
}

/** Up to where the data were asked for; epoch milliseconds. */
export function dataUntilOf({ interval, shortfall }: QueryPlan, startedAt: number): number {
  return Math.min(interval.endAt, startedAt, shortfall?.dataUntil ?? startedAt);
}

/** What the HTML page says about its run. */
export function pageFacts(about: RunDescription, generatedAt: number): PageFacts {
  const label = (instant: string): string => instantLabel(Date.parse(instant), about.timeZone);
  return {
    title: about.title,
    report: about.report,
    interval: windowLabel(about.interval, about.timeZone),
    ...(about.comparedWith !== undefined && { comparedWith: windowLabel(about.comparedWith, about.timeZone) }),
    timeZone: about.timeZone,
    filter: about.filter,
    ...(about.masks && { masks: masksInWords(about) }),
    completeness: about.completeness,
    reasons: about.reasons,
    source: about.source,
    definitionHash: about.definitionHash,
    runId: about.runId,
    version: about.version,
    revision: about.revision,
    dataUntil: label(about.dataUntil),
    ...(about.questions ? {} : { conversations: about.counts.unique }),
    generatedAt: instantLabel(generatedAt, about.timeZone),
  };
}

/** What a file says of its origin: what decides its rows, and nothing of the run that happened to fetch them. */
export function provenanceOf(about: RunDescription, rows: number): Provenance {
  const { counts } = about;
  return {
    report: about.report,
    title: about.title,
    definitionHash: about.definitionHash,
    interval: about.interval,
    ...(about.comparedWith !== undefined && { comparedWith: about.comparedWith }),
    timeZone: about.timeZone,
    timeBasis: about.timeBasis,
    filter: about.filter === "" ? "none" : about.filter,
    ...(about.masks && { masks: masksInWords(about) }),
    dataUntil: about.dataUntil,
    completeness: about.completeness,
    ...(about.reasons.length > 0 && { reasons: about.reasons.join("\n") }),
    ...(!about.questions && { conversations: counts.unique, open: counts.open, rejected: counts.rejected }),
    rows,
    revision: about.revision,
    version: about.version,
  };
}

/** `customer.ani: last4, agent.name: hash`. */
function masksInWords({ masks = {} }: RunDescription): string {
  return Object.entries(masks)
    .map(([path, mask]) => `${path}: ${mask}`)
    .join(", ");
}

function reasonsOf({ plan, slices, startedAt }: RunRecord): string[] {
  const reasons: string[] = [];
  if (plan.interval.endAt > startedAt - FRESH_MS)
    reasons.push("the window was not over, or only just over, when the data were asked for");
  if (plan.shortfall) reasons.push(plan.shortfall.reason);
  for (const { slice, distinct, rejected, totalHits } of slices) {
    if (distinct + rejected < totalHits)
      reasons.push(
        `${distinct + rejected} of ${totalHits} conversations arrived for ${formatInterval(slice.interval)}${partOf(slice)}`,
      );
  }
  const rejects = slices.reduce((total, { rejected }) => total + rejected, 0);
  if (rejects > 0)
    reasons.push(`${rejects} conversations could not be read; rejects.ndjson in the run folder says why`);
  return reasons;
}

function partOf({ part }: Slice): string {
  return part === undefined ? "" : `, values ${part.from + 1} to ${part.to} of the longest list`;
}

function describeSlice(
  { slice, requests, received, totalHits, rejected }: ExtractedSlice,
  count: MergeCounts | undefined,
): Manifest["slices"][number] {
  return {
    slice: slice.id,
    interval: formatInterval(slice.interval),
    requests,
    received,
    totalHits,
    unique: count?.unique ?? 0,
    duplicates: count?.duplicates ?? 0,
    outsideWindow: count?.outsideWindow ?? 0,
    rejected,
  };
}

function describeQuestion({ question, answer }: AnsweredQuestion): NonNullable<Manifest["questions"]>[number] {
  const { form, interval, ask } = question;
  return {
    form,
    interval: formatInterval(interval),
    ...(ask.granularity === undefined ? {} : { granularity: ask.granularity }),
    requests: answer.requests,
    rows: answer.rows.length,
  };
}

function totalsOf({ columns, totals }: ReportTable): Record<string, Cell> {
  return Object.fromEntries(
    columns.flatMap(({ name, role }, index) => (role === "measure" && totals ? [[name, totals[index] ?? null]] : [])),
  );
}
