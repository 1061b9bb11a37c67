/** `callsheet run REPORT`: one run now. */
import { resolve } from "node:path";
import { ReportError } from "../../domain/errors.ts";
import { createIsTotal } from "../../domain/report-table.ts";
import { expectSent } from "../../runs/expect-sent.ts";
import { executeRun, type FinishedRun } from "../../runs/execute-run.ts";
import { getRun, runIds } from "../../disk/run-history.ts";
import { findReport } from "../find-report.ts";
import { parseInstant } from "../parse-instant.ts";
import { createProgress } from "../progress.ts";
import { type Config, readConfig } from "../read-config.ts";
import { renderRevision, renderStore } from "../render-changes.ts";
import { renderChecks } from "../render-checks.ts";
import { renderDeliveries, renderMessages, renderPlaced, renderShares } from "../render-deliveries.ts";
import { renderReconciliation } from "../render-reconciliation.ts";
import { renderTable } from "../render-table.ts";
import { removeOldRuns } from "../remove-old-runs.ts";
import { resumeCommand, withResumeCommand } from "../resume-command.ts";
import { withDeadline } from "../stop-signal.ts";
import { beginTrace } from "../wire-traces.ts";
import { withOptions } from "../with-options.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface RunOptions {
  readonly config?: string;
  readonly interval?: string;
  readonly at?: string;
  readonly out?: string;
  readonly format?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly reconcile?: boolean;
  readonly resume?: string;
  readonly deadline?: string;
  readonly fresh?: boolean;
}

/** Runs the report and prints the table, the files, the links and their verdict; throws a ReportError. */
export async function run(report: string, options: RunOptions, world: World): Promise<void> {
  if (options.dryRun) return (await import("./explain.ts")).explain(report, { ...options, requests: true }, world);
  const config = readConfig(options.config, world);
  const definition = withOptions(await findReport(report, config.folder, world), options);
  for (const note of definition.notes) world.err(`Note: ${note}\n`);
  if (options.resume !== undefined && (await tellIfDone(config, options.resume, definition.name, options, world)))
    return;
  const progress = createProgress(world);
  let interrupted: string | undefined;
  let sent: { readonly messages: FinishedRun["messages"]; readonly runId: string } = { messages: [], runId: "" };
  const trace = await beginTrace(definition.name, config.env);
  const { wireRun } = await import("../wire.ts");
  const wired = await wireRun(
    config,
    world,
    definition.destinations,
    (event) => {
      if (event.kind === "run_interrupted") interrupted = event.runId;
      trace?.see(event);
      progress.see(event);
    },
    () => progress.retries(),
  );
  const stop = withDeadline(world.signal, options.deadline, world.clock);
  try {
    const finished = await executeRun(
      {
        definition,
        reconcile: options.reconcile ?? false,
        fresh: options.fresh ?? false,
        ...(options.at === undefined ? {} : { nominalAt: parseInstant("--at", options.at, definition.timeZone) }),
        ...(options.out === undefined ? {} : { out: resolve(world.cwd, options.out) }),
        ...(options.resume === undefined ? {} : { resume: options.resume }),
      },
      wired.services,
      stop.signal,
    );
    trace?.end("done", false);
    sent = { messages: finished.messages, runId: finished.manifest.runId };
    progress.end();
    world.out(options.json ? toJson(finished) : toText(finished));
  } catch (error) {
    trace?.end(error instanceof ReportError ? error.code : "internal", true);
    if (interrupted === undefined) throw error;
    throw withResumeCommand(error, stop.signal, resumeCommand(report, interrupted, options));
  } finally {
    stop.release();
    progress.end();
    await wired.close();
  }
  await removeOldRuns(config, definition.name, world);
  // The report is made, delivered and shown: only then is a message that failed worth an error.
  expectSent(sent.messages, sent.runId);
}

/** Resuming what is done does nothing, and ends well: the files are told again, their links are not kept. */
async function tellIfDone(
  { statePath }: Config,
  runId: string,
  report: string,
  { json }: RunOptions,
  world: World,
): Promise<boolean> {
  const past = (await runIds(statePath)).includes(runId) ? await getRun(statePath, runId) : undefined;
  if (past?.state !== "done" || past.plan?.report !== report || !past.manifest) return false;
  const { completeness, artifacts, deliveries } = past.manifest;
  const told = { runId, status: "done", completeness, artifacts, deliveries };
  if (json) world.out(`${JSON.stringify(told, undefined, 2)}\n`);
  else world.out(artifacts.map(({ path, rows }) => `file  ${path}  (${rows.toLocaleString("en")} rows)\n`).join(""));
  world.err(`Note: run ${runId} is done already; nothing was asked again\n`);
  return true;
}

function toJson({ manifest, artifacts, deliveries, placed, messages }: FinishedRun): string {
  const { runId, completeness, revision, changes, fromStore, checks, reconciliation } = manifest;
  const told = {
    runId,
    status: "done",
    completeness,
    revision,
    ...(changes && { changes }),
    ...(fromStore && { fromStore }),
    ...(checks && { checks }),
    artifacts,
    deliveries,
    ...(placed.length > 0 && { placed }),
    ...(messages.length > 0 && { messages }),
    ...(reconciliation && { reconciliation }),
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

function toText(finished: FinishedRun): string {
  const { manifest, artifacts, deliveries, placed, messages, preview } = finished;
  const { table, rows } = preview;
  const isTotal = createIsTotal(table.columns);
  const lines = [renderTable(table.columns, rows, rows.some(isTotal) ? undefined : table.totals)];
  if (table.rowCount > rows.length)
    lines.push(`… and ${(table.rowCount - rows.length).toLocaleString("en")} more rows in the files\n`);
  const overlapping = table.columns.filter(({ adds }) => adds === "overlapping").map(({ name }) => name);
  if (overlapping.length > 0)
    lines.push(`not additive: ${overlapping.join(", ")} (something counts once in each row that it touched)\n`);
  const reasons = manifest.reasons.map((reason) => `\n  ! ${reason}`).join("");
  lines.push(`\n${readInWords(manifest)} · ${manifest.completeness}${reasons}\n`);
  lines.push(renderStore(manifest), renderRevision(manifest));
  if (isNothing(finished))
    lines.push(
      `  ! none ${manifest.questions ? "was emitted" : "began"} in the window, or none that the OAuth client's divisions show: the service does not tell which\n`,
    );
  const findings = manifest.findings.filter(({ code }) => code !== "check_failed");
  lines.push(...findings.map(({ message }) => `  ! ${message}\n`));
  lines.push(renderChecks(manifest.checks));
  if (manifest.reconciliation) lines.push(renderReconciliation(manifest.reconciliation));
  for (const { path, rows: count } of artifacts) lines.push(`file  ${path}  (${count.toLocaleString("en")} rows)\n`);
  lines.push(renderShares(manifest.shares));
  lines.push(renderDeliveries(deliveries), renderPlaced(placed), renderMessages(messages));
  return lines.join("");
}

function readInWords({ counts, questions, comparedWith }: FinishedRun["manifest"]): string {
  if (questions) return "the service's own figures (aggregates), each counted when it was emitted";
  return `${counts.unique.toLocaleString("en")} conversations${comparedWith === undefined ? "" : " of both periods"}`;
}

function isNothing({ manifest, preview }: FinishedRun): boolean {
  return manifest.questions ? preview.table.rowCount === 0 : manifest.counts.unique === 0;
}
