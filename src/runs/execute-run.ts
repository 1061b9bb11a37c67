/**
 * One run, first stage to last. Read this file first: it names the stages in order.
 *
 *   definition ─ plan ─► plan ─ extract ─► pages ─ merge ─► one stream ─ aggregate ─► table ─ export ─► files ─ deliver ─► links
 */
import { buildTable } from "../aggregate/build-table.ts";
import type { TableEngine } from "../aggregate/table-engine.ts";
import { deliverArtifacts, type Destination } from "../deliver/deliver-artifacts.ts";
import type { Artifact, Manifest } from "../domain/artifact.ts";
import type { Clock } from "../domain/clock.ts";
import type { Delivery } from "../domain/delivery.ts";
import { createNameOf } from "../domain/directory.ts";
import { formatInterval } from "../domain/interval.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { Cell, Finding, ReportTable } from "../domain/report-table.ts";
import type { RunFolder, WrittenFile } from "../domain/run-folder.ts";
import { chunksOf } from "../export/export-table.ts";
import { jsonChunks } from "../export/write-json.ts";
import { extractPlan } from "../extract/extract-plan.ts";
import type { PageSource } from "../extract/page-source.ts";
import { type MergeCounts, mergePages } from "../merge/merge-pages.ts";
import { unmatchedNames } from "../plan/bind-names.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { describeFilter } from "../plan/describe-filter.ts";
import { gapsNeedAvailability, planGaps } from "../plan/plan-gaps.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import type { AggregatesSource } from "./aggregates-source.ts";
import { createComparison } from "./compare-run.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { describeRun, pageFacts, type RunDescription } from "./describe-run.ts";
import type { NameSource } from "./name-source.ts";
import type { PastRuns } from "./past-runs.ts";
import { readNames } from "./read-names.ts";
import { revise } from "./revise.ts";
import type { RunEvent } from "./run-events.ts";
import { openRunStore } from "./use-store.ts";

/** What a run works with; everything that reaches outside comes in here. */
export interface RunServices {
  readonly clock: Clock;
  readonly version: string;
  readonly names: NameSource;
  readonly aggregates: AggregatesSource;
  readonly pages: PageSource;
  /** Absent when the configuration keeps nothing. */
  readonly store?: ConversationStore;
  readonly pastRuns: PastRuns;
  openFolder(report: string, startedAt: number): Promise<RunFolder>;
  openEngine(scratchPath: string): Promise<TableEngine & { close(): void }>;
  destination(name: string): Destination;
  retries(): number;
  onEvent(event: RunEvent): void;
}

/** What is asked of one run. */
export interface RunRequest {
  readonly definition: ReportDefinition;
  /** Folder that gets the files besides the run's own. */
  readonly out?: string;
  /** Compare the figures with the server's aggregates. */
  readonly reconcile?: boolean;
  /** Ask the service for everything, whatever the store holds. */
  readonly fresh?: boolean;
}

/** A finished run. `deliveries` hold the only copies of the links. */
export interface FinishedRun {
  readonly manifest: Manifest;
  readonly deliveries: readonly Delivery[];
  readonly artifacts: readonly Artifact[];
  /** The first rows, for the terminal. */
  readonly preview: { readonly table: Omit<ReportTable, "rows">; readonly rows: readonly (readonly Cell[])[] };
}

/** Runs a report; throws a ReportError, and hands nothing out, when any stage fails. */
export async function executeRun(
  { definition, out, reconcile = false, fresh = false }: RunRequest,
  services: RunServices,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const startedAt = services.clock.now();
  const destinations = definition.destinations.map((name) => services.destination(name));

  services.onEvent({ kind: "stage", stage: "plan" });
  const interval = resolveWindow(definition.window, definition.timeZone, startedAt);
  const { directory, filter, keptSince } = await readNames(definition, services.names, signal);
  const folder = await services.openFolder(definition.name, startedAt);
  const { runId, scratchPath } = folder;
  const whole = buildPlan(definition, filter, interval, undefined, reconcile);
  // A comparison holds the conversations against aggregates of the same moment.
  const kept = reconcile ? undefined : services.store;
  const onEvent = (event: RunEvent): void => services.onEvent(event);
  const store = await openRunStore({ store: kept, fresh, plan: whole, startedAt, scratchPath, onEvent });
  const availableUntil = gapsNeedAvailability(definition, store.gaps)
    ? await services.pages.availableUntil(signal)
    : undefined;
  const plan = store.planFor(planGaps(whole, definition, store.gaps, availableUntil, reconcile));
  services.onEvent({ kind: "run_started", runId, slices: plan.slices.length, interval: formatInterval(interval) });

  services.onEvent({ kind: "stage", stage: "extract" });
  const slices = await extractPlan(plan, services.pages, folder, onEvent, signal);

  const comparison = reconcile ? await createComparison(definition, plan, services, folder, signal) : undefined;

  services.onEvent({ kind: "stage", stage: "merge" });
  const counts = new Map<string, MergeCounts>();
  const pages = slices.flatMap((slice) => slice.pages);
  const merged = mergePages(
    [...pages, ...store.pages],
    (page) => store.read(page) ?? folder.readPage(page),
    interval,
    counts,
    (record, page) => store.belongs(record, page),
  );
  const records = comparison ? comparison.watch(merged) : store.keep(merged, slices);
  const nameOf = createNameOf(directory);
  const engine = await services.openEngine(scratchPath);
  try {
    const built = await buildTable({ definition, filter, records, nameOf, engine });
    const unmatched = unmatchedNames(definition.filter, directory);
    const table = { ...built, findings: [...unmatched.map(unmatchedFinding), ...built.findings] };
    signal.throwIfAborted();

    const reconciliation = await comparison?.finish(pages, nameOf);

    services.onEvent({ kind: "stage", stage: "export" });
    const { version } = services;
    const rowsFile = await folder.writeArtifact(`${definition.name}.json`, jsonChunks(table));
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
      slices,
      counts,
      table,
      startedAt,
      version,
      retries,
      namesAsOf: keptSince ?? startedAt,
      revision: await revise(compared, services.pastRuns),
      store: store.account(counts),
      rows: compared.rows,
      ...(reconciliation && { reconciliation }),
    });
    const artifacts = await exportArtifacts(definition, table, about, folder, rowsFile, services.clock);
    // A refused delivery must not take the account of the run with it.
    await writeManifest(folder, { ...about, artifacts, deliveries: [] }, services.clock);

    services.onEvent({ kind: "stage", stage: "deliver" });
    const parcel = { runId, report: definition.name, interval, revision: about.revision, artifacts };
    const deliveries: Delivery[] = [];
    for (const destination of destinations) {
      deliveries.push(...(await deliverArtifacts(parcel, destination, services.clock)));
    }
    const withoutLinks = deliveries.map(({ url: _secret, ...rest }) => rest);
    const { manifest, path } = await writeManifest(
      folder,
      { ...about, artifacts, deliveries: withoutLinks },
      services.clock,
    );
    if (out !== undefined) await folder.publish([...artifacts.map((artifact) => artifact.path), path], out);
    return { manifest, deliveries, artifacts, preview: await previewOf(table) };
  } finally {
    engine.close();
    await store.close();
    await folder.discardPages();
  }
}

function unmatchedFinding(message: string): Finding {
  return { code: "name_unmatched", count: 1, message };
}

async function exportArtifacts(
  { name: report, formats }: ReportDefinition,
  table: ReportTable,
  about: RunDescription,
  folder: RunFolder,
  rowsFile: WrittenFile,
  clock: Clock,
): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const format of formats) {
    const name = `${report}.${format}`;
    const file =
      format === "json"
        ? rowsFile
        : await folder.writeArtifact(name, chunksOf(format, table, pageFacts(about, clock.now())));
    artifacts.push({ name, format, path: file.path, rows: table.rowCount, bytes: file.bytes, sha256: file.sha256 });
  }
  return artifacts;
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
