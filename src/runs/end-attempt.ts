/** How an attempt at a scheduled run ended, and so who acts next: nobody, a clock, another worker, or a person. */
import { randomUUID } from "node:crypto";
import { ReportError } from "../domain/errors.ts";
import type { LogFacts } from "../domain/log-facts.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { jobsCover } from "../plan/choose-source.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import type { Task } from "../tasks/task-queue.ts";
import { FRESH_MS } from "./describe-run.ts";
import type { AttemptEnd, ClaimedRun } from "./run-ledger.ts";

/** Attempts in all; a run that kills its worker is tried no more often than one that fails. */
export const MOST_ATTEMPTS = 5;

/** How long until data that are not there are looked for again. */
const DATA_AGAIN_MS = 5 * 60_000;

/** How long until a report is restated whose data should have been there. */
const RESTATE_MS = 60 * 60_000;
const MOST_RESTATED = 3;

/** The first wait after a failure; each further one is twice as long. */
const AGAIN_MS = 30_000;
const AGAIN_AT_MOST_MS = 30 * 60_000;

/** What the end of an attempt depends on. */
export interface AttemptFacts {
  readonly claimed: ClaimedRun;
  /** Absent when the report could not be read. */
  readonly definition: ReportDefinition | undefined;
  /** Names whose requests are made. */
  readonly client: string;
  readonly now: number;
  /** From 0 to 1. */
  readonly chance: number;
}

/** What a run gave: `reasons` say why its data are not complete, `remarks` what else is to be known. */
export interface ResultFacts {
  readonly rows: number;
  readonly reasons: readonly string[];
  readonly remarks?: readonly string[];
}

/** The run gave files. */
export function endOfResult(
  { rows, reasons, remarks = [] }: ResultFacts,
  { claimed, now }: Pick<AttemptFacts, "claimed" | "now">,
  definition: ReportDefinition,
): AttemptEnd {
  const reason = [...reasons, ...remarks].join("; ");
  if (reasons.length === 0) return { kind: "done", rows, ...(reason === "" ? {} : { reason }) };
  if (claimed.restated >= MOST_RESTATED) return { kind: "provisional", rows, reason };
  const { endAt } = resolveWindow(definition.window, definition.timeZone, claimed.claim.nominalAt);
  return { kind: "provisional", rows, reason, againAt: now < endAt + FRESH_MS ? endAt + FRESH_MS : now + RESTATE_MS };
}

/** The run has to wait for the service's data, which end at `until`; undefined when it need not, or may no longer. */
export function endOfGate(
  until: number | undefined,
  { claimed: { claim, giveUpAt }, now }: Pick<AttemptFacts, "claimed" | "now">,
  definition: ReportDefinition,
): AttemptEnd | undefined {
  const window = resolveWindow(definition.window, definition.timeZone, claim.nominalAt);
  if (until === undefined || jobsCover(window, until)) return undefined;
  return {
    kind: "waiting",
    reason: `the service's data for jobs end at ${new Date(until).toISOString()}: waits until ${new Date(giveUpAt).toISOString()} at the longest`,
    againAt: Math.min(now + DATA_AGAIN_MS, giveUpAt),
  };
}

/** The run was stopped with its worker: another one goes on at once, and the attempt does not count. */
export function endOfStop(facts: AttemptFacts): AttemptEnd {
  return again(facts, false, 0, "process.stopping", "its worker was stopped");
}

/** The run failed; the recourse of the error says who acts next. */
export function endOfError(error: unknown, facts: AttemptFacts): AttemptEnd {
  const { claimed, definition, chance } = facts;
  const { code, message, correlationId } = error instanceof ReportError ? error : SOMETHING_BROKE;
  const traced = correlationId === undefined ? {} : { correlationId };
  const isMachine = error instanceof ReportError && (error.recourse === "retry" || error.recourse === "stop");
  if (!isMachine || claimed.attempt >= MOST_ATTEMPTS) return { ...failed(code, message, definition), ...traced };
  const backoffMs = Math.min(AGAIN_MS * 2 ** (claimed.attempt - 1), AGAIN_AT_MOST_MS) * (0.5 + chance / 2);
  return { ...again(facts, true, Math.max(backoffMs, error.retryAfterMs ?? 0), code, message), ...traced };
}

/** Its own words may hold anything. */
const SOMETHING_BROKE = {
  code: "internal",
  message: "something broke in callsheet",
  correlationId: undefined,
} as const;

/** The run took its worker down with it, each time. */
export function endOfDeaths(): AttemptEnd {
  return failed(
    "internal",
    `its worker died in each of ${MOST_ATTEMPTS} attempts; the logs of the workers' machines may tell why`,
    undefined,
  );
}

/** What the log says of the end besides its words. */
export function logFactsOf(end: AttemptEnd): LogFacts {
  if (end.kind !== "failed" && end.kind !== "again") return { level: end.kind === "provisional" ? "warn" : "info" };
  const { code, correlationId } = end;
  const level = end.kind === "failed" ? "error" : end.counts ? "warn" : "info";
  return { level, code, ...(correlationId === undefined ? {} : { correlationId }) };
}

/** The end in words, for the log. */
export function describeEnd(end: AttemptEnd): string {
  switch (end.kind) {
    case "done":
      return `done, ${end.rows.toLocaleString("en")} rows${end.reason === undefined ? "" : `; ${end.reason}`}`;
    case "provisional":
      return `provisional: ${end.reason}`;
    case "waiting":
      return `waits: ${end.reason}`;
    case "again":
      return `${end.code}: ${end.message}; ${end.counts ? `again in ${Math.round(end.task.afterMs / 1000)} s` : "another worker goes on"}`;
    case "failed":
      return `failed, ${end.code}: ${end.message}`;
  }
}

function failed(code: string, message: string, definition: ReportDefinition | undefined): AttemptEnd {
  const pauseAfter = definition?.schedule?.pauseAfterFailures;
  return { kind: "failed", code, message, ...(pauseAfter === undefined ? {} : { pauseAfter }) };
}

function again(
  { claimed: { claim, priority }, client }: AttemptFacts,
  counts: boolean,
  afterMs: number,
  code: string,
  message: string,
): AttemptEnd {
  const run = { report: claim.report, nominalAt: claim.nominalAt };
  const task: Task = { id: randomUUID(), run, priority, client, afterMs: Math.round(afterMs) };
  return { kind: "again", counts, task, code, message };
}
