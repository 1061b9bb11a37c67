// Real processes on a real PostgreSQL server: a worker is killed, or frozen, in the middle of its fetch, and another
// one takes over. The files are those of a run that nobody disturbed.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../queue/homes.ts";
import { IN_FLIGHT, openServeProject, PAGES, type Served, type ServeProject } from "../queue/serve-processes.ts";
import { restartPostgres } from "./restart-postgres.ts";
import { requireService } from "./services-env.ts";

/** A page takes so long that a fetch can be struck in its middle. */
const LATENCY_MS = 700;

/** The promise to people who wait for their report. */
const TAKE_OVER_MS = 60_000;

interface Struck {
  readonly project: ServeProject;
  readonly instant: string;
  /** The worker that has the run, and the other one. */
  readonly first: Served;
  readonly other: Served;
}

/** Two workers and a scheduler; the run is in the middle of its fetch. */
async function inMidFetch(): Promise<Struck> {
  const home = await openPostgres(requireService("CALLSHEET_TEST_POSTGRES_URL"));
  onTestFinished(async () => await home.close());
  const url = "url" in home.home ? home.home.url : "";
  const project = await openServeProject({ CALLSHEET_DATABASE_URL: url }, LATENCY_MS);
  const workers = [project.serve("--role", "worker"), project.serve("--role", "worker")] as const;
  await Promise.all(workers.map(async (worker) => await worker.until(/serving: worker/)));
  const instant = project.schedule(4);
  const scheduler = project.serve("--role", "scheduler");
  await scheduler.until(/serving: scheduler/);
  const began = new RegExp(`calls@${instant}: attempt 1`);
  const first = await Promise.race(
    workers.map(async (worker) => {
      await worker.until(began);
      return worker;
    }),
  );
  const other = first === workers[0] ? workers[1] : workers[0];
  while (project.pagesFetched() < IN_FLIGHT + 1) await new Promise((resolve) => setImmediate(resolve));
  return { project, instant, first, other };
}

/** The files of an undisturbed run by hand. */
async function undisturbed(project: ServeProject): Promise<Readonly<Record<string, string>>> {
  const told = JSON.parse(await project.command("run", "calls", "--fresh", "--json")) as { readonly runId: string };
  return project.artifacts(told.runId);
}

test("J1: a worker is killed in mid-fetch: another one has its run within a minute and goes on at the page", async () => {
  const { project, instant, first, other } = await inMidFetch();
  first.child.kill("SIGKILL");
  const killedAt = Date.now();
  await other.until(new RegExp(`calls@${instant}: attempt 2, goes on with calls-`));
  const tookMs = Date.now() - killedAt;
  await other.until(new RegExp(`calls@${instant}: done`));
  const fetched = project.pagesFetched();
  const [row] = await project.ledger();
  expect(row).toMatchObject({ state: "done", attempts: 2 });
  expect(project.artifacts(row?.runId ?? "")).toEqual(await undisturbed(project));
  expect(tookMs).toBeLessThan(TAKE_OVER_MS);
  expect(fetched - PAGES).toBeLessThanOrEqual(IN_FLIGHT);
  process.stdout.write(`taken over after ${tookMs} ms, ${fetched - PAGES} pages fetched twice of ${PAGES}\n`);
});

test("J2: a worker is frozen in mid-fetch: another one makes its run, and the frozen one hands out nothing when it wakes", async () => {
  const { project, instant, first, other } = await inMidFetch();
  first.child.kill("SIGSTOP");
  await other.until(new RegExp(`calls@${instant}: done`));
  first.child.kill("SIGCONT");
  await first.until(/task\.lease_lost: .* was given to another worker/);
  const [row] = await project.ledger();
  expect(row).toMatchObject({ state: "done", attempts: 2 });
  expect(project.artifacts(row?.runId ?? "")).toEqual(await undisturbed(project));
  // Of the other two runs only the undisturbed one has files.
  const others = readdirSync(join(project.folder, ".callsheet/runs")).filter((name) => name !== row?.runId);
  expect(others.flatMap((runId) => Object.keys(project.artifacts(runId)))).toHaveLength(3);
});

test("J6: a worker that gets SIGTERM hands its run over at once, which goes on at the page; it ends with 143 within 30 s", async () => {
  const { project, instant, first, other } = await inMidFetch();
  first.child.kill("SIGTERM");
  const stoppedAt = Date.now();
  expect(await first.ended).toBe(143);
  expect(Date.now() - stoppedAt).toBeLessThan(30_000);
  await other.until(new RegExp(`calls@${instant}: attempt 1, goes on with calls-`));
  await other.until(new RegExp(`calls@${instant}: done`));
  expect(project.pagesFetched() - PAGES).toBeLessThanOrEqual(IN_FLIGHT);
});

test("J3: the database server loses power in mid-fetch and comes back: the run goes on with its worker, and ends once", async () => {
  const { project, instant, first, other } = await inMidFetch();
  restartPostgres();
  await first.until(new RegExp(`calls@${instant}: done`));
  const [row] = await project.ledger();
  expect(row).toMatchObject({ state: "done", attempts: 1 });
  expect([project.pagesFetched(), other.log().includes("attempt")]).toEqual([PAGES, false]);
});
