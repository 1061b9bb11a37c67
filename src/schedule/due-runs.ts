/**
 * What one step does for one report: each instant that passed gets its row, and runs whose turn it is get a task. Pure:
 * it sees how the report stands in the book and says what is to be written.
 */
import { createHash } from "node:crypto";
import { ReportError } from "../domain/errors.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { Overlap, Schedule } from "../domain/schedule.ts";
import { OPEN_STATES } from "../domain/scheduled-run.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import { FRESH_MS } from "../runs/describe-run.ts";
import { catchUp, MOST_INSTANTS, ON_TIME_MS } from "./catch-up.ts";
import type { Advance, Booked, NewRun, OpenRun, ScheduledReport } from "./schedule-book.ts";
import { instantsBetween } from "./schedule-rule.ts";

/** A report that has a schedule. */
export type ScheduledDefinition = ReportDefinition & { readonly schedule: Schedule };

/** Runs of one report that wait or are at work at once, where they may overlap: more is a pile, not a plan. */
const MOST_OPEN = 100;

/** What the step is told besides the book. */
export interface StepFacts {
  /** Whose rule held up to now. */
  readonly definition: ScheduledDefinition;
  /** The file that holds from now on, when it is another. */
  readonly next?: ScheduledReport;
  readonly now: number;
  /** Makes a UUID. */
  readonly newId: () => string;
}

/** Decides the step. */
export function decideDue(booked: Booked, open: readonly OpenRun[], facts: StepFacts): Advance {
  const { definition, next, now, newId } = facts;
  const { runs, handledUntil } = enterInstants(booked, open, definition, now);
  const entered = runs.flatMap(({ nominalAt, state, wakeAt }): OpenRun[] =>
    state === "due" || state === "waiting" ? [{ report: booked.report, nominalAt, state, wakeAt, priority: 0 }] : [],
  );
  const released = release([...open, ...entered], definition.schedule.overlap, now);
  return {
    runs,
    released: released.map(({ report, nominalAt }) => ({ report, nominalAt, taskId: newId() })),
    handledUntil,
    alarms: [...failures(runs), ...unattended(runs, now)],
    // The old rule first enters all that passed; then the new one takes over.
    ...(next && handledUntil >= now ? { report: next } : {}),
  };
}

function enterInstants(
  { handledUntil, pausedAt }: Booked,
  open: readonly OpenRun[],
  definition: ScheduledDefinition,
  now: number,
): Pick<Advance, "runs" | "handledUntil"> {
  const { schedule } = definition;
  const instants: number[] = [];
  let more = false;
  for (const at of instantsBetween(schedule, handledUntil, now)) {
    more = instants.length === MOST_INSTANTS;
    if (more) break;
    instants.push(at);
  }
  const passed = catchUp(instants, schedule.missed, now, more);
  const underWay = open.filter(({ state }) => OPEN_STATES.includes(state));
  const runs: NewRun[] = [];
  for (const { at, missed } of passed) {
    const why = pausedAt === undefined ? undefined : "the schedule is paused";
    const isLate = missed === undefined && now - at > ON_TIME_MS;
    const heldUp = why ?? missed ?? (isLate ? undefined : refusal(schedule.overlap, underWay));
    if (heldUp !== undefined) {
      runs.push({
        nominalAt: at,
        state: why === undefined && missed !== undefined ? "missed" : "skipped",
        reason: heldUp,
        giveUpAt: at,
      });
      continue;
    }
    const run = newRun(definition, at);
    runs.push(run);
    if (run.state !== "failed")
      underWay.push({ report: definition.name, nominalAt: at, state: "due", wakeAt: at, priority: 0 });
  }
  return { runs, handledUntil: more ? (passed.at(-1)?.at ?? handledUntil) : Math.max(handledUntil, now) };
}

/** Runs that fail before they begin. */
function failures(runs: readonly NewRun[]): Advance["alarms"] {
  return runs.flatMap(({ nominalAt, state, reason = "" }) =>
    state === "failed" ? [{ nominalAt, kind: "failed", reason }] : [],
  );
}

/** Instants that passed while nobody was at work, told together: by the scheduler that comes next. */
function unattended(runs: readonly NewRun[], now: number): Advance["alarms"] {
  const passed = runs.filter(({ nominalAt, state }) => state !== "skipped" && now - nominalAt > ON_TIME_MS);
  const [first, last] = [passed.at(0), passed.at(-1)];
  if (first === undefined || last === undefined) return [];
  const missed = passed.filter(({ state }) => state === "missed").length;
  const instants =
    passed.length === 1
      ? "at this instant"
      : `at ${passed.length} instants, from ${new Date(first.nominalAt).toISOString()} to this one`;
  const fates = [
    ...(missed === 0 ? [] : [`${missed} not run`]),
    ...(missed === passed.length ? [] : [`${passed.length - missed} run now`]),
  ];
  const reason = `no scheduler was at work ${instants}; ${fates.join(", ")}`;
  return [{ nominalAt: last.nominalAt, kind: "missed", reason }];
}

/** Why a run may not even wait while others of its report are not over; undefined when it may. */
function refusal(overlap: Overlap, underWay: readonly OpenRun[]): string | undefined {
  const [first] = underWay;
  if (first === undefined) return undefined;
  const before = `the run of ${new Date(first.nominalAt).toISOString()} was not over yet`;
  switch (overlap) {
    case "skip":
      return `${before} (overlap: skip)`;
    case "queue":
      return underWay.length > 1 ? `${before}, and another one waits already (overlap: queue)` : undefined;
    case "allow":
      return underWay.length >= MOST_OPEN ? `${MOST_OPEN} runs of this report are not over yet` : undefined;
  }
}

/** The row of an instant that is run: at once, a little later, or when its data are there. */
function newRun(definition: ScheduledDefinition, nominalAt: number): NewRun {
  const { schedule, window, timeZone } = definition;
  const giveUpAt = nominalAt + schedule.waitForDataMs;
  const startAt = nominalAt + jitterOf(definition, nominalAt);
  try {
    const { endAt } = resolveWindow(window, timeZone, nominalAt);
    const completeAt = Math.min(endAt + FRESH_MS, giveUpAt);
    if (completeAt <= startAt) return { nominalAt, state: "due", wakeAt: startAt, giveUpAt };
    const reason = `its window ends at ${new Date(endAt).toISOString()}: waits for the data, until ${new Date(giveUpAt).toISOString()} at the longest`;
    return { nominalAt, state: "waiting", reason, wakeAt: completeAt, giveUpAt };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { nominalAt, state: "failed", reason: error.message, giveUpAt };
  }
}

/** The same for one run whoever computes it, and spread evenly over the runs of one instant. */
function jitterOf({ name, schedule }: ScheduledDefinition, nominalAt: number): number {
  if (schedule.jitterMs === 0) return 0;
  const number = createHash("sha256").update(`${name}@${nominalAt}`).digest().readUInt32BE();
  return Math.floor((number / 2 ** 32) * schedule.jitterMs);
}

/** Those whose turn it is: where runs may not overlap, the earliest, when none has a task. */
function release(open: readonly OpenRun[], overlap: Overlap, now: number): OpenRun[] {
  const ready = open.filter(({ state, wakeAt = 0 }) => (state === "due" || state === "waiting") && wakeAt <= now);
  const atWork = open.some(({ state }) => state === "queued" || state === "running");
  if (overlap === "allow" && ready.length > 0) return ready;
  if (atWork) return [];
  if (ready.length > 0) return ready.slice(0, 1);
  // Restating has time: it goes when nothing else of the report has to be done.
  const restated = open.filter(({ state, wakeAt }) => state === "provisional" && wakeAt !== undefined && wakeAt <= now);
  return restated.slice(0, 1);
}
