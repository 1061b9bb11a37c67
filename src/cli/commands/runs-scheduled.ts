/** `callsheet runs list --scheduled`, `runs show REPORT@INSTANT` and `runs cancel RUN`: what became of each instant of the schedules. */
import { ReportError } from "../../domain/errors.ts";
import { formatKey, parseKey, type ScheduledKey } from "../../domain/scheduled-run.ts";
import { createRunLedger } from "../../postgres/create-run-ledger.ts";
import type { LedgerRow, PastAttempt } from "../../runs/run-ledger.ts";
import { readConfig } from "../read-config.ts";
import { openGuest } from "../wire-database.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface ScheduledOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** A screenful of screens. */
const MOST_SHOWN = 1_000;

/** Prints a line for each instant that passed, the newest first: run, missed, skipped, with the reason. */
export async function listScheduled(
  report: string | undefined,
  options: ScheduledOptions,
  world: World,
): Promise<void> {
  const opened = await openGuest(readConfig(options.config, world), world);
  try {
    const rows = opened ? await createRunLedger(opened.database).list(report, MOST_SHOWN) : [];
    if (options.json) return world.out(`${JSON.stringify(rows.map(tell), undefined, 2)}\n`);
    if (rows.length === 0) return world.err("No instant of a schedule has passed yet.\n");
    const widest = Math.max(...rows.map((row) => formatKey(row).length));
    for (const row of rows) world.out(`${formatKey(row).padEnd(widest)}  ${toText(row)}\n`);
  } finally {
    await opened?.close();
  }
}

/** Prints one scheduled run: how it stands, and each attempt at it. */
export async function showScheduled(key: ScheduledKey, options: ScheduledOptions, world: World): Promise<void> {
  const opened = await openGuest(readConfig(options.config, world), world);
  try {
    const found = opened && (await createRunLedger(opened.database).find(key));
    if (found === undefined) throw unknownRun(formatKey(key));
    const { row, attempts } = found;
    if (options.json)
      return world.out(`${JSON.stringify({ ...tell(row), attempts: attempts.map(tellAttempt) }, undefined, 2)}\n`);
    world.out(`${formatKey(row)}  ${toText(row)}\n`);
    for (const attempt of attempts) world.out(`  ${attemptText(attempt)}\n`);
  } finally {
    await opened?.close();
  }
}

/** Cancels a run that is not over; its links are never handed out. */
export async function cancelRun(run: string, options: ScheduledOptions, world: World): Promise<void> {
  const opened = await openGuest(readConfig(options.config, world), world);
  try {
    const row = opened && (await createRunLedger(opened.database).cancel(parseKey(run) ?? { runId: run }));
    if (row === undefined) throw unknownRun(run);
    if (row.state !== "cancelled")
      throw new ReportError("definition.invalid", `Cannot cancel ${formatKey(row)}: it is ${row.state} already`);
    world.err(`${formatKey(row)} is cancelled: a worker that has it stops within seconds, and hands nothing out.\n`);
  } finally {
    await opened?.close();
  }
}

function unknownRun(run: string): ReportError {
  return new ReportError("config.missing", `There is no scheduled run ${run}`, {
    hint: "`callsheet runs list --scheduled` shows them. A run of `callsheet run` is stopped with Ctrl-C.",
  });
}

function tellAttempt({ beganAt, endedAt, ...rest }: PastAttempt): Record<string, unknown> {
  return {
    ...rest,
    beganAt: new Date(beganAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
  };
}

function attemptText({ number, worker, beganAt, endedAt, outcome, code, message, runId }: PastAttempt): string {
  const span = `${new Date(beganAt).toISOString()} to ${endedAt === undefined ? "now" : new Date(endedAt).toISOString()}`;
  const facts = [outcome ?? "at work", code, message, runId].filter((fact) => fact !== undefined);
  return `attempt ${number} by ${worker}, ${span}: ${facts.join("  ")}`;
}

function tell(row: LedgerRow): Record<string, unknown> {
  const { nominalAt, changedAt, ...rest } = row;
  return {
    run: formatKey(row),
    nominalAt: new Date(nominalAt).toISOString(),
    ...rest,
    changedAt: new Date(changedAt).toISOString(),
  };
}

function toText({ state, attempts, stage, rows, runId, reason }: LedgerRow): string {
  const facts = [
    stage === undefined ? undefined : `at ${stage}`,
    attempts > 1 ? `attempt ${attempts}` : undefined,
    rows === undefined ? undefined : `${rows.toLocaleString("en")} rows`,
    runId,
    reason,
  ].filter((fact) => fact !== undefined);
  return `${state.padEnd(11)}  ${facts.join("  ")}`.trimEnd();
}
