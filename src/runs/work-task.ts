/**
 * One attempt at a scheduled run: claim, wait for the data, run, and note how it ended. Whatever happens, the run ends
 * in a state that says what comes next; only a database that stays away leaves the task to come again.
 *
 *   claim ─► gate ─► executeRun ─► done, or provisional
 *     │        └─► waiting          └─► again (the machine mends it), failed (a person must)
 *     └─► nothing: not this task's turn
 */
import type { Notify } from "../domain/log-facts.ts";
import { randomUUID } from "node:crypto";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { backfilledEvery, formatKey } from "../domain/scheduled-run.ts";
import { parseEvery, windowEndingAt } from "../plan/every.ts";
import type { HeldTask, TaskQueue } from "../tasks/task-queue.ts";
import {
  type AttemptFacts,
  describeEnd,
  logFactsOf,
  endOfDeaths,
  endOfError,
  endOfGate,
  endOfResult,
  endOfStop,
  MOST_ATTEMPTS,
} from "./end-attempt.ts";
import type { AttemptEnd, Claim, ClaimedRun, RunLedger } from "./run-ledger.ts";
import { isLost, watchClaim } from "./watch-claim.ts";
import type { WorkEvent } from "./work-events.ts";

/** What a run gave, as far as the ledger keeps it. */
export interface RunGave {
  readonly rows: number;
  /** Why the data are not complete; empty when they are. */
  readonly reasons: readonly string[];
  /** What else a person should know of a run that is done. */
  readonly remarks?: readonly string[];
  /** Takes back what was delivered, so that no link leads to anything. */
  readonly withdraw: () => Promise<void>;
}

/** One attempt, as it is asked for. */
export interface AttemptOrder {
  readonly claimed: ClaimedRun;
  readonly definition: ReportDefinition;
  /** Throws when the run may not be handed out by this worker any more. */
  readonly expectHeld: () => Promise<void>;
}

/** Whom a worker works with. */
export interface WorkServices {
  readonly ledger: RunLedger;
  readonly queue: Pick<TaskQueue, "add">;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Who works, in words: host and process. */
  readonly worker: string;
  /** Names whose requests are made. */
  readonly client: string;
  readonly parse: (file: string, text: string) => Promise<ReportDefinition>;
  /** Up to where the service's data are complete, for reports that depend on it; undefined for all others. */
  readonly availableUntil: (definition: ReportDefinition, signal: AbortSignal) => Promise<number | undefined>;
  readonly execute: (order: AttemptOrder, signal: AbortSignal) => Promise<RunGave>;
  readonly notify: Notify;
  readonly onEvent: (event: WorkEvent) => void;
}

/** Does the task's turn of its run; `stopping` is aborted when the process has to end. */
export async function workTask(task: HeldTask, services: WorkServices, stopping: AbortSignal): Promise<void> {
  const { ledger, worker, notify, clock, onEvent } = services;
  if (stopping.aborted) throw new ReportError("process.stopping", "This worker takes no more runs");
  const { id: taskId, tryNumber } = task;
  const claimed = await ledger.claim({ ...task.run, taskId, tryNumber, token: randomUUID(), worker });
  if (claimed === undefined) return;
  const name = formatKey(claimed.claim);
  const about = { run: task.run, attempt: claimed.attempt };
  const startedElapsed = clock.elapsed();
  let end: AttemptEnd | undefined;
  onEvent({ kind: "attempt_started", ...about });
  const { runId } = claimed;
  const facts = { ...about, ...(runId === undefined ? {} : { runId }) };
  notify(`${name}: attempt ${claimed.attempt}${runId === undefined ? "" : `, goes on with ${runId}`}`, facts);
  try {
    end = await attempt(claimed, task, services, stopping);
    notify(`${name}: ${describeEnd(end)}`, { ...about, ...logFactsOf(end) });
  } catch (error) {
    if (!isLost(error)) throw error;
    notify(`${name}: ${error.code}: ${error.message}`, { ...facts, level: "warn", code: error.code });
  } finally {
    const durationMs = clock.elapsed() - startedElapsed;
    onEvent({ kind: "attempt_ended", ...about, ...(end && { end }), durationMs });
  }
}

/** Makes one attempt and notes its end; throws only what says that the run is not ours, or that the ledger is away. */
async function attempt(
  claimed: ClaimedRun,
  task: HeldTask,
  services: WorkServices,
  stopping: AbortSignal,
): Promise<AttemptEnd> {
  const { ledger, clock } = services;
  const { claim } = claimed;
  if (claimed.attempt > MOST_ATTEMPTS) return await settle(claim, endOfDeaths(), services);
  const watch = watchClaim(claim, ledger, clock);
  const signal = AbortSignal.any([stopping, task.signal, watch.signal]);
  let definition: ReportDefinition | undefined;
  try {
    definition = ofWindow(claim, await services.parse(claimed.file, claimed.text));
    const gate = await gateOf(claimed, definition, services, signal);
    if (gate) return await settle(claim, gate, services);
    const order = { claimed, definition, expectHeld: async () => await ledger.expectHeld(claim) };
    const gave = await services.execute(order, signal);
    const end = endOfResult(gave, { claimed, now: clock.now() }, definition);
    return await settle(claim, end, services).catch(async (error: unknown) => {
      if (isLost(error) && error.code === "run.cancelled") await gave.withdraw();
      throw error;
    });
  } catch (error) {
    if (watch.signal.aborted) throw watch.signal.reason;
    if (isLost(error) || isAway(error)) throw error;
    tellDefect(error, claim, services);
    const facts = { claimed, definition, client: services.client, now: clock.now(), chance: services.random() };
    // The queue's signal says that the task was given away: then the note is refused, and this worker ends quietly.
    const isStopped = stopping.aborted || task.signal.aborted;
    return await settle(claim, isStopped ? endOfStop(facts) : endOfError(error, facts), services);
  } finally {
    watch.end();
  }
}

/** What broke in callsheet itself is for us: where it was, without its words, which may hold anything. */
function tellDefect(error: unknown, claim: Claim, { notify }: WorkServices): void {
  if (error instanceof ReportError || !(error instanceof Error)) return;
  const places = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const { report, nominalAt } = claim;
  notify(`${formatKey(claim)}: ${error.name}\n${places.join("\n")}`, { level: "error", run: { report, nominalAt } });
}

/** The window of a backfill is not the report's own: the key names it. */
function ofWindow(claim: Claim, definition: ReportDefinition): ReportDefinition {
  const every = parseEvery(backfilledEvery(claim) ?? "");
  if (every === undefined) return definition;
  return { ...definition, window: windowEndingAt(claim.nominalAt, every, definition.timeZone) };
}

async function gateOf(
  claimed: ClaimedRun,
  definition: ReportDefinition,
  { availableUntil, clock }: WorkServices,
  signal: AbortSignal,
): Promise<AttemptEnd | undefined> {
  const facts: Pick<AttemptFacts, "claimed" | "now"> = { claimed, now: clock.now() };
  if (facts.now >= claimed.giveUpAt) return undefined;
  return endOfGate(await availableUntil(definition, signal), facts, definition);
}

/** The task follows the note: where the process dies between the two, a scheduler adds it. */
async function settle(claim: Claim, end: AttemptEnd, { ledger, queue }: WorkServices): Promise<AttemptEnd> {
  await ledger.settle(claim, end);
  if (end.kind === "again") {
    await queue.add(end.task);
    await ledger.noteTask(end.task.id);
  }
  return end;
}

function isAway(error: unknown): boolean {
  return error instanceof ReportError && error.code.startsWith("database.");
}
