/**
 * `npm run bench:schedule`: fifty hourly reports over simulated days, a hundredth of whose attempts fail and a hundredth of
 * whose attempts lose their worker: what one run costs scheduler, worker and database together, that none is lost, and
 * how memory stands as the ledger grows. `npm run bench:schedule -- 365` takes another number of days. The database is PGlite in a
 * scratch folder, or the one of CALLSHEET_DATABASE_URL, which should be empty.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReport } from "../src/cli/find-report.ts";
import { isScheduled } from "../src/cli/read-scheduled.ts";
import { SYSTEM_CLOCK } from "../src/cli/world.ts";
import { ReportError } from "../src/domain/errors.ts";
import { createRunLedger } from "../src/postgres/create-run-ledger.ts";
import { createScheduleBook } from "../src/postgres/create-schedule-book.ts";
import type { Database } from "../src/postgres/database.ts";
import { migrate } from "../src/postgres/migrate.ts";
import { openEmbedded } from "../src/postgres/open-embedded.ts";
import { openServer } from "../src/postgres/open-server.ts";
import { type WorkServices, workTask } from "../src/runs/work-task.ts";
import { createScheduler, type ReadReport } from "../src/schedule/create-scheduler.ts";
import type { Task } from "../src/tasks/task-queue.ts";

const DAYS = Number(process.argv[2] ?? 30);
const REPORTS = 50;
const FAULTS = 0.01;
const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2025, 0, 1);

const folder = await mkdtemp(join(tmpdir(), "callsheet-bench-"));
const database = await openDatabase();
try {
  await migrate(database);
  await simulate(database);
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function openDatabase(): Promise<Database> {
  const url = process.env["CALLSHEET_DATABASE_URL"];
  if (url !== undefined) return openServer(url, SYSTEM_CLOCK, new AbortController().signal);
  return (await openEmbedded(join(folder, "pglite"))).database;
}

async function simulate(database: Database): Promise<void> {
  const reports = await Promise.all(Array.from({ length: REPORTS }, (_, index) => reportNamed(`report-${index}`)));
  const ledger = createRunLedger(database);
  const waiting: { readonly task: Task; readonly tryNumber: number }[] = [];
  const queue = {
    add(task: Task) {
      waiting.push({ task, tryNumber: 0 });
      return Promise.resolve();
    },
  };
  const notify = (): void => undefined;
  const scheduler = createScheduler({
    book: createScheduleBook(database, "client"),
    queue,
    readFiles: () => Promise.resolve({ reports, broken: new Set() }),
    parse: () => Promise.resolve(undefined),
    newId: randomUUID,
    notify,
  });
  const definitions = new Map(reports.map(({ file, definition }) => [file, definition]));
  let now = BEGIN;
  let [attempts, failures, deaths] = [0, 0, 0];
  const services: WorkServices = {
    ledger,
    queue,
    // The simulated hour; a watch over a run that takes no time has nothing to wait for.
    clock: { now: () => now, elapsed: () => now, sleep: async (_ms, signal) => await untilAborted(signal) },
    random: Math.random,
    worker: "bench",
    client: "client",
    parse: (file) => Promise.resolve(definitions.get(file) ?? fail()),
    availableUntil: () => Promise.resolve(undefined),
    execute() {
      attempts += 1;
      if (Math.random() < FAULTS) {
        failures += 1;
        throw new ReportError("genesys.unavailable", "a simulated fault");
      }
      return Promise.resolve({ rows: 1, reasons: [], withdraw: () => Promise.resolve() });
    },
    notify,
  };

  const begunAt = performance.now();
  await scheduler.tick(now);
  console.log("simulated days   runs in the ledger   ms a run   memory MB (heap, all)");
  let lap = performance.now();
  for (let hour = 1; hour <= DAYS * 24; hour += 1) {
    now = BEGIN + hour * HOUR_MS;
    await scheduler.tick(now);
    while (waiting.length > 0) {
      await Promise.all(
        waiting.splice(0, 4).map(async ({ task, tryNumber }) => {
          if (Math.random() < FAULTS) {
            deaths += 1;
            await ledger.claim({ ...task.run, taskId: task.id, tryNumber, token: randomUUID(), worker: "dead" });
            waiting.push({ task, tryNumber: tryNumber + 1 });
            return;
          }
          const signal = new AbortController().signal;
          await workTask({ id: task.id, run: task.run, tryNumber, signal }, services, signal);
        }),
      );
    }
    if (hour % Math.ceil(DAYS * 2.4) !== 0) continue;
    const { heapUsed, rss } = process.memoryUsage();
    const perRun = (performance.now() - lap) / (Math.ceil(DAYS * 2.4) * REPORTS);
    lap = performance.now();
    console.log(
      `${(hour / 24).toFixed(1).padStart(14)}   ${(hour * REPORTS).toLocaleString("en").padStart(18)}   ${perRun.toFixed(1).padStart(8)}   ${(heapUsed / 1e6).toFixed(0).padStart(9)}, ${(rss / 1e6).toFixed(0)}`,
    );
  }
  const counts = await database.query("SELECT state, count(*)::int AS count FROM callsheet.run GROUP BY state");
  console.log(
    `\n${(DAYS * 24 * REPORTS).toLocaleString("en")} runs were due; the ledger has ${JSON.stringify(counts)}; ${attempts.toLocaleString("en")} attempts, of which ${failures.toLocaleString("en")} failed; ${deaths.toLocaleString("en")} workers died; ${((performance.now() - begunAt) / 1000).toFixed(0)} s`,
  );
}

async function reportNamed(report: string): Promise<ReadReport> {
  const text = `report: ${report}
timeZone: UTC
interval: 2024-04-01/2024-04-02
groupBy: [conversation.media.type]
measures: [conversation_count]
schedule: { cron: "0 * * * *" }
`;
  const file = `reports/${report}.yaml`;
  const definition = await parseReport(text, file);
  if (!isScheduled(definition)) return fail();
  return { report, hash: createHash("sha256").update(text).digest("hex"), file, text, definition };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}

function fail(): never {
  throw new Error("the report of the bench has no schedule");
}
