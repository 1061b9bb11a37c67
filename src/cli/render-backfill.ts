/** A backfill as people and scripts read it: the windows before it starts, and each one as it ends. */
import type { ReportDefinition } from "../domain/report-definition.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import type { BackfillStep } from "../schedule/plan-backfill.ts";
import type { StepEnd } from "../schedule/run-backfill.ts";
import { renderTable } from "./render-table.ts";
import { windowText } from "./render-schedule.ts";

/** Windows that are listed; of more, the first ones and how many follow. */
const MOST_LISTED = 60;

/** Every window with what is done about it, and what all of it takes at least. */
export function previewText(
  { name, timeZone }: ReportDefinition,
  steps: readonly BackfillStep[],
  requests: ReadonlyMap<BackfillStep, number>,
  concurrency: number,
): string {
  const columns = [
    { name: `window (${timeZone})`, type: "text", role: "detail" },
    { name: "action", type: "text", role: "detail" },
    { name: "requests at least", type: "integer", role: "detail" },
    { name: "run", type: "text", role: "detail" },
  ] as const;
  const rows = steps
    .slice(0, MOST_LISTED)
    .map((step) => [
      windowText(step.interval, timeZone),
      actionText(step),
      requests.get(step) ?? null,
      step.kind === "run" ? "" : step.runId,
    ]);
  const more = steps.length > MOST_LISTED ? `… and ${steps.length - MOST_LISTED} more windows\n` : "";
  const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
  const perMinute = SERVICE_LIMITS.requestsPerMinute.value;
  const cost = `at least ${total.toLocaleString("en")} requests, ${(total / perMinute).toFixed(1)} minutes at ${perMinute} a minute`;
  const summary =
    requests.size === 0
      ? "nothing is left to be run"
      : `${requests.size} of ${steps.length} windows are to be run, ${concurrency} at a time: ${cost}`;
  return `${name}\n\n${renderTable(columns, rows)}${more}${summary}\n`;
}

/** A step with `--dry-run --json`. */
export function tellStep(step: BackfillStep): unknown {
  return {
    window: tellWindow(step),
    action: step.kind,
    ...(step.kind === "run" ? {} : { runId: step.runId }),
  };
}

/** A window that has ended, as a line, and the links of what was delivered. */
export function endText(end: StepEnd, timeZone: string): string {
  const window = windowText(end.step.interval, timeZone);
  if (end.kind === "failed") return `${window}  failed  ${end.error.code}: ${end.error.message}\n`;
  const { manifest, deliveries } = end.finished;
  const links = deliveries.map(
    ({ artifact, destination, url, expiresAt }) =>
      `link  ${artifact} at ${destination}, until ${expiresAt}\n      ${url}\n`,
  );
  const rows = manifest.rows.count.toLocaleString("en");
  return `${window}  done  ${manifest.runId}  ${rows} rows, ${manifest.completeness}\n${links.join("")}`;
}

/** The same with `--json`. */
export function tellEnd(end: StepEnd): unknown {
  const window = tellWindow(end.step);
  if (end.kind === "failed") return { window, status: "failed", code: end.error.code, message: end.error.message };
  const { manifest, artifacts, deliveries } = end.finished;
  const { runId, completeness, revision } = manifest;
  return { window, status: "done", runId, completeness, revision, artifacts, deliveries };
}

function tellWindow({ interval: { startAt, endAt } }: BackfillStep): { readonly start: string; readonly end: string } {
  return { start: new Date(startAt).toISOString(), end: new Date(endAt).toISOString() };
}

function actionText(step: BackfillStep): string {
  if (step.kind === "left_out") return step.why === "complete" ? "left out: complete" : "left out: running";
  return step.kind;
}
