// Thousands of simulated instants under kills, freezes, steps of the clock and broken connections: each instant has one
// row, each row was run once or says why not. Every choice comes from one seed, which a failure names.

import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseReport } from "../../src/cli/find-report.ts";
import { isScheduled } from "../../src/cli/read-scheduled.ts";
import { formatKey } from "../../src/domain/scheduled-run.ts";
import { createTaskQueue } from "../../src/pg-boss/create-task-queue.ts";
import { createRunLedger } from "../../src/postgres/create-run-ledger.ts";
import { createScheduleBook } from "../../src/postgres/create-schedule-book.ts";
import { createScheduler, type ReadReport, type Scheduler } from "../../src/schedule/create-scheduler.ts";
import { instantsBetween } from "../../src/schedule/schedule-rule.ts";
import type { Task, TaskQueue } from "../../src/tasks/task-queue.ts";
import type { Home } from "./homes.ts";
import { type Fate, Killed, mortal } from "./mortal.ts";

/** What is done to the database now and then. */
export interface Harm {
  /** Whether schedulers may stand still in the middle of a transaction: not where the database is in their process. */
  readonly freezes: boolean;
  /** Breaks every connection, or restarts the server. */
  readonly breakConnections?: (home: Home) => Promise<void>;
}

const MINUTE = 60_000;
const BEGIN = Date.UTC(2024, 2, 30);

/** Every policy, a minute apart. */
const SCHEDULES = [
  '{ cron: "* * * * *", missed: latest, overlap: allow }',
  '{ cron: "* * * * *", missed: { all: 50 }, overlap: allow }',
  '{ cron: "* * * * *", missed: skip, overlap: queue }',
  '{ cron: "* * * * *", missed: latest, overlap: skip, timeZone: Europe/Dublin }',
] as const;

/** Defines the suite for so many schedulers and instants; `CALLSHEET_SCHEDULE_INSTANTS` takes more of them. */
export function defineExactlyOnceSuite(
  name: string,
  open: () => Promise<Home>,
  schedulers: number,
  fewInstants: number,
  harm: Harm,
): void {
  const instants = Number(process.env["CALLSHEET_SCHEDULE_INSTANTS"] ?? fewInstants);
  const seed = process.env["CALLSHEET_SCHEDULE_SEED"] ?? randomUUID().slice(0, 8);

  describe(`${schedulers} at ${instants} instants on ${name}`, () => {
    let home: Home;
    let queue: TaskQueue;
    beforeAll(async () => {
      home = await open();
      queue = await createTaskQueue({ home: home.home, supervises: false, onTrouble: () => undefined });
    });
    afterAll(async () => {
      await queue.close();
      await home.close();
    });

    test(`I1: each is run once, or says why not, whatever befalls the schedulers (seed ${seed})`, {
      timeout: 3_600_000,
    }, async () => {
      const random = createRandom(seed);
      const world = await openWorld(home, queue, random, harm);
      const steps = Math.ceil(instants / SCHEDULES.length);
      let now = BEGIN;
      let furthest = now;
      let [calm, breaks] = [0, 0];
      let scheduler = Array.from({ length: schedulers }, () => world.scheduler());
      await world.tick(scheduler, now, true);
      while (furthest < BEGIN + steps * MINUTE) {
        now += Math.floor(20_000 + random() * 60_000);
        const befalls = calm > 0 ? 1 : random();
        calm = Math.max(0, calm - 1);
        // A machine that slept, a clock that was wrong, and one that is put right again.
        if (befalls < 0.005) now += Math.floor(random() * 60) * MINUTE;
        else if (befalls < 0.01) now -= Math.floor(random() * 60) * MINUTE;
        // While they look: some statements are under way then.
        const breaking = befalls >= 0.01 && befalls < 0.015 ? harm.breakConnections?.(home) : undefined;
        if (breaking) {
          calm = 20;
          breaks += 1;
        }
        furthest = Math.max(furthest, now);
        scheduler = await world.tick(scheduler, now, false);
        await breaking;
        await world.work();
      }
      await world.tick(scheduler, furthest + MINUTE, true);
      for (let rest = 0; rest < 200; rest += 1) {
        await world.work();
        await world.tick(scheduler, furthest + MINUTE, true);
      }

      expect(world.killed() + world.frozen()).toBeGreaterThan(0);
      let done = 0;
      for (const { report, definition } of world.reports) {
        const rows = (await createRunLedger(home.database).list(report, 1_000_000)).toReversed();
        expect(rows.map(({ nominalAt }) => nominalAt)).toEqual([
          ...instantsBetween(definition.schedule, BEGIN, furthest + MINUTE),
        ]);
        for (const row of rows) {
          const runs = world.runs.get(formatKey(row)) ?? 0;
          if (row.state === "done") done += 1;
          expect([formatKey(row), row.state, runs, row.reason !== undefined]).toEqual(
            row.state === "done"
              ? [formatKey(row), "done", 1, false]
              : [formatKey(row), expect.stringMatching(/^(missed|skipped)$/), 0, true],
          );
        }
      }
      // Every task that was ever handed over stands in the queue once.
      const [count] = await home.database.query(
        "SELECT count(*)::int AS count, count(DISTINCT id)::int AS ids FROM callsheet_tasks.job",
      );
      expect(count).toEqual({ count: world.taskIds.size, ids: world.taskIds.size });
      process.stdout.write(
        `${name}, ${schedulers} schedulers, seed ${seed}: ${done} runs, each once; ${world.killed()} kills, ${world.frozen()} freezes, ${breaks} times all connections broken, ${world.broken()} looks in vain\n`,
      );
    });
  });
}

/** Schedulers that die, a queue, and workers that die; what was run how often. */
async function openWorld(home: Home, queue: TaskQueue, random: () => number, harm: Harm) {
  const reports: (ReadReport & { readonly report: string })[] = [];
  for (const [index, schedule] of SCHEDULES.entries()) reports.push(await reportWith(`r${index}`, schedule));
  const ledger = createRunLedger(home.database);
  const runs = new Map<string, number>();
  const taskIds = new Set<string>();
  const waiting: { readonly task: Task; tryNumber: number }[] = [];
  let [killed, frozen, broken] = [0, 0, 0];
  let isCalm = false;
  let thawed = Promise.withResolvers<void>();

  function fate(): Fate {
    if (isCalm) return "live";
    const befalls = random();
    if (befalls < 0.004) {
      killed += 1;
      return "die";
    }
    if (!harm.freezes || befalls > 0.006) return "live";
    frozen += 1;
    return "freeze";
  }

  function scheduler(): Scheduler {
    const database = mortal(home.another(), fate, async () => await thawed.promise);
    return createScheduler({
      historyMs: 400 * 86_400_000,
      book: createScheduleBook(database, "client"),
      queue: {
        async add(task) {
          await queue.add(task);
          taskIds.add(task.id);
          waiting.push({ task, tryNumber: 0 });
        },
      },
      readFiles: () => Promise.resolve({ reports, broken: new Set() }),
      parse: () => Promise.resolve(undefined),
      newId: randomUUID,
      notify(message) {
        throw new Error(message);
      },
    });
  }

  return {
    reports,
    runs,
    taskIds,
    scheduler,
    killed: () => killed,
    frozen: () => frozen,
    broken: () => broken,
    /** All look at once; those that freeze go on when the others have looked. Whoever died is replaced. */
    async tick(schedulers: readonly Scheduler[], now: number, calm: boolean): Promise<Scheduler[]> {
      isCalm = calm;
      thawed = Promise.withResolvers<void>();
      const looks = schedulers.map(async (each) => {
        try {
          await each.tick(now);
          return each;
        } catch (error) {
          if (error instanceof Killed) return scheduler();
          broken += 1;
          return each;
        }
      });
      if (harm.freezes) setImmediate(() => setTimeout(thawed.resolve, 30));
      const after = await Promise.all(looks);
      isCalm = true;
      return after;
    },
    /** Workers take what waits; some die, and some tasks come twice. */
    async work(): Promise<void> {
      for (const held of waiting.splice(0)) {
        const again = random();
        // Not its turn yet.
        if (again < 0.2) {
          waiting.push(held);
          continue;
        }
        const request = { ...held.task.run, taskId: held.task.id, tryNumber: held.tryNumber, worker: "test" };
        const claimed = await ledger.claim({ ...request, token: randomUUID() });
        if (again > 0.9) waiting.push({ task: held.task, tryNumber: held.tryNumber + 1 });
        if (claimed === undefined || again > 0.95) continue;
        await ledger.settle(claimed.claim, { kind: "done", rows: 1 });
        const key = formatKey(claimed.claim);
        runs.set(key, (runs.get(key) ?? 0) + 1);
      }
    },
  };
}

async function reportWith(report: string, schedule: string): Promise<ReadReport> {
  const text = `report: ${report}
timeZone: UTC
interval: yesterday
groupBy: [conversation.media.type]
measures: [conversation_count]
schedule: ${schedule}
`;
  const definition = await parseReport(text, `reports/${report}.yaml`);
  if (!isScheduled(definition)) throw new Error("the test's report has no schedule");
  const hash = createHash("sha256").update(text).digest("hex");
  return { report, hash, file: `reports/${report}.yaml`, text, definition };
}

/** Numbers from 0 to 1 that a seed decides. */
function createRandom(seed: string): () => number {
  let count = 0;
  return () => createHash("sha256").update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}
