// A real process is killed, again and again, at named points and at random ones, and resumed until it is done. The files
// come out byte for byte as if nothing had happened, and of each slice in flight at most one page is fetched twice.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CrashProject,
  type Ended,
  IN_FLIGHT,
  type Lane,
  openCrashProject,
  PAGES,
  type Source,
} from "./crash-project.ts";
import type { Strike } from "./strike.ts";

/** Random kills; by hand as many as wanted: CALLSHEET_CRASH_KILLS=1000 npx vitest run test/crash. */
const KILLS = Number(process.env["CALLSHEET_CRASH_KILLS"] ?? 200);
const SEED = Number(process.env["CALLSHEET_CRASH_SEED"] ?? 20240520);

/** Processes side by side, for two cores. */
const LANES = 2;

/** More tries than this without an end means that a run makes no progress. */
const MAX_TRIES = 60;

let project: CrashProject;
const whole = new Map<Source, Readonly<Record<string, string>>>();

beforeAll(async () => {
  project = await openCrashProject();
  for (const source of ["details_query", "details_job"] as const) {
    const lane = project.lane(source);
    expect(await lane.start().ended).toEqual({ exitCode: 0, err: "" });
    const files = lane.artifacts() ?? {};
    expect(files["calls.csv"]?.split("\n")).toHaveLength(4 * 260 + 2);
    whole.set(source, files);
    expect(project.pagesFetched(source)).toBe(PAGES[source]);
  }
});
afterAll(async () => {
  expect(project.simulator.violations).toEqual([]);
  expect(project.simulator.failures).toEqual([]);
  await project.close();
});

/** What a run says that was killed behind its end. */
const DONE_ALREADY = /^Note: run \S+ is done already.*\n/;

const PAGES_FILE = "pages\\.ndjson$";
const STORED = "conversations/.*\\.parquet$";
const LOG = "checkpoint\\.log$";

/** What has just happened, or is about to, when the process dies. */
const POINTS: readonly (readonly [string, Source, Strike])[] = [
  ["before the plan has its name", "details_query", { operation: "rename", path: "plan\\.json$", when: "before" }],
  ["when the plan has its name", "details_query", { operation: "rename", path: "plan\\.json$", when: "after" }],
  ["before a page is opened", "details_query", { operation: "open", path: PAGES_FILE, when: "before", nth: 2 }],
  ["in the middle of a page", "details_query", { operation: "write", path: PAGES_FILE, when: "half", nth: 2 }],
  ["before a page is synced", "details_query", { operation: "sync", path: PAGES_FILE, when: "before", nth: 2 }],
  ["in the middle of the first page", "details_query", { operation: "write", path: PAGES_FILE, when: "half" }],
  [
    "between the first page and its checkpoint",
    "details_query",
    { operation: "sync", path: PAGES_FILE, when: "after" },
  ],
  [
    "between a page and its checkpoint",
    "details_query",
    { operation: "sync", path: PAGES_FILE, when: "after", nth: 2 },
  ],
  ["before a checkpoint's first line", "details_query", { operation: "write", path: LOG, when: "before" }],
  ["in the middle of a checkpoint's first line", "details_query", { operation: "write", path: LOG, when: "half" }],
  ["in the middle of a later line", "details_query", { operation: "write", path: LOG, when: "half", nth: 7 }],
  ["before a line is synced", "details_query", { operation: "sync", path: LOG, when: "before", nth: 6 }],
  ["when a line is synced", "details_query", { operation: "sync", path: LOG, when: "after", nth: 6 }],
  ["when the last slice is done", "details_query", { operation: "sync", path: LOG, when: "after", nth: 16 }],
  ["before a job is submitted", "details_job", { operation: "sync", path: LOG, when: "after", nth: 1 }],
  ["between a job and its id", "details_job", { operation: "write", path: LOG, when: "before", nth: 2 }],
  ["when a job's id is noted", "details_job", { operation: "sync", path: LOG, when: "after", nth: 2 }],
  ["between two pages of a job", "details_job", { operation: "sync", path: LOG, when: "after", nth: 3 }],
  [
    "in the middle of the first file",
    "details_query",
    { operation: "write", path: "calls\\.csv\\.part$", when: "half" },
  ],
  ["between two files", "details_query", { operation: "rename", path: "artifacts/calls\\.csv$", when: "after" }],
  ["before a stored day has its name", "details_query", { operation: "rename", path: STORED, when: "before" }],
  ["when a stored day has its name", "details_query", { operation: "rename", path: STORED, when: "after" }],
  ["between two stored days of a job", "details_job", { operation: "rename", path: STORED, when: "after", nth: 3 }],
  ["before the manifest", "details_query", { operation: "open", path: "manifest\\.json\\.part$", when: "before" }],
  ["behind the first manifest", "details_query", { operation: "rename", path: "manifest\\.json$", when: "after" }],
  ["before the files are copied out", "details_query", { operation: "copyFile", path: "calls\\.csv", when: "before" }],
  [
    "between two files that are copied out",
    "details_query",
    { operation: "copyFile", path: "calls\\.csv", when: "after" },
  ],
  [
    "between two files that get their names",
    "details_query",
    { operation: "rename", path: "out/calls\\.csv$", when: "after" },
  ],
  ["before the run is marked as done", "details_query", { operation: "rename", path: "ended\\.json$", when: "before" }],
  ["before its pages are removed", "details_query", { operation: "rm", path: "pages$", when: "before" }],
];

describe("F1: a process that is killed", () => {
  test.each(POINTS)("%s (%s) is resumed to the same bytes", async (_name, source, strike) => {
    const before = project.pagesFetched(source);
    const lane = project.lane(source);
    expect((await lane.start(strike).ended).exitCode).toBeNull();
    const { exitCode, err } = await lane.start().ended;
    expect([exitCode, err.replace(DONE_ALREADY, "")]).toEqual([0, ""]);
    expect(lane.artifacts()).toEqual(whole.get(source));
    expect(project.pagesFetched(source) - before).toBeLessThanOrEqual(PAGES[source] + IN_FLIGHT[source]);
  });
});

test.each(["details_query", "details_job"] as const)(
  "F1: a run that is killed while it stores its days (%s) leaves a store that serves the same bytes",
  async (source) => {
    const lane = project.lane(source);
    const struck = lane.start({ operation: "rename", path: STORED, when: "after", nth: 8 });
    expect((await struck.ended).exitCode).toBeNull();
    expect(await lane.start().ended).toEqual({ exitCode: 0, err: "" });
    const before = project.simulator.requests.length;
    lane.forgetRuns();
    expect(await lane.start().ended).toEqual({ exitCode: 0, err: "" });
    expect(lane.artifacts()).toEqual(whole.get(source));
    expect(project.simulator.requests.slice(before)).toEqual([]);
  },
);

test("H5: killed between two files, the folder has no manifest, not even an older one, until all are there", async () => {
  const lane = project.lane("details_query");
  const out = join(lane.folder, "out");
  mkdirSync(out);
  for (const name of ["calls.csv", "calls.json", "manifest.json"]) writeFileSync(join(out, name), "of yesterday");
  const strike: Strike = { operation: "rename", path: "out/calls\\.csv$", when: "after" };
  expect((await lane.start(strike).ended).exitCode).toBeNull();
  expect(readFileSync(join(out, "calls.json"), "utf8")).toBe("of yesterday");
  expect(existsSync(join(out, "manifest.json"))).toBe(false);
  expect((await lane.start().ended).exitCode).toBe(0);
  expect(lane.artifacts()).toEqual(whole.get("details_query"));
  expect(readFileSync(join(out, "manifest.json"), "utf8")).toContain('"callsheet.manifest/1"');
});

test(`F1, INV8: ${KILLS} kills at random lose nothing, double nothing and change no byte`, async () => {
  const random = seeded(SEED);
  const before = {
    details_query: project.pagesFetched("details_query"),
    details_job: project.pagesFetched("details_job"),
  };
  const runs = { details_query: 0, details_job: 0 };
  const kills = { details_query: 0, details_job: 0 };
  const total = (): number => kills.details_query + kills.details_job;

  async function oneRun(source: Source): Promise<void> {
    const lane = project.lane(source);
    for (let tries = 1; ; tries++) {
      expect(tries, `seed ${SEED}: no progress`).toBeLessThan(MAX_TRIES);
      const { exitCode, err } = await (total() < KILLS ? tryUntilKilled(lane, source, random) : lane.start().ended);
      if (exitCode === null) {
        kills[source] += 1;
        continue;
      }
      expect([exitCode, err.replace(DONE_ALREADY, "")], `seed ${SEED}`).toEqual([0, ""]);
      expect(lane.artifacts(), `seed ${SEED}`).toEqual(whole.get(source));
      runs[source] += 1;
      return;
    }
  }

  async function worker(): Promise<void> {
    while (total() < KILLS) await oneRun(random() < 0.75 ? "details_query" : "details_job");
  }
  await Promise.all(Array.from({ length: LANES }, worker));

  for (const source of ["details_query", "details_job"] as const) {
    const repeated = project.pagesFetched(source) - before[source] - runs[source] * PAGES[source];
    console.log(`${source}: ${kills[source]} kills, ${runs[source]} runs, ${repeated} pages fetched twice`);
    expect(repeated, `seed ${SEED}`).toBeGreaterThanOrEqual(0);
    expect(repeated, `seed ${SEED}`).toBeLessThanOrEqual(kills[source] * IN_FLIGHT[source]);
  }
  expect(total()).toBeGreaterThanOrEqual(KILLS);
}, 3_600_000);

/** Moments of a run that the disk sees, roughly; a strike behind the last one lets the run end. */
const MOMENTS: Readonly<Record<Source, number>> = { details_query: 850, details_job: 630 };

/** Strikes from inside at any operation on files, or from outside some time after the next request. */
async function tryUntilKilled(lane: Lane, source: Source, random: () => number): Promise<Ended> {
  if (random() < 0.5) return await lane.start({ nth: 1 + Math.floor(random() * MOMENTS[source]) }).ended;
  const seen = project.simulator.requests.length;
  const wanted = Math.floor(random() * 12);
  const { child, ended } = lane.start();
  let isOver = false;
  const over = ended.finally(() => {
    isOver = true;
  });
  while (!isOver && project.simulator.requests.length < seen + wanted) await sleep(2);
  await sleep(random() * 60);
  child.kill("SIGKILL");
  return await over;
}

/** Numbers from 0 up to 1, the same for the same seed (a linear congruential generator of Knuth's). */
function seeded(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 32n) / 2 ** 32;
  };
}
