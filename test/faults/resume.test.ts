// A run that stopped goes on where it stopped: what is asked again, what is not, what is refused, and that the files are
// those of a run that nothing happened to.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Fault, on } from "../../simulator/faults/fault.ts";
import { jobNeverEnds, resultsExpire } from "../../simulator/faults/job-faults.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { createTestClock } from "../support/test-clock.ts";
import {
  DETAILS_QUERY,
  expectRefused,
  fourDays,
  openProject,
  type ReportRun,
  requestCounts,
  runWith,
} from "./details-report.ts";
import type { Outcome, Project } from "./start-project.ts";

const FOR_EVER = { times: Number.POSITIVE_INFINITY };
const REPORT = "every-conversation";

/** The third page of each slice is never answered: two of three pages of each are safe. */
const NO_THIRD_PAGE = serverError({ path: DETAILS_QUERY, page: 3, status: 503, ...FOR_EVER });

test("R-35: a run that the service failed is resumed at the page, and ends with the same bytes", async () => {
  const quiet = await runWith([]);
  const project = await openProject({ faults: [NO_THIRD_PAGE] });
  const first = await project.run(["run", REPORT]);
  expect(first.exitCode).toBe(7);
  const command = /Go on where it stopped: callsheet (run every-conversation --resume \S+)\n/.exec(first.err)?.[1];
  const before = queries(project);
  const kept = await pagesKept(project);
  expect(kept).toBeGreaterThan(0);
  project.simulator.faults.clear();
  // Another day: the words of a window would mean another one.
  project.clock.advance(3 * 86_400_000);
  const second = await project.run([...(command?.split(" ") ?? []), "--out", "out"]);
  expect([second.exitCode, second.err]).toEqual([0, ""]);
  expect(queries(project) - before).toBe(4 * 3 - kept);
  expect(filesIn(project)).toEqual(filesIn(quiet.project));
});

test("a resumed run keeps the window and the names of its first try", async () => {
  const report = `report: every-conversation
timeZone: UTC
interval: yesterday
source: details_query
groupBy: [routing.queue.name]
measures: [conversation_count]
export: [csv]
`;
  const clock = createTestClock(Date.UTC(2024, 3, 20, 12));
  const files = { [`reports/${REPORT}.yaml`]: report };
  const project = await openProject({ faults: [NO_THIRD_PAGE], clock, files });
  const first = await project.run(["run", REPORT]);
  expect(first.exitCode).toBe(7);
  project.simulator.faults.clear();
  clock.advance(5 * 86_400_000);
  const listings = project.simulator.requests.filter(({ path }) => path.startsWith("/api/v2/routing")).length;
  const second = await project.run(["run", REPORT, "--resume", runIdOf(project), "--json"]);
  expect(second.exitCode).toBe(0);
  expect(manifestOf(project)).toMatchObject({
    interval: "2024-04-19T00:00:00.000Z/2024-04-20T00:00:00.000Z",
    counts: { unique: 230 },
  });
  expect(project.simulator.requests.filter(({ path }) => path.startsWith("/api/v2/routing"))).toHaveLength(listings);
});

test("D2: a job that was not ready in time is asked for again by its id, not submitted anew", async () => {
  const project = await openProject({
    centre: fourDays(400),
    files: jobReport(),
    faults: [jobNeverEnds()],
  });
  const first = await project.run(["run", REPORT]);
  expect(first.exitCode).toBe(14);
  expect(first.err).toContain(`Go on where it stopped: callsheet run ${REPORT} --resume ${runIdOf(project)}`);
  const jobs = project.simulator.jobs().length;
  project.simulator.faults.clear();
  const second = await project.run(["run", REPORT, "--resume", runIdOf(project)]);
  expect(second.exitCode).toBe(14);
  expect(project.simulator.jobs()).toHaveLength(jobs);
});

test("D3: a job whose id was not noted is submitted again, and two jobs' pages are never mixed", async () => {
  const quiet = await runWith([], { centre: fourDays(400), files: jobReport() });
  // The job is there, but its id never arrives.
  const lost: Fault = {
    name: "lostId",
    ...on({ method: "POST", path: /\/details\/jobs$/, times: 6 }),
    alter: () => ({ status: 503, json: {} }),
  };
  const project = await openProject({ centre: fourDays(400), files: jobReport(), faults: [lost] });
  const first = await project.run(["run", REPORT]);
  expect([first.exitCode, project.simulator.jobs().length]).toEqual([7, 6]);
  expect(first.err).toContain("--resume");
  const second = await project.run(["run", REPORT, "--resume", runIdOf(project), "--out", "out"]);
  expect(second.exitCode).toBe(0);
  expect(project.simulator.jobs()).toHaveLength(7);
  expect(filesIn(project)).toEqual(filesIn(quiet.project));
});

test("D3: the pages of a job are gone on with by cursor, as long as the service has it", async () => {
  const { project, quiet } = await stoppedJob();
  const second = await project.run(["run", REPORT, "--resume", runIdOf(project), "--out", "out"]);
  expect(second.exitCode).toBe(0);
  expect(project.simulator.jobs()).toHaveLength(1);
  expect(results(project).filter((url) => !url.includes("cursor="))).toHaveLength(1);
  expect(filesIn(project)).toEqual(filesIn(quiet.project));
});

test("D4: a job that lapsed between two tries takes its pages with it", async () => {
  const { project, quiet } = await stoppedJob();
  project.clock.advance(30 * 86_400_000);
  const second = await project.run(["run", REPORT, "--resume", runIdOf(project), "--out", "out"]);
  expect(second.exitCode).toBe(0);
  expect(results(project).filter((url) => !url.includes("cursor="))).toHaveLength(2);
  expect(filesIn(project)).toEqual(filesIn(quiet.project));
});

/** A job of which the first page is safe. */
async function stoppedJob(): Promise<{ readonly project: Project; readonly quiet: ReportRun }> {
  const options = { centre: fourDays(400), files: jobReport() };
  const quiet = await runWith([], options);
  const down = serverError({ path: /results$/, nth: 2, status: 503, ...FOR_EVER });
  const project = await openProject({ ...options, faults: [down] });
  expect((await project.run(["run", REPORT])).exitCode).toBe(7);
  project.simulator.faults.clear();
  return { project, quiet };
}

test("a slice that was cut in two is not asked for whole again", async () => {
  const tooWide = (body: unknown): boolean => {
    const [start = "", end = ""] = String((body as { interval?: unknown } | undefined)?.interval).split("/");
    return Date.parse(end) - Date.parse(start) > 3 * 86_400_000;
  };
  const heavy: Fault = {
    ...serverError({ path: DETAILS_QUERY, status: 413, ...FOR_EVER }),
    concerns: ({ path, body }) => path === DETAILS_QUERY && tooWide(body),
  };
  const project = await openProject({
    faults: [heavy, { ...NO_THIRD_PAGE, ...on({ path: DETAILS_QUERY, page: 2, ...FOR_EVER }) }],
  });
  expect((await project.run(["run", REPORT])).exitCode).toBe(7);
  const before = project.simulator.requests.length;
  project.simulator.faults.clear();
  expect((await project.run(["run", REPORT, "--resume", runIdOf(project)])).exitCode).toBe(0);
  const again = project.simulator.requests.slice(before).filter(({ path }) => path === DETAILS_QUERY);
  expect(again.filter(({ body }) => tooWide(body))).toEqual([]);
  expect(again.length).toBeGreaterThan(0);
});

test.each([
  [
    "another report",
    { "reports/other.yaml": report("other") },
    "other",
    "it is of report every-conversation, not other",
  ],
  [
    "a report that was changed",
    { [`reports/${REPORT}.yaml`]: report(REPORT).replace("conversation.start", "conversation.end") },
    REPORT,
    "the report was changed since it began",
  ],
])("F6: a run of %s is refused", async (_name, files, name, why) => {
  const project = await stopped();
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project.folder, path), text);
  const before = project.simulator.requests.length;
  const run = await project.run(["run", name, "--resume", runIdOf(project)]);
  expectCode(run, 3, "run.not_resumable");
  expect(run.err).toContain(`Cannot resume run ${runIdOf(project)}: ${why}`);
  expect(project.simulator.requests).toHaveLength(before);
});

test("F6: another window, other options and another version's plan are refused", async () => {
  const project = await stopped();
  const resume = ["run", REPORT, "--resume", runIdOf(project)];
  const window = await project.run([...resume, "--interval", "2024-04-01/2024-04-02"]);
  expectCode(window, 3, "run.not_resumable");
  expect(window.err).toContain("it was begun with another interval");
  const reconcile = await project.run([...resume, "--reconcile"]);
  expectCode(reconcile, 3, "run.not_resumable");
  expect(reconcile.err).toContain("it was planned otherwise");
  expect((await project.run(resume)).exitCode).toBe(0);
});

test.each([
  ["a page", "pages.ndjson", "its page 1 is damaged"],
  ["the checkpoint", "checkpoint.log", "line 2 of its checkpoint is damaged"],
])(
  "F6: a slice of which %s was damaged is fetched anew, it is said, and the others are kept",
  async (_name, name, why) => {
    const quiet = await runWith([]);
    const project = await stopped();
    const slice = "20240401T000000Z-20240407T000000Z";
    const file = join(project.folder, ".callsheet/runs", runIdOf(project), "pages", slice, name);
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(300) ^ 1, 300);
    writeFileSync(file, bytes);
    const before = queries(project);
    const run = await project.run(["run", REPORT, "--resume", runIdOf(project), "--out", "out"]);
    expect([run.exitCode, run.err]).toEqual([0, `Note: slice ${slice} is fetched anew: ${why}\n`]);
    expect(queries(project) - before).toBe(3 + 3);
    expect(filesIn(project)).toEqual(filesIn(quiet.project));
  },
);

test("a run that is done, failed or not there is not resumed", async () => {
  const project = await openProject({});
  expect((await project.run(["run", REPORT])).exitCode).toBe(0);
  const requests = project.simulator.requests.length;
  const done = await project.run(["run", REPORT, "--resume", runIdOf(project), "--json"]);
  expect([done.exitCode, JSON.parse(done.out)]).toEqual([
    0,
    expect.objectContaining({ runId: runIdOf(project), status: "done", completeness: "complete" }),
  ]);
  expect(project.simulator.requests).toHaveLength(requests);
  const none = await project.run(["run", REPORT, "--resume", "../../etc"]);
  expect([none.exitCode, none.err]).toEqual([3, expect.stringContaining("There is no run ../../etc to resume")]);
});

test("R-35: --deadline ends a run with 14, and it can be resumed", async () => {
  const clock = createTestClock();
  const project: Project = await openProject({
    faults: [NO_THIRD_PAGE],
    // The deadline is the only wait that is over here: when the service has been asked for a third page.
    clock: {
      ...clock,
      async sleep(_durationMs, signal) {
        while (!project.simulator.requests.some(({ body }) => JSON.stringify(body)?.includes('"pageNumber":3')))
          await turn(undefined, { signal });
      },
    },
  });
  const run = await project.run(["run", REPORT, "--deadline", "2h"]);
  expectCode(run, 14, "run.deadline");
  expect(run.err).toContain(
    `Go on where it stopped: callsheet run ${REPORT} --deadline 2h --resume ${runIdOf(project)}`,
  );
  project.simulator.faults.clear();
  expect((await project.run(["run", REPORT, "--resume", runIdOf(project)])).exitCode).toBe(0);
  const wrong = await project.run(["run", REPORT, "--deadline", "soon"]);
  expect([wrong.exitCode, wrong.err]).toEqual([3, expect.stringContaining('Cannot use --deadline "soon"')]);
});

test("F4: a folder that cannot be written to is found before anything is asked", async () => {
  const project = await openProject({});
  writeFileSync(join(project.folder, "taken"), "");
  // Nobody may make files there, whoever runs this.
  const places = [
    ["--out", "taken"],
    ["--out", "taken/below"],
    ["--out", "/proc/self"],
  ] as const;
  for (const [option, folder] of places) {
    const run = await project.run([
      "run",
      REPORT,
      option,
      folder.startsWith("/") ? folder : join(project.folder, folder),
    ]);
    expectRefused({ ...run, project, rows: undefined, manifest: undefined }, 9, "error disk.unwritable: Cannot use ");
  }
  expect(project.simulator.requests).toEqual([]);
});

test("F4: a state folder that cannot be used is found before anything is asked", async () => {
  const project = await openProject({ env: { CALLSHEET_STATE: "reports/every-conversation.yaml/state" } });
  expectCode(await project.run(["run", REPORT]), 9, "disk.unwritable");
  expect(project.simulator.requests).toEqual([]);
});

test("D4: results that lapse while they are read leave nothing of the first job", async () => {
  const run = await runWith([resultsExpire({ afterPages: 1 })], { centre: fourDays(400), files: jobReport() });
  expect(run.exitCode).toBe(0);
  expect(run.manifest).toMatchObject({ counts: { received: 1600, duplicates: 0 } });
});

/** A project whose run stopped with two pages of each slice. */
async function stopped(): Promise<Project> {
  const project = await openProject({ faults: [NO_THIRD_PAGE] });
  expect((await project.run(["run", REPORT])).exitCode).toBe(7);
  project.simulator.faults.clear();
  return project;
}

function report(name: string): string {
  return `report: ${name}
timeZone: UTC
interval: 2024-04-01T00:00:00Z/2024-04-25T00:00:00Z
source: details_query
rows: conversation
columns: [conversation.id, conversation.start]
export: [csv, json]
`;
}

function jobReport(): Readonly<Record<string, string>> {
  return { [`reports/${REPORT}.yaml`]: report(REPORT).replace("details_query", "details_job") };
}

function expectCode({ exitCode, err, out }: Outcome, exit: number, code: string): void {
  expect([exitCode, /^error (\S+):/m.exec(err)?.[1], out]).toEqual([exit, code, ""]);
}

/** The only run, or the newest. */
function runIdOf({ folder }: Project): string {
  return readdirSync(join(folder, ".callsheet/runs")).sort().at(-1) ?? "";
}

/** On how many pages the newest run stands. A slice that another one stopped may be a page behind the others. */
async function pagesKept(project: Project): Promise<number> {
  const { out } = await project.run(["runs", "show", runIdOf(project), "--json"]);
  const { slices } = JSON.parse(out) as { slices: readonly { pages: number }[] };
  return slices.reduce((sum, { pages }) => sum + pages, 0);
}

function manifestOf(project: Project): unknown {
  return JSON.parse(readFileSync(join(project.folder, ".callsheet/runs", runIdOf(project), "manifest.json"), "utf8"));
}

function filesIn({ folder }: Project): readonly string[] {
  return ["csv", "json"].map((format) => readFileSync(join(folder, "out", `${REPORT}.${format}`), "utf8"));
}

function queries(project: Project): number {
  return requestCounts({ project } as ReportRun).queries;
}

function results({ simulator }: Project): string[] {
  return simulator.requests.map(({ path }) => path).filter((path) => path.includes("/results"));
}
