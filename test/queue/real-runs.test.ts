// Scheduled runs as they really are: a scheduler, the ledger, and workers that fetch from the simulator and deliver to
// its object store. Only the tasks are passed on by hand, so that nothing waits for a clock.

import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../src/cli/read-config.ts";
import { bookedReport, createReportReader } from "../../src/cli/read-scheduled.ts";
import { wireWork } from "../../src/cli/wire-work.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { askOwner } from "../../src/postgres/ask-owner.ts";
import { enterBackfill } from "../../src/postgres/backfill-rows.ts";
import { createRunLedger } from "../../src/postgres/create-run-ledger.ts";
import { createScheduleBook } from "../../src/postgres/create-schedule-book.ts";
import { serveQueries } from "../../src/postgres/serve-queries.ts";
import type { LedgerRow, RunLedger } from "../../src/runs/run-ledger.ts";
import { workTask } from "../../src/runs/work-task.ts";
import { createScheduler, type Scheduler } from "../../src/schedule/create-scheduler.ts";
import type { Task } from "../../src/tasks/task-queue.ts";
import { openPostBox } from "../deliver/inboxes.ts";
import { configWithArchive, openProject, type Project, type ProjectOptions } from "../support/run-report.ts";
import { type Home, openPglite } from "./homes.ts";

let home: Home;
beforeAll(async () => {
  home = await openPglite();
});
afterAll(async () => {
  await home.close();
});

interface Plant {
  readonly project: Project;
  readonly ledger: RunLedger;
  readonly scheduler: Scheduler;
  readonly tasks: Task[];
  /** Works on every task that waits; the answer is the log. */
  readonly work: (tryNumber?: number) => Promise<string[]>;
  readonly rows: () => Promise<readonly LedgerRow[]>;
}

/** A project whose reports are scheduled; each test has the tables for itself. */
async function openPlant(options: ProjectOptions): Promise<Plant> {
  for (const table of ["attempt", "run", "schedule", "definition"])
    await home.database.query(`DELETE FROM callsheet.${table}`);
  const project = await openProject(options);
  onTestFinished(async () => await project.close());
  const ledger = createRunLedger(home.database);
  const book = createScheduleBook(home.database, "client");
  const tasks: Task[] = [];
  const queue = {
    add(task: Task) {
      tasks.push(task);
      return Promise.resolve();
    },
    work: () => Promise.resolve(),
    close: () => Promise.resolve(),
    lastLookAt: () => undefined,
  };
  const world = {
    env: project.env,
    cwd: project.folder,
    clock: SYSTEM_CLOCK,
    out: () => undefined,
    err: () => undefined,
    animated: false,
    signal: new AbortController().signal,
  };
  const config = readConfig(undefined, world);
  const notices: string[] = [];
  const notify = (message: string): void => void notices.push(message);
  return {
    project,
    ledger,
    tasks,
    scheduler: createScheduler({
      historyMs: 400 * 86_400_000,
      book,
      queue,
      readFiles: createReportReader(project.folder, notify),
      parse: () => Promise.resolve(undefined),
      newId: randomUUID,
      notify,
    }),
    async work(tryNumber = 0) {
      notices.splice(0);
      const services = wireWork(config, world, { ledger, queue }, notify, () => undefined);
      for (const { id, run } of tasks.splice(0))
        await workTask({ id, run, tryNumber, signal: world.signal }, services, world.signal);
      return notices;
    },
    rows: async () => await ledger.list(undefined, 100),
  };
}

const MIDNIGHT = Date.UTC(2024, 2, 12);

/** Two reports on the same window, at the same instant, with other filters and columns. */
const SCHEDULE = 'schedule: { cron: "0 2 * * *" }\n';
const UNFILTERED = `report: all
timeZone: UTC
interval: yesterday
groupBy: [conversation.media.type]
measures: [conversation_count, handle_seconds]
export: [csv]
${SCHEDULE}`;
const FILTERED = UNFILTERED.replace("report: all", "report: voice").replace(
  "groupBy",
  "filter:\n  - { path: conversation.media.type, operator: eq, value: voice }\ngroupBy",
);

test("reports of one window and one instant share one fetch, though the window is not settled yet", async () => {
  const plant = await openPlant({ files: { "reports/all.yaml": UNFILTERED, "reports/voice.yaml": FILTERED } });
  const { scheduler, project } = plant;
  const today = Math.floor(SYSTEM_CLOCK.now() / 86_400_000) * 86_400_000;
  await scheduler.tick(today - 1);
  await scheduler.tick(today + 2 * 3_600_000);
  expect(plant.tasks).toHaveLength(2);
  const [first, second] = plant.tasks.splice(0);
  if (first === undefined || second === undefined) throw new Error("two tasks were expected");
  const asked = (): number =>
    project.simulator.requests.filter(({ path }) => path.endsWith("/conversations/details/query")).length;
  plant.tasks.push(first);
  await plant.work();
  const before = asked();
  plant.tasks.push(second);
  await plant.work();
  expect([before > 0, asked() - before]).toEqual([true, 0]);
  expect((await plant.rows()).map(({ report, state }) => [report, state])).toEqual([
    ["all", "done"],
    ["voice", "done"],
  ]);
});

test("R-65: a run's window is that of its instant, however late it is made", async () => {
  const { scheduler, work, rows, project } = await openPlant({ files: { "reports/all.yaml": UNFILTERED } });
  await scheduler.tick(MIDNIGHT);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  await work();
  const [row] = await rows();
  const manifest = JSON.parse(project.read(`.callsheet/runs/${row?.runId ?? ""}/manifest.json`)) as object;
  expect(manifest).toMatchObject({
    interval: "2024-03-11T00:00:00.000Z/2024-03-12T00:00:00.000Z",
    nominalAt: "2024-03-12T02:00:00.000Z",
  });
});

test("I7: a run by hand at the very instant leaves the scheduled run its turn, and the other way round", async () => {
  const { scheduler, work, rows, project } = await openPlant({ files: { "reports/all.yaml": UNFILTERED } });
  await scheduler.tick(MIDNIGHT);
  await project.callsheet(["run", "all", "--at", "2024-03-12T02:00:00Z"]);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  await work();
  expect((await rows()).map(({ state }) => state)).toEqual(["done"]);
  const { out } = await project.callsheet(["runs", "list", "--json"]);
  expect(JSON.parse(out)).toHaveLength(2);
});

test("R-70: the schedule that docs/serve.md shows runs a report as it stands there", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/serve.md"), "utf8");
  const [shown = ""] = /^schedule: .*$/m.exec(page) ?? [];
  const { scheduler, work, rows } = await openPlant({
    files: { "reports/all.yaml": UNFILTERED.replace(SCHEDULE, `${shown}\n`) },
  });
  await scheduler.tick(MIDNIGHT);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  await work();
  expect((await rows()).map(({ nominalAt, state }) => [nominalAt - MIDNIGHT, state])).toEqual([
    [2 * 3_600_000, "done"],
  ]);
});

test("R-69: a scheduled run hands its links to whom the report names, and they open", async () => {
  const hook = await openPostBox();
  const { scheduler, work, rows, project } = await openPlant({
    objectStore: {},
    files: {
      "callsheet.yaml": `${configWithArchive()}  team: { type: webhook, url: "${hook.url}", secret: env:HOOK_SECRET, links: archive, privateAddresses: true }\n`,
      ".env": "HOOK_SECRET=a-secret-of-the-test\n",
      "reports/all.yaml": `${UNFILTERED}deliver: [team]\n`,
    },
  });
  await scheduler.tick(MIDNIGHT);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  await work();
  const [row] = await rows();
  expect([row?.state, row?.reason]).toEqual(["done", undefined]);
  const message = JSON.parse(hook.posts[0]?.body ?? "{}") as {
    runId?: string;
    files?: { name: string; url: string }[];
  };
  expect([hook.posts.length, message.runId]).toEqual([1, row?.runId]);
  const file = message.files?.find(({ name }) => name === "all.csv");
  const opened = await fetch(file?.url ?? "");
  expect([opened.status, await opened.text()]).toEqual([
    200,
    project.read(`.callsheet/runs/${row?.runId ?? ""}/artifacts/all.csv`),
  ]);
});

test("J8: a run that is cancelled while it uploads leaves no object and no link", async () => {
  const plant = await openPlant({
    objectStore: {},
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/all.yaml": `${UNFILTERED.replace("[csv]", "[csv, json]")}deliver: [archive]\n`,
    },
  });
  const { scheduler, work, ledger, rows, project } = plant;
  await scheduler.tick(MIDNIGHT);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  // The first file is up; the second is on its way when the person cancels.
  let uploads = 0;
  project.objectStore?.misbehave({
    name: "a person cancels meanwhile",
    async replace({ operation, request }) {
      if (operation === "PutObject" && request.key?.endsWith(".csv")) {
        uploads += 1;
        await ledger.cancel({ report: "all", nominalAt: MIDNIGHT + 2 * 3_600_000 });
      }
      return undefined;
    },
  });
  expect((await work()).at(-1)).toContain("run.cancelled");
  expect(uploads).toBe(1);
  expect(project.objectStore?.buckets.get("genesys-analytics-reports").keys()).toEqual([]);
  expect((await rows())[0]).toMatchObject({ state: "cancelled" });
});

test("J1: a worker that died when all was done, before it could say so, costs no second run", async () => {
  const { scheduler, work, rows, tasks, project } = await openPlant({ files: { "reports/all.yaml": UNFILTERED } });
  await scheduler.tick(MIDNIGHT);
  await scheduler.tick(MIDNIGHT + 2 * 3_600_000);
  const again = [...tasks];
  await work();
  // As if the last note had never been written.
  await home.database.query("UPDATE callsheet.run SET state = 'running', rows = NULL");
  const asked = project.simulator.requests.length;
  tasks.push(...again);
  await work(1);
  expect((await rows())[0]).toMatchObject({ state: "done", attempts: 2 });
  expect(project.simulator.requests.length).toBe(asked);
});

test("the process that has the database answers other commands of its owner, and nobody else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-owner-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await askOwner(folder)).toBeUndefined();
  const served = await serveQueries(home.database, folder);
  const guest = await askOwner(folder);
  expect(await guest?.query("SELECT $1::int + 1 AS sum, 9007199254740993::bigint AS big", [41])).toEqual([
    { sum: 42, big: "9007199254740993" },
  ]);
  await expect(guest?.query("SELECT nothing FROM nowhere")).rejects.toMatchObject({ code: "database.unavailable" });

  const owner = join(folder, "owner.json");
  expect(statSync(owner).mode & 0o077).toBe(0);
  const { port } = JSON.parse(readFileSync(owner, "utf8")) as { readonly port: number };
  const body = JSON.stringify({ text: "SELECT 1", values: [] });
  for (const headers of [{}, { authorization: `Bearer ${"0".repeat(64)}` }] as const)
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body })).status).toBe(401);
  await served.close();
  expect(await askOwner(folder)).toBeUndefined();
});

test("a window of a backfill gives the same file through the queue as in the command's own process, which then leaves it out", async () => {
  const text = UNFILTERED.replace(SCHEDULE, "");
  const { scheduler, work, rows, project } = await openPlant({ files: { "reports/all.yaml": text } });
  const report = bookedReport("all", "reports/all.yaml", text);
  await enterBackfill(home.database, { report, every: "P1D", endsAt: [MIDNIGHT], atOnce: 1 });
  await scheduler.tick(MIDNIGHT);
  await work();
  const [queued] = await rows();
  expect(queued).toMatchObject({ report: "all:P1D", nominalAt: MIDNIGHT, state: "done" });

  const command = [
    "backfill",
    "all",
    "--from",
    "2024-03-11",
    "--to",
    "2024-03-12",
    "--every",
    "P1D",
    "--yes",
    "--json",
  ];
  const same = await project.callsheet(command);
  expect(same.err).toContain("left out: complete");
  const csv = (runId: string): string => project.read(`.callsheet/runs/${runId}/artifacts/all.csv`);
  await project.callsheet(["run", "all", "--interval", "2024-03-11/2024-03-12"]);
  const runs = JSON.parse((await project.callsheet(["runs", "list", "--json"])).out) as { readonly runId: string }[];
  expect(runs).toHaveLength(2);
  expect(new Set(runs.map(({ runId }) => csv(runId))).size).toBe(1);
});
