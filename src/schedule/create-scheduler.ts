/**
 * The scheduler: it looks, a second apart, which instants have passed, enters them into the book, and hands the runs
 * whose turn it is to the task queue. It keeps no time of its own: the database's clock says what has passed, and any
 * number of schedulers may look at once.
 */
import type { Notify } from "../domain/log-facts.ts";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import type { TaskQueue } from "../tasks/task-queue.ts";
import { decideDue, type ScheduledDefinition } from "./due-runs.ts";
import type { Booked, ScheduleBook, ScheduledReport } from "./schedule-book.ts";
import { nextInstant } from "./schedule-rule.ts";

/** A report file with what it says. */
export interface ReadReport extends ScheduledReport {
  readonly definition: ScheduledDefinition;
}

/** What the report folder holds at the moment. */
export interface ReportFiles {
  /** Those that have a schedule. */
  readonly reports: readonly ReadReport[];
  /** Names of files that cannot be read at the moment: their rule stays as it was. */
  readonly broken: ReadonlySet<string>;
}

/** Whom the scheduler works with. */
export interface SchedulerServices {
  readonly book: ScheduleBook;
  readonly queue: Pick<TaskQueue, "add">;
  readonly readFiles: () => Promise<ReportFiles>;
  /** Reads a report as it was booked; throws what is wrong with it. */
  readonly parse: (report: ScheduledReport) => Promise<ScheduledDefinition | undefined>;
  readonly newId: () => string;
  /** How long the rows of runs that are over stay. */
  readonly historyMs: number;
  readonly notify: Notify;
  /** Called after each look that did all it had to. */
  readonly onTick?: () => void;
}

/** One scheduler. */
export interface Scheduler {
  /** Does what is due at this instant of the database's clock. */
  tick(now: number): Promise<void>;
}

const LOOK_MS = 1_000;

/** Clocks of two machines that are kept by a time server differ by far less. */
const MOST_SKEW_MS = 5_000;

/** Tasks that are handed over in one look. */
const MOST_TASKS = 1_000;

const FORGET_EVERY_MS = 3_600_000;

const NOTHING = { runs: [], released: [], alarms: [] } as const;

/** Makes a scheduler. */
export function createScheduler(services: Omit<SchedulerServices, "onTick">): Scheduler {
  const { book, queue, notify } = services;
  const known = new Map<string, ScheduledDefinition | undefined>();
  const nextOf = new Map<string, { readonly key: string; readonly at: number }>();

  let forgotAt = Number.NEGATIVE_INFINITY;

  async function definitionOf(hash: string): Promise<ScheduledDefinition | undefined> {
    if (known.has(hash)) return known.get(hash);
    const report = await book.readReport(hash);
    const definition = report && (await services.parse(report).catch(() => undefined));
    if (report && definition === undefined)
      notify(`${report.file}, as it was booked, cannot be read by this version; its rule begins anew`);
    known.set(hash, definition);
    return definition;
  }

  /** When the next instant of a booked rule passes; computed once for each time that the book moves on. */
  function nextAt({ report, hash, handledUntil }: Booked, definition: ScheduledDefinition): number {
    const key = `${hash} ${handledUntil}`;
    const found = nextOf.get(report);
    if (found?.key === key) return found.at;
    const at = nextInstant(definition.schedule, handledUntil) ?? Number.POSITIVE_INFINITY;
    nextOf.set(report, { key, at });
    return at;
  }

  async function step(booked: Booked, current: ReadReport | undefined, now: number): Promise<void> {
    const next = current !== undefined && current.hash !== booked.hash ? current : undefined;
    const definition = await definitionOf(booked.hash);
    if (definition === undefined) {
      if (next) await book.advance(booked.report, () => ({ ...NOTHING, handledUntil: now, report: next }));
      return;
    }
    const isDue = nextAt(booked, definition) <= now || (booked.wakeAt !== undefined && booked.wakeAt <= now);
    if (!isDue && next === undefined) return;
    await book.advance(booked.report, (fresh, open) =>
      // Another scheduler may have been faster, with the new rule too.
      fresh.hash === booked.hash
        ? decideDue(fresh, open, { definition, now, newId: services.newId, ...(next && { next }) })
        : { ...NOTHING, handledUntil: fresh.handledUntil },
    );
  }

  return {
    async tick(now) {
      const { reports, broken } = await services.readFiles();
      const current = new Map(reports.map((report) => [report.report, report]));
      for (const { hash, definition } of reports) known.set(hash, definition);
      const all = await book.readAll();
      const names = new Set(all.map(({ report }) => report));
      for (const report of reports) if (!names.has(report.report)) await book.enter(report, now);
      for (const booked of all) {
        const { report } = booked;
        if (!current.has(report) && !broken.has(report)) await book.remove(report);
        else await step(booked, current.get(report), now);
      }
      await book.releaseBackfills(now);
      for (const task of await book.tasksToAdd(MOST_TASKS)) {
        await queue.add(task);
        await book.noteTask(task.id);
      }
      if (now - forgotAt < FORGET_EVERY_MS) return;
      await book.forget(now - services.historyMs);
      forgotAt = now;
    },
  };
}

/** Ticks until the signal ends it. What fails is told, and the next look tries again: the clock goes on. */
export async function keepTicking(
  scheduler: Scheduler,
  { book, notify, onTick }: Pick<SchedulerServices, "book" | "notify" | "onTick">,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let told = "";
  let toldSkew = false;
  while (!signal.aborted) {
    try {
      const now = await book.now();
      const skewMs = Math.abs(now - clock.now());
      if (skewMs > MOST_SKEW_MS !== toldSkew) {
        toldSkew = !toldSkew;
        notify(skewText(toldSkew, skewMs));
      }
      await scheduler.tick(now);
      onTick?.();
      told = "";
    } catch (error) {
      const message = error instanceof ReportError ? `${error.code}: ${error.message}` : String(error);
      if (message !== told) notify(`the scheduler could not look: ${message}; it tries again`);
      told = message;
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

function skewText(isOff: boolean, skewMs: number): string {
  return isOff
    ? `this machine's clock and the database's differ by ${Math.round(skewMs / 1000)} s; instants are those of the database's. Set both by a time server`
    : "this machine's clock and the database's agree again";
}
