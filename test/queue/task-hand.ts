// In: where the tasks of the queue are. Out: a hand that takes them as its workers do, but at once, where those look a
// second apart; and when the handed-in clock says, where those wait in real time. The tables and statements are those
// of the queue itself.

import { fromPglite, PgBoss } from "pg-boss";
import { z } from "zod";
import type { TaskHome } from "../../src/pg-boss/create-task-queue.ts";
import type { HeldTask, Task } from "../../src/tasks/task-queue.ts";

export interface Hand {
  /** Hears of a task before it is added: when it is due is told by the handed-in clock. */
  note(task: Task): void;
  /** When the next task is due that is not yet; infinite when there is none. */
  nextAt(): number;
  /** Works on all that is due, so many at once; how many there were. What a dead worker held comes again. */
  work(workers: number, workOn: (task: HeldTask) => Promise<"over" | "dead">): Promise<number>;
  /** What the queue does by itself after seven days: tasks that are over go. */
  forgetOver(): Promise<void>;
  close(): Promise<void>;
}

const QUEUE = "callsheet-runs";
const BATCH = 100;

/** A dead worker is noticed so late: its silence, and the look that finds it. */
const SILENT_MS = 15_000;

const RUN = z.object({ report: z.string(), nominalAt: z.int() });

/** Opens it; `now` is the handed-in clock. */
export async function openHand(home: TaskHome, now: () => number): Promise<Hand> {
  const boss = new PgBoss({
    ...("url" in home ? { connectionString: home.url } : { db: fromPglite(home.engine), backend: "pglite" as const }),
    schema: "callsheet_tasks",
    schedule: false,
    supervise: false,
  });
  // An idle connection that breaks is replaced at the next statement.
  boss.on("error", () => undefined);
  await boss.start();
  const dueAt = new Map<string, number>();
  const later: HeldTask[] = [];
  const never = new AbortController().signal;

  /** From the queue, whatever its own clock says. */
  async function take(): Promise<HeldTask[]> {
    const jobs = await boss.fetch<unknown>(QUEUE, { includeMetadata: true, batchSize: BATCH, ignoreStartAfter: true });
    return jobs.map(({ id, data, retryCount }) => ({ id, run: RUN.parse(data), tryNumber: retryCount, signal: never }));
  }

  const isDue = ({ id }: HeldTask): boolean => (dueAt.get(id) ?? 0) <= now();

  return {
    note({ id, afterMs }) {
      if (afterMs > 0) dueAt.set(id, now() + afterMs);
    },
    nextAt: () => Math.min(...dueAt.values()),
    async work(workers, workOn) {
      for (let worked = 0; ; ) {
        const ready = later.filter(isDue);
        later.splice(0, later.length, ...later.filter((task) => !isDue(task)));
        const taken = await take();
        later.push(...taken.filter((task) => !isDue(task)));
        ready.push(...taken.filter(isDue));
        if (ready.length === 0) return worked;
        worked += ready.length;
        const over: string[] = [];
        const waiting = ready.values();
        const one = async (): Promise<void> => {
          for (const task of waiting) {
            dueAt.delete(task.id);
            if ((await workOn(task)) === "over") over.push(task.id);
            else {
              await boss.fail(QUEUE, task.id);
              dueAt.set(task.id, now() + SILENT_MS);
            }
          }
        };
        await Promise.all(Array.from({ length: workers }, one));
        if (over.length > 0) await boss.complete(QUEUE, over);
      }
    },
    forgetOver: async () => void (await boss.deleteStoredJobs(QUEUE)),
    close: async () => await boss.stop({ graceful: false }),
  };
}
