/**
 * Tasks in pg-boss, on PostgreSQL or on the embedded PGlite: the same tables, the same statements. Of pg-boss it takes
 * the durable queue, heartbeats and the fencing of attempts; its own cron is not used, since our schedule rule decides.
 *
 * A worker tells every ten seconds that it lives. Tasks of one that has been silent for twenty are found by a look
 * every five, and go after five more to the next that asks: within 31 seconds.
 */
import { type ConstructorOptions, fromPglite, type JobWithMetadata, PgBoss, type PGliteLike } from "pg-boss";
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import type { HeldTask, Task, TaskQueue, WorkLimits } from "../tasks/task-queue.ts";

/** Where the tables are: a server, or an engine in this process. */
export type TaskHome = { readonly url: string } | { readonly engine: PGliteLike };

/** How it is opened; the messages are for the log. */
export interface TaskQueueOptions {
  readonly home: TaskHome;
  /** Whether this process looks for the tasks of dead workers: those that work, and those that plan. */
  readonly supervises: boolean;
  readonly onTrouble: (message: string) => void;
}

const QUEUE = "callsheet-runs";

/** Longer than a worker is busy at one stretch, and than a database takes to restart; 10 is the least that there is. */
const HEARTBEAT_SECONDS = 20;
const LOOK_SECONDS = 5;

/** The run ledger counts attempts and gives up in time; the queue only must not give up before it does. */
const MANY_TRIES = 1_000;

/** What takes longer was forgotten by its worker: no run waits so long for the service. */
const LONGEST_RUN_SECONDS = 24 * 3_600 - 1;

/** Tasks that nobody took; their runs stand in the ledger all the same, and get another task. */
const KEPT_SECONDS = 30 * 86_400;

/** Orders come within half a minute of SIGTERM; this leaves time to note how the runs stand. */
const STOP_MS = 25_000;

const POLL_SECONDS = 1;

/** A thrown error means that the ledger could not be reached. */
const AGAIN_SECONDS = 5;

/** Few are needed: a query takes milliseconds, and a database has connections for a hundred. */
const CONNECTIONS = 4;

/** Opens the queue and makes its tables; `database.unavailable` when that cannot be done. */
export async function createTaskQueue({ home, supervises, onTrouble }: TaskQueueOptions): Promise<TaskQueue> {
  const boss = new PgBoss({
    ...connection(home),
    schema: "callsheet_tasks",
    schedule: false,
    supervise: supervises,
    superviseIntervalSeconds: LOOK_SECONDS,
    monitorIntervalSeconds: LOOK_SECONDS,
  });
  boss.on("error", (error) => onTrouble(`task queue: ${error.message}`));
  try {
    await boss.start();
    await boss.createQueue(QUEUE, QUEUE_OPTIONS);
    // A queue that an earlier version made keeps its options otherwise.
    await boss.updateQueue(QUEUE, QUEUE_OPTIONS);
  } catch (error) {
    throw new ReportError("database.unavailable", "Cannot open the task queue in the database", {
      hint: "See whether the database runs, and whether its user may create a schema in it.",
      cause: error,
    });
  }

  return {
    async add(task) {
      await boss.send(QUEUE, { ...task.run }, sendOptions(task));
    },
    async work({ concurrency, perClient }: WorkLimits, work) {
      const options = { ...WORKING, localConcurrency: concurrency, groupConcurrency: perClient };
      await boss.work<unknown, void, typeof options>(QUEUE, options, async (jobs) => {
        for (const job of jobs) await work(heldTask(job));
      });
    },
    lastLookAt() {
      const looks = boss
        .getWipData()
        .map(({ count, lastFetchedOn, createdOn }) =>
          count > 0 ? Number.POSITIVE_INFINITY : (lastFetchedOn ?? createdOn),
        );
      return looks.length === 0 ? undefined : Math.max(...looks);
    },
    async close() {
      await boss.stop({ graceful: true, timeout: STOP_MS });
    },
  };
}

const QUEUE_OPTIONS = {
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: LONGEST_RUN_SECONDS,
  retentionSeconds: KEPT_SECONDS,
  retryLimit: MANY_TRIES,
  retryDelay: AGAIN_SECONDS,
} as const;

const WORKING = { includeMetadata: true, batchSize: 1, pollingIntervalSeconds: POLL_SECONDS } as const;

function connection(home: TaskHome): ConstructorOptions {
  return "url" in home
    ? { connectionString: home.url, max: CONNECTIONS }
    : { db: fromPglite(home.engine), backend: "pglite" };
}

function sendOptions({ id, priority, client, afterMs }: Task): NonNullable<Parameters<PgBoss["send"]>[2]> {
  return {
    id,
    priority,
    group: { id: client },
    ...(afterMs > 0 ? { startAfter: Math.ceil(afterMs / 1000) } : {}),
  };
}

function heldTask({ id, data, retryCount, signal }: JobWithMetadata<unknown>): HeldTask {
  return { id, run: parseRun(data), tryNumber: retryCount, signal };
}

const RUN = z.object({ report: z.string(), nominalAt: z.int() });

function parseRun(data: unknown): HeldTask["run"] {
  return RUN.parse(data);
}
