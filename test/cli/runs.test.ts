// The runs of a project: what is told of each, that one process at a time has one, and which of them stay.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serverError } from "../../simulator/faults/server-error.ts";
import { pruneRuns } from "../../src/disk/prune-runs.ts";
import { takeLock } from "../../src/disk/run-lock.ts";
import { CALLS_REPORT, configWithArchive, openProject, type Outcome, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const DETAILS_QUERY = "/api/v2/analytics/conversations/details/query";

let project: Project;
beforeEach(async () => {
  project = await openProject();
});
afterEach(async () => await project.close());

async function runCalls(...args: readonly string[]): Promise<Outcome> {
  return await project.callsheet(["run", "calls", ...args], { clock: createTestClock() });
}

/** A run of which the service answered only first pages. */
async function interrupted(): Promise<string> {
  project.simulator.faults.add(
    serverError({ path: DETAILS_QUERY, page: 2, status: 503, times: Number.POSITIVE_INFINITY }),
  );
  expect((await runCalls()).exitCode).toBe(7);
  project.simulator.faults.clear();
  return (await told())[0]?.runId ?? "";
}

interface Told {
  readonly runId: string;
  readonly state: string;
  readonly resume?: string;
}

async function told(...args: readonly string[]): Promise<readonly Told[]> {
  const { out, exitCode } = await project.callsheet(["runs", "list", ...args, "--json"]);
  expect(exitCode).toBe(0);
  return JSON.parse(out) as Told[];
}

function codeIn(err: string): string | undefined {
  return /^error (\S+):/m.exec(err)?.[1];
}

describe("runs list and runs show", () => {
  test("an empty project has no runs", async () => {
    const { exitCode, out, err } = await project.callsheet(["runs", "list"]);
    expect([exitCode, out, err]).toEqual([0, "", "There are no runs yet.\n"]);
    expect(await told()).toEqual([]);
  });

  test("a run that is done is told with window, rows and completeness", async () => {
    await runCalls();
    const [run] = await told();
    expect(run).toMatchObject({
      report: "calls",
      state: "done",
      interval: "2024-03-01T00:00:00.000Z/2024-04-01T00:00:00.000Z",
      startedAt: "2024-05-20T12:00:00.000Z",
      completeness: "complete",
    });
    expect(run).not.toHaveProperty("resume");
    const text = await project.callsheet(["runs", "list", "calls"]);
    expect(text.out).toMatch(
      /^calls-20240520T120000Z-[0-9a-f]{6} {2}done {9}2024-03-01T.* conversations {2}revision 1 {2}complete\n$/,
    );
    const shown = await project.callsheet(["runs", "show", run?.runId ?? ""]);
    expect(shown.out).toContain("\nstate          done\n");
    expect(shown.out).toMatch(/\nfile {11}\S+\/artifacts\/calls\.csv {2}\(\d+ rows\)\n/);
    expect(await told("another")).toEqual([]);
  });

  test("a run that was interrupted is told with its slices, its error, and the command that goes on", async () => {
    const runId = await interrupted();
    const { out } = await project.callsheet(["runs", "show", runId, "--json"]);
    const shown = JSON.parse(out) as { slices: { state: string; pages: number }[] };
    expect(shown).toMatchObject({
      state: "interrupted",
      code: "genesys.unavailable",
      resume: `callsheet run calls --resume ${runId}`,
      artifacts: [],
    });
    expect(shown.slices[0]).toMatchObject({ state: "under way", pages: 1 });
    const text = await project.callsheet(["runs", "show", runId]);
    expect(text.out).toContain(`go on          callsheet run calls --resume ${runId}\n`);
    expect((await runCalls("--resume", runId)).exitCode).toBe(0);
    expect((await told())[0]).toMatchObject({ runId, state: "done" });
  });

  test("a run whose plan is damaged is listed, and not resumed", async () => {
    const runId = await interrupted();
    const file = join(project.folder, ".callsheet/runs", runId, "plan.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("calls", "c4lls"));
    const [damaged] = await told();
    expect([damaged?.runId, damaged?.state, damaged?.resume]).toEqual([runId, "damaged", undefined]);
    const { exitCode, err } = await runCalls("--resume", runId);
    expect([exitCode, codeIn(err)]).toEqual([9, "run.damaged"]);
  });

  test("a run that is not there is an error with the way out", async () => {
    const { exitCode, err } = await project.callsheet(["runs", "show", "calls-1"]);
    expect([exitCode, err]).toEqual([
      3,
      "error config.missing: There is no run calls-1\n  `callsheet runs list` shows the runs of this project.\n",
    ]);
  });
});

test("F8: a run that another process has is told as running, and a second one ends with 12", async () => {
  const runId = await interrupted();
  const requests = project.simulator.requests.length;
  const release = takeLock(join(project.folder, ".callsheet/runs", runId, "lock"));
  expect((await told())[0]?.state).toBe("running");
  const { exitCode, err, out } = await runCalls("--resume", runId);
  release?.();
  expect([exitCode, out, project.simulator.requests.length]).toEqual([12, "", requests]);
  expect(codeIn(err)).toBe("run.locked");
  expect(err).toContain(`Another process is at work on run ${runId}\n`);
  expect((await runCalls("--resume", runId)).exitCode).toBe(0);
});

test("a run whose delivery failed is resumed without a question to the service, and delivers the same files", async () => {
  const sent = await openProject({
    objectStore: true,
    files: {
      "callsheet.yaml": configWithArchive(),
      "reports/sent.yaml": CALLS_REPORT.replace("calls", "sent")
        .replace("[csv, json]", "[csv, html]")
        .concat("deliver: [archive]\n"),
    },
  });
  const mend = sent.objectStore?.misbehave({
    name: "stores both files, and shows the second to nobody",
    replace: ({ operation, request }) =>
      operation === "GetObject" && request.key?.endsWith("sent.html") === true
        ? { status: 500, headers: {}, body: "" }
        : undefined,
  });
  const first = await sent.callsheet(["run", "sent"]);
  expect([first.exitCode, codeIn(first.err)]).toEqual([10, "s3.unavailable"]);
  const html = sent.files().find((name) => name.endsWith("artifacts/sent.html")) ?? "";
  const page = sent.read(html);
  mend?.();
  const requests = sent.simulator.requests.length;
  const command = /Go on where it stopped: callsheet (.*)\n/.exec(first.err)?.[1]?.split(" ") ?? [];
  const second = await sent.callsheet([...command, "--json"]);
  expect([second.exitCode, second.err]).toEqual([0, ""]);
  expect(JSON.parse(second.out)).toMatchObject({
    status: "done",
    deliveries: [{ artifact: "sent.csv" }, { artifact: "sent.html" }],
  });
  expect(sent.read(html)).toBe(page);
  expect(sent.simulator.requests).toHaveLength(requests);
  await sent.close();
});

describe("F11: retention", () => {
  test("the end of a run removes what neither number nor age keeps", async () => {
    project.write("callsheet.yaml", "retention: { keep: 2 }\n");
    for (let nth = 0; nth < 3; nth++) {
      const clock = createTestClock(Date.UTC(2024, 4, 20 + nth));
      const { exitCode, err } = await project.callsheet(["run", "calls"], { clock });
      expect([exitCode, err]).toEqual([0, nth === 2 ? "Note: removed 1 old runs of calls (retention)\n" : ""]);
    }
    expect((await told()).map(({ runId }) => runId.slice(6, 14))).toEqual(["20240522", "20240521"]);
  });

  test("of thousands, the running one, the last good one, the young and other reports' stay", async () => {
    await runCalls();
    const good = (await told())[0]?.runId ?? "";
    const runs = join(project.folder, ".callsheet/runs");
    const name = (report: string, nth: number): string =>
      `${report}-${new Date(Date.UTC(2024, 5, 1) + nth * 60_000).toISOString().replaceAll(/[-:]/g, "").slice(0, 15)}Z-${String(nth).padStart(6, "0")}`;
    for (let nth = 0; nth < 2000; nth++) mkdirSync(join(runs, name("calls", nth)));
    cpSync(join(runs, good, "plan.json"), join(runs, name("calls", 1999), "plan.json"));
    mkdirSync(join(runs, name("calls-abroad", 1)));
    mkdirSync(join(runs, ".removed-half"));
    const release = takeLock(join(runs, name("calls", 7), "lock"));
    const state = join(project.folder, ".callsheet");
    const removed = await pruneRuns(state, "calls", { keep: 3, days: 1 }, Date.UTC(2024, 5, 2) + 1990 * 60_000);
    release?.();
    expect(removed).toHaveLength(1989);
    const left = new Set(project.files().map((file) => file.split("/")[2]));
    for (const kept of [good, name("calls", 7), name("calls", 1999)]) expect(left.has(kept)).toBe(true);
    const again = await pruneRuns(state, "calls", { keep: 3, days: 1 }, Date.UTC(2024, 5, 2) + 1990 * 60_000);
    expect(again).toEqual([name("calls", 7)]);
    expect(await pruneRuns(state, "calls-abroad", { days: 1 }, Date.UTC(2030, 0, 1))).toEqual([
      name("calls-abroad", 1),
    ]);
    expect(await pruneRuns(state, "calls", {}, Date.UTC(2030, 0, 1))).toEqual([]);
  });

  test("a setting that cannot be is refused with its place", async () => {
    project.write("callsheet.yaml", "retention: { keep: 0, day: 3 }\n");
    const { exitCode, err } = await runCalls();
    expect([exitCode, err.split(":")[0]]).toEqual([3, "error config.invalid"]);
    expect(err).toContain("days");
  });
});
