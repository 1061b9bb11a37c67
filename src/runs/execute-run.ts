/**
 * One run, first stage to last. Read this file first: it names the stages in order.
 *
 *   definition ─ plan ─► plan ─ extract ─► pages ─ merge ─► one stream ─ aggregate ─► table ─ export ─► files ─ deliver ─► links
 *                          │  └─ days of the local store ─┘ └─ days for it             │
 *                          └─ figures that the service states ──────────── aggregate ──┘
 */
import { buildStatedTable } from "../aggregate/build-stated-table.ts";
import { buildTable } from "../aggregate/build-table.ts";
import { createShowValue } from "../aggregate/show-value.ts";
import type { OpenEngine } from "../aggregate/create-small-engine.ts";
import type { Artifact, Manifest } from "../domain/artifact.ts";
import type { Clock } from "../domain/clock.ts";
import type { Delivery, PlacedFile, SentMessage } from "../domain/delivery.ts";
import { createNameOf } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import { blocking, type CheckResult } from "../domain/expectation.ts";
import { formatInterval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import type { PseudonymOf } from "../domain/personal-data.ts";
import { fieldsShown, type ReportDefinition } from "../domain/report-definition.ts";
import type { Cell, Finding, ReportTable } from "../domain/report-table.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import type { ParquetWriter } from "../export/parquet-writer.ts";
import { jsonChunks } from "../export/write-json.ts";
import { extractPlan } from "../extract/extract-plan.ts";
import type { PageSource } from "../extract/page-source.ts";
import { type MergeCounts, mergePages } from "../merge/merge-pages.ts";
import type { SpillStore } from "../merge/spill-store.ts";
import { unmatchedNames } from "../plan/bind-names.ts";
import { describeFilter } from "../plan/describe-filter.ts";
import { untilAborted } from "../support/until-aborted.ts";
import type { AggregatesSource } from "./aggregates-source.ts";
import { checkExpectations, checkFindings } from "./check-expectations.ts";
import { createComparison } from "./compare-run.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { exportArtifacts, exportShares, rowsName } from "./export-files.ts";
import { deliverRun, type Outlet } from "./deliver-run.ts";
import type { DeliverServices } from "./record-links.ts";
import { dataUntilOf, describeRun, pageFacts, provenanceOf } from "./describe-run.ts";
import { endBadly } from "./end-run.ts";
import type { NameSource } from "./name-source.ts";
import type { PastRuns } from "./past-runs.ts";
import { type PlannedRun, planRun } from "./plan-run.ts";
import { readStated } from "./read-stated.ts";
import { revise } from "./revise.ts";
import type { RunEvent } from "./run-events.ts";
import { type DayPage, isDayPage } from "./use-store.ts";

/** What a run works with; everything that reaches outside comes in here. */
export interface RunServices extends DeliverServices {
  readonly version: string;
  readonly names: NameSource;
  readonly aggregates: AggregatesSource;
  readonly pages: PageSource;
  /** Absent when the configuration keeps nothing. */
  readonly store?: ConversationStore;
  readonly pastRuns: PastRuns;
  openFolder(report: string, startedAt: number): Promise<RunFolder>;
  /** The folder of a run that was interrupted. */
  reopenFolder(runId: string): Promise<RunFolder>;
  openSpills(scratchPath: string): SpillStore;
  openEngine(scratchPath: string): OpenEngine;
  /** Writes Parquet with the help of that folder. */
  parquetWriter(scratchPath: string): ParquetWriter;
  outlet(name: string): Outlet;
  /** How values become pseudonyms; throws `config.missing` when there is no key. */
  pseudonyms(): Pseudonyms;
  retries(): number;
  onEvent(event: RunEvent): void;
}

/** Pseudonyms of one key. */
export interface Pseudonyms {
  readonly of: PseudonymOf;
  /** Tells keys apart without telling them. */
  readonly keyId: string;
}

/** What is asked of one run. */
export interface RunRequest {
  readonly definition: ReportDefinition;
  /** Folder that gets the files besides the run's own. */
  readonly out?: string;
  /** Compare the figures with the server's aggregates. */
  readonly reconcile?: boolean;
  /** Ask the service for everything, whatever the local store holds. */
  readonly fresh?: boolean;
  /** The id of an interrupted run to go on with. */
  readonly resume?: string;
  /** The instant for which it runs, whatever the clock says: words such as `yesterday` are meant as of it. */
  readonly nominalAt?: number;
}

/** A finished run. `deliveries` hold the only copies of the links. */
export interface FinishedRun {
  readonly manifest: Manifest;
  readonly deliveries: readonly Delivery[];
  readonly placed: readonly PlacedFile[];
  readonly messages: readonly SentMessage[];
  readonly artifacts: readonly Artifact[];
  /** The first rows, for the terminal. */
  readonly preview: { readonly table: Omit<ReportTable, "rows">; readonly rows: readonly (readonly Cell[])[] };
}

/** Runs a report; throws a ReportError, and hands nothing out, when any stage fails. */
export async function executeRun(
  request: RunRequest,
  services: RunServices,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const startedAt = services.clock.now();
  const { resume, definition } = request;
  const folder =
    resume === undefined ? await services.openFolder(definition.name, startedAt) : await services.reopenFolder(resume);
  try {
    const finished = await executeStages(request, folder, startedAt, services, signal);
    await folder.end({ state: "done", at: services.clock.now() });
    return finished;
  } catch (error) {
    const canResume = await endBadly(folder, error, services.clock.now());
    if (canResume) services.onEvent({ kind: "run_interrupted", runId: folder.runId });
    throw error;
  } finally {
    folder.close();
  }
}

async function executeStages(
  request: RunRequest,
  folder: RunFolder,
  openedAt: number,
  services: RunServices,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const { definition, out, reconcile = false, fresh = false, nominalAt } = request;
  const outlets = new Map(definition.destinations.map((name) => [name, services.outlet(name)]));
  const pseudonyms = showsPseudonyms(definition) ? services.pseudonyms() : undefined;
  if (out !== undefined) await folder.expectPublishable(out);
  for (const outlet of outlets.values())
    await (outlet.kind === "folder" ? outlet.folder.expectWritable() : outlet.place.expectWritable?.());

  services.onEvent({ kind: "stage", stage: "plan" });
  const notify = (message: string): void => services.onEvent({ kind: "notice", message });
  const asked = { definition, reconcile, fresh, ...(nominalAt === undefined ? {} : { nominalAt }) };
  const planned = await planRun(asked, folder, { ...services, notify }, openedAt, signal);
  try {
    return await executePlan(request, planned, { outlets, pseudonyms }, folder, services, signal);
  } finally {
    await planned.store.close();
  }
}

/** What the definition needs of the configuration; asked for before anything else, since a person must mend it. */
interface Outfit {
  readonly outlets: ReadonlyMap<string, Outlet>;
  readonly pseudonyms: Pseudonyms | undefined;
}

async function executePlan(
  { definition, out, reconcile = false }: RunRequest,
  { plan, periods, store, directory, startedAt, nominalAt, namesAsOf, availableUntil }: PlannedRun,
  { outlets, pseudonyms }: Outfit,
  folder: RunFolder,
  services: RunServices,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const { filter } = plan;
  const { window: interval } = periods;
  const notify = (message: string): void => services.onEvent({ kind: "notice", message });
  const { runId } = folder;
  services.onEvent({ kind: "run_started", runId, slices: plan.slices.length, interval: formatInterval(interval) });

  services.onEvent({ kind: "stage", stage: "extract" });
  const stated = plan.aggregates && (await readStated(plan.aggregates, services.aggregates, signal));
  const slices = await extractPlan(plan, services.pages, folder, (event) => services.onEvent(event), signal);

  const merging = {
    readPage: (page: StoredPage | DayPage) => (isDayPage(page) ? store.read(page) : folder.readPage(page)),
    spills: services.openSpills(folder.scratchPath),
  };
  const comparison = reconcile
    ? await createComparison(definition, plan, services, folder, merging, signal)
    : undefined;

  services.onEvent({ kind: "stage", stage: "merge" });
  const counts = new Map<string, MergeCounts>();
  const pages = slices.flatMap((slice) => slice.pages);
  const merged = mergePages([...pages, ...store.pages], merging, plan.interval, counts, (record, page) =>
    store.belongs(record, page),
  );
  const fetched = {
    slices,
    ...(plan.shortfall && { shortfall: plan.shortfall }),
    ...(availableUntil === undefined ? {} : { availableUntil }),
  };
  const records = untilAborted(comparison ? comparison.watch(merged) : store.keep(merged, fetched), signal);
  const nameOf = createNameOf(directory);
  const show = createShowValue(nameOf, pseudonyms?.of);
  const engine = services.openEngine(folder.scratchPath);
  try {
    const known = { startAt: interval.startAt, endAt: dataUntilOf(plan, startedAt) };
    const built = stated
      ? await buildStatedTable({ definition, ...stated, known, nameOf, show, engine })
      : await buildTable({ definition, filter, known, periods, records, nameOf, show, engine });
    const unmatched = unmatchedNames(definition.filter, directory);
    const checked = {
      runId,
      report: definition.name,
      interval,
      startedAt,
      dataUntil: dataUntilOf(plan, startedAt),
    };
    const checks = await checkExpectations(definition.expectations, built, checked, services.pastRuns);
    const findings = [...checkFindings(checks), ...unmatched.map(unmatchedFinding), ...built.findings];
    const table = { ...built, findings };
    signal.throwIfAborted();

    const reconciliation = await comparison?.finish(pages, nameOf);

    services.onEvent({ kind: "stage", stage: "export" });
    const { version } = services;
    const rowsFile = await folder.writeArtifact(rowsName(definition), untilAborted(jsonChunks(table), signal));
    const compared = {
      runId,
      report: definition.name,
      definitionHash: definition.hash,
      interval: formatInterval(interval),
      columns: table.columns,
      rows: { count: table.rowCount, sha256: rowsFile.sha256 },
    };
    const filterText = describeFilter(definition.filter);
    const retries = services.retries();
    const about = describeRun({
      runId,
      definition,
      filterText,
      plan,
      periods,
      slices,
      counts,
      ...(stated && { stated }),
      table,
      startedAt,
      ...(nominalAt === undefined ? {} : { nominalAt }),
      version,
      retries,
      namesAsOf,
      revision: await revise(compared, services.pastRuns),
      store: store.account(counts),
      rows: compared.rows,
      checks,
      ...(pseudonyms && { pseudonymKeyId: pseudonyms.keyId }),
      ...(reconciliation && { reconciliation }),
    });
    const input = {
      definition,
      table,
      // The same instant in every try of the run: what one of them delivered may be there already.
      facts: pageFacts(about, Date.parse(about.startedAt)),
      provenance: provenanceOf(about, table.rowCount),
      parquet: services.parquetWriter(folder.scratchPath),
    };
    const artifacts = await exportArtifacts(input, definition.formats, folder, rowsFile, signal);
    const shares = await exportShares(input, definition, folder, notify, signal);
    signal.throwIfAborted();
    // A refused delivery must not take the account of the run with it.
    const files = { artifacts, ...(shares && { shares }) };
    await writeManifest(folder, { ...about, ...files, deliveries: [] }, services.clock);
    expectNothingBlocks(checks, definition.name, folder);

    services.onEvent({ kind: "stage", stage: "deliver" });
    const parcel = { runId, report: definition.name, interval, revision: about.revision, artifacts };
    const told = { ...about, window: pageFacts(about, startedAt).interval };
    const shipments = definition.recipients.flatMap(({ to }) => {
      const outlet = outlets.get(to);
      return outlet ? [{ outlet, parcel: { ...parcel, artifacts: shares?.files[to] ?? artifacts } }] : [];
    });
    const { deliveries, placed, messages } = await deliverRun(shipments, told, "run", services, signal);
    const withoutLinks = deliveries.map(({ url: _secret, ...rest }) => rest);
    const { manifest, path } = await writeManifest(
      folder,
      {
        ...about,
        ...files,
        deliveries: withoutLinks,
        ...(placed.length > 0 && { placed }),
        ...(messages.length > 0 && { messages }),
      },
      services.clock,
    );
    if (out !== undefined) await folder.publish([...artifacts.map((artifact) => artifact.path), path], out);
    return { manifest, deliveries, placed, messages, artifacts, preview: await previewOf(table) };
  } finally {
    engine.close();
  }
}

function showsPseudonyms({ shape }: ReportDefinition): boolean {
  return fieldsShown(shape).some(({ mask }) => mask === "hash");
}

function expectNothingBlocks(checks: readonly CheckResult[], report: string, { runId, path }: RunFolder): void {
  const failed = blocking(checks);
  if (failed.length === 0) return;
  const list = failed.map(({ check, found }) => `\n  - ${check}; ${found}`).join("");
  throw new ReportError("run.check_failed", `Report ${report} is not as its "expect" says:${list}`, {
    hint: `Nothing was delivered or published. The files are in ${path}; \`callsheet runs show ${runId}\` lists them. When they are right after all, mend "expect" and run the report again.`,
  });
}

function unmatchedFinding(message: string): Finding {
  return { code: "name_unmatched", count: 1, message };
}

async function writeManifest(
  folder: RunFolder,
  account: Omit<Manifest, "finishedAt">,
  clock: Clock,
): Promise<{ manifest: Manifest; path: string }> {
  const manifest: Manifest = { ...account, finishedAt: new Date(clock.now()).toISOString() };
  const { path } = await folder.writeText("manifest.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { manifest, path };
}

/** Rows that a terminal shows at most. */
const PREVIEW_ROWS = 25;

async function previewOf(table: ReportTable): Promise<FinishedRun["preview"]> {
  const rows: (readonly Cell[])[] = [];
  for await (const row of table.rows()) {
    rows.push(row);
    if (rows.length === PREVIEW_ROWS) break;
  }
  return { table, rows };
}
