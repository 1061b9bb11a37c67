/** `callsheet serve`: runs reports at the instants of their schedules, until it is stopped. */
import { ReportError } from "../../domain/errors.ts";
import { createTaskQueue } from "../../pg-boss/create-task-queue.ts";
import { createRunLedger } from "../../postgres/create-run-ledger.ts";
import { workTask } from "../../runs/work-task.ts";
import { createLog, secretsOf } from "../create-log.ts";
import { parseListen } from "../parse-listen.ts";
import { readConfig } from "../read-config.ts";
import type { ROLES } from "../serve-roles.ts";
import { wireAlarmMessengers, wireHeartbeat } from "../wire-alarms.ts";
import { openDatabase } from "../wire-database.ts";
import { fleetStore } from "../wire.ts";
import { scheduleReports } from "../wire-schedule.ts";
import { wireWork } from "../wire-work.ts";
import type { startWatch, Watch } from "../wire-watch.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface ServeOptions {
  readonly config?: string;
  /** Both without one. */
  readonly role?: (typeof ROLES)[number];
  /** `HOST:PORT`. */
  readonly listen?: string;
}

/** Serves until the world's signal ends it, which it tells by throwing `process.stopping`. */
export async function serve(options: ServeOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const isIn = (role: (typeof ROLES)[number]): boolean => options.role === undefined || options.role === role;
  if (options.role !== undefined && config.database().kind === "embedded") throw splitEmbedded(options.role);
  const listen = options.listen === undefined ? config.listen : parseListen(options.listen, "--listen");
  const notify = await createLog(world, config.env.CALLSHEET_LOG, secretsOf(config));

  // What is wrong with them is said before anything runs.
  const messengers = await wireAlarmMessengers(config, world);
  const beat = await wireHeartbeat(config.alarms, config, world, notify);

  const { database, home, close } = await openDatabase(config, world);
  try {
    const ledger = createRunLedger(database);
    const queue = await createTaskQueue({ home, supervises: true, onTrouble: notify });
    let lastTickAt: number | undefined = isIn("scheduler") ? world.clock.now() : undefined;
    const loops = (): ReturnType<Parameters<typeof startWatch>[3]> => ({
      scheduler: lastTickAt,
      worker: queue.lastLookAt(),
    });
    let watch: Watch | undefined;
    try {
      if (listen) {
        watch = await (await import("../wire-watch.ts")).startWatch(listen, config, database, loops, world, notify);
        notify(`shows how it is at ${watch.url}/metrics, /ready and /health, to whoever reaches that address`);
      }
      if (isIn("worker")) {
        const isFleet = config.database().kind === "server";
        const clientStore = isFleet ? { clientStore: await fleetStore(config, database) } : {};
        const { createWorkTracer } = await import("../../console/trace-run.ts");
        const trace = createWorkTracer();
        const services = wireWork(config, world, { ledger, queue, ...clientStore }, notify, (event) => {
          watch?.see(event);
          trace(event);
        });
        await queue.work(config.workers, async (task) => await workTask(task, services, world.signal));
      }
      notify(`serving: ${options.role ?? "scheduler and worker"}; stop with Ctrl-C or SIGTERM`);
      if (isIn("scheduler")) {
        const onTick = (): void => {
          lastTickAt = world.clock.now();
          beat();
        };
        await scheduleReports(config, world, { database, queue, messengers, notify, onTick });
      } else {
        await untilStopped(world.signal);
      }
    } finally {
      await watch?.close();
      await queue.close();
    }
  } finally {
    await close();
  }
  throw new ReportError(
    "process.stopping",
    "Stopped. Runs that were under way go on when `callsheet serve` runs again, or with another worker",
  );
}

async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const stopped = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => stopped.resolve(), { once: true });
  await stopped.promise;
}

function splitEmbedded(role: string): ReportError {
  return new ReportError(
    "config.invalid",
    `Cannot serve as ${role} alone: the database is in this machine's state folder`,
    {
      hint: "Leave --role out, or use PostgreSQL: set CALLSHEET_DATABASE_URL.",
    },
  );
}
