// In: a database, reports and a stretch of time. Out: what became of every instant in it. The scheduler, the book, the
// ledger, the task queue and the worker are the real ones; the clock is handed in, and goes from one instant at which
// something is due to the next; a run gives at once what its fate says. A year takes minutes.

import { createHash, randomUUID } from "node:crypto";
import { parseReport } from "../../src/cli/find-report.ts";
import { isScheduled } from "../../src/cli/read-scheduled.ts";
import type { Clock } from "../../src/domain/clock.ts";
import { createTaskQueue } from "../../src/pg-boss/create-task-queue.ts";
import { createRunLedger } from "../../src/postgres/create-run-ledger.ts";
import { createScheduleBook } from "../../src/postgres/create-schedule-book.ts";
import type { Database, Sql } from "../../src/postgres/database.ts";
import { type RunGave, workTask } from "../../src/runs/work-task.ts";
import { createScheduler, type ReadReport, type Scheduler } from "../../src/schedule/create-scheduler.ts";
import { nextInstant } from "../../src/schedule/schedule-rule.ts";
import type { HeldTask } from "../../src/tasks/task-queue.ts";
import type { Home } from "./homes.ts";
import { openHand, type Hand } from "./task-hand.ts";
import { type Audit, audit } from "./year-audit.ts";
import { createFates, createRandom, gaveOf } from "./year-faults.ts";

export interface SimulatedOrder {
  readonly reports: number;
  readonly days: number;
  readonly seed: string;
  /** Of all attempts. */
  readonly faultShare: number;
  /** Workers at once: as many as the database has connections for. */
  readonly workers: number;
  /** Heard after each day. */
  readonly onDay?: (day: number, counted: Counted) => Promise<void>;
}

/** What was done so far. */
export interface Counted {
  readonly ticks: number;
  readonly tickMs: number;
  readonly attempts: number;
  readonly faults: number;
  readonly statements: number;
  /** Runs of the stretch that gave complete data: as many as rows that are done, when each was run once. */
  readonly gave: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** As long as the scheduler waits between two looks. */
const LOOK_MS = 1_000;

/** A clock change is in the year. */
const BEGIN = Date.UTC(2024, 0, 1);

/** Every policy; hourly each. Most begin at the full hour, as people write it. */
const SCHEDULES = [
  '{ cron: "0 * * * *" }',
  '{ cron: "0 * * * *", overlap: queue, missed: { all: 5 } }',
  '{ cron: "0 * * * *", overlap: allow, missed: { all: 24 }, timeZone: Europe/Berlin }',
  '{ cron: "5 * * * *", overlap: skip, missed: skip, timeZone: America/New_York }',
  '{ cron: "0 * * * *", overlap: queue, waitForData: 10m }',
] as const;

/** Every third day nobody is there for some hours, and a new scheduler takes over. */
const OFF_EVERY_MS = 3 * DAY_MS;
const OFF_MS = 3 * HOUR_MS + 10 * 60_000;

/** What is older is over: no wait for data, no backoff and no restating is longer. */
const SETTLED_MS = DAY_MS;

/** Lets the time pass, and accounts for every instant in it. */
export async function simulateTime(home: Home, order: SimulatedOrder): Promise<Audit & Counted> {
  const counted = { ticks: 0, tickMs: 0, attempts: 0, faults: 0, statements: 0, gave: 0 };
  const database = counting(home.database, () => (counted.statements += 1));
  const reports: ReadReport[] = [];
  for (let index = 0; index < order.reports; index += 1) reports.push(await reportWith(index));
  const queue = await createTaskQueue({ home: home.home, supervises: false, onTrouble: fail });
  const endAt = BEGIN + order.days * DAY_MS;
  let now = BEGIN;
  const hand = await openHand(home.home, () => now);
  const ledger = createRunLedger(database);
  const book = createScheduleBook(database, "client");
  const add: typeof queue.add = async (task) => {
    hand.note(task);
    await queue.add(task);
  };
  const newScheduler = (): Scheduler =>
    createScheduler({
      historyMs: 400 * 86_400_000,
      book,
      queue: { add },
      readFiles: () => Promise.resolve({ reports, broken: new Set() }),
      parse: () => Promise.resolve(undefined),
      newId: randomUUID,
      notify: fail,
    });
  const definitions = new Map(reports.map(({ text, definition }) => [text, definition]));
  const fates = createFates(order.seed, order.faultShare);
  const clock = createHandedClock(() => now);
  const stopping = new AbortController();
  const services = {
    ledger,
    queue: { add },
    clock,
    random: createRandom(`${order.seed} waits`),
    worker: "test",
    client: "client",
    parse: (_file: string, text: string) => Promise.resolve(definitions.get(text) ?? fail(text)),
    availableUntil: () => Promise.resolve(undefined),
    notify: () => undefined,
    onEvent: () => undefined,
  };

  async function workOn(task: HeldTask): Promise<"over" | "dead"> {
    const fate = fates();
    if (fate === "die") {
      counted.attempts += 1;
      counted.faults += 1;
      await ledger.claim({
        ...task.run,
        taskId: task.id,
        tryNumber: task.tryNumber,
        token: randomUUID(),
        worker: "dead",
      });
      return "dead";
    }
    const execute = (): Promise<RunGave> => {
      counted.attempts += 1;
      if (fate instanceof Error) {
        counted.faults += 1;
        throw fate;
      }
      if (fate === "give" && task.run.nominalAt <= endAt) counted.gave += 1;
      return Promise.resolve(gaveOf(fate));
    };
    await workTask(task, { ...services, execute }, stopping.signal);
    return "over";
  }

  /** The scheduler looks each second: what an end makes room for goes on at the next look. */
  async function look(scheduler: Scheduler): Promise<void> {
    for (;;) {
      const before = performance.now();
      await scheduler.tick(now);
      counted.ticks += 1;
      counted.tickMs += performance.now() - before;
      if ((await hand.work(order.workers, workOn)) === 0) return;
      now += LOOK_MS;
    }
  }

  let scheduler = newScheduler();
  const total = { instants: 0, lost: 0, ended: {} as Record<string, number> };
  let auditedUntil = BEGIN;
  async function account(untilAt: number): Promise<void> {
    const { instants, lost, ended } = await audit(home.database, reports, auditedUntil, untilAt);
    auditedUntil = untilAt;
    total.instants += instants;
    total.lost += lost;
    for (const [state, count] of Object.entries(ended)) total.ended[state] = (total.ended[state] ?? 0) + count;
  }

  try {
    await look(scheduler);
    for (let day = 1; day <= order.days; day += 1) {
      const dayEnd = BEGIN + day * DAY_MS;
      while (now < dayEnd) {
        now = Math.min(dayEnd, await nextEvent(book, reports, hand, now));
        if ((now - BEGIN) % OFF_EVERY_MS > OFF_EVERY_MS - OFF_MS) {
          now = Math.min(endAt, now + OFF_MS);
          scheduler = newScheduler();
        }
        await look(scheduler);
      }
      if (now - SETTLED_MS > auditedUntil) await account(now - SETTLED_MS);
      if (day % 7 === 0) await hand.forgetOver();
      await order.onDay?.(day, counted);
    }
    // What is under way at the end comes to its end; instants that pass meanwhile are not counted.
    const doneAt = now + SETTLED_MS;
    while (now < doneAt) {
      now = Math.min(doneAt, await nextEvent(book, reports, hand, now));
      await look(scheduler);
    }
    await account(endAt);
    return { ...total, ...counted };
  } finally {
    await hand.close();
    await queue.close();
  }
}

/** The next instant at which the scheduler or a worker has something to do. */
async function nextEvent(
  book: ReturnType<typeof createScheduleBook>,
  reports: readonly ReadReport[],
  hand: Hand,
  now: number,
): Promise<number> {
  const instants = reports.map(({ definition }) => nextInstant(definition.schedule, now) ?? Number.POSITIVE_INFINITY);
  const wakes = (await book.readAll()).map(({ wakeAt = Number.POSITIVE_INFINITY }) => wakeAt);
  return Math.min(...instants, ...wakes.filter((at) => at > now), Math.max(now + 1, hand.nextAt()));
}

/** Says what time it is; who waits is woken by the signal only, since nothing takes any time here. */
function createHandedClock(now: () => number): Clock {
  return {
    now,
    elapsed: now,
    sleep: async (_durationMs, signal) =>
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
}

function counting(database: Database, count: () => void): Database {
  const on = (sql: Sql): Sql => ({
    async query(text, values) {
      count();
      return await sql.query(text, values);
    },
  });
  return {
    ...on(database),
    transaction: async (work) => await database.transaction(async (sql) => await work(on(sql))),
    vacuum: async () => await database.vacuum(),
    close: () => Promise.resolve(),
  };
}

async function reportWith(index: number): Promise<ReadReport> {
  const report = `hourly-${String(index).padStart(2, "0")}`;
  const text = `report: ${report}
timeZone: UTC
interval: ${index % SCHEDULES.length === 4 ? "month to date" : "yesterday"}
groupBy: [conversation.media.type]
measures: [conversation_count]
schedule: ${SCHEDULES[index % SCHEDULES.length]}
`;
  const definition = await parseReport(text, `reports/${report}.yaml`);
  if (!isScheduled(definition)) throw new Error("the report has no schedule");
  const hash = createHash("sha256").update(text).digest("hex");
  return { report, hash, file: `reports/${report}.yaml`, text, definition };
}

function fail(message: string): never {
  throw new Error(message);
}
