// A backfill from the command line: shown before it starts, a few windows at a time, resumable, stopped by what concerns
// all windows and not by what concerns one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Fault, member } from "../../simulator/faults/fault.ts";
import { serverError } from "../../simulator/faults/server-error.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { DETAILS_QUERY, fourDays } from "../faults/details-report.ts";
import { type Project as FaultyProject, startProject } from "../faults/start-project.ts";
import { openProject, type Project } from "../support/run-report.ts";
import { createTestClock } from "../support/test-clock.ts";

const FILES = {
  "callsheet.yaml": "store: { retention: off }\n",
  "reports/calls.yaml":
    "report: calls\ninterval: yesterday\nsource: details_query\ngroupBy: [time.day]\nmeasures: [conversation_count]\nexport: [json]\n",
};

/** Eight days, of which the first and the seventh have 230 conversations each, three pages. */
const EIGHT_DAYS = ["backfill", "calls", "--from", "2024-04-01", "--to", "2024-04-09", "--every", "P1D"];

const Told = z.array(
  z.object({
    window: z.strictObject({ start: z.string(), end: z.string() }),
    status: z.enum(["done", "failed"]),
    runId: z.string().exactOptional(),
    code: z.string().exactOptional(),
    completeness: z.string().exactOptional(),
  }),
);

async function startFaulty(...faults: readonly Fault[]): Promise<FaultyProject> {
  return await startProject({ centre: fourDays(), rateLimitPerMinute: 10_000, files: FILES, faults });
}

/** The seventh of April gives two pages of three. */
const BROKEN_SEVENTH: Fault = {
  ...serverError({ status: 503, times: Number.POSITIVE_INFINITY }),
  concerns: ({ path, body }) => {
    const paging = member(body, "paging");
    const interval = member(body, "interval");
    return path === DETAILS_QUERY && String(interval).startsWith("2024-04-07") && member(paging, "pageNumber") === 3;
  },
};

function queries({ simulator }: FaultyProject): number {
  return simulator.requests.filter(({ path }) => path === DETAILS_QUERY).length;
}

function runsOf({ folder }: FaultyProject): string[] {
  return readdirSync(join(folder, ".callsheet/runs"));
}

test("backfill runs each window once, each with its own manifest", async () => {
  const project = await startFaulty();

  const { exitCode, out } = await project.run([...EIGHT_DAYS, "--yes", "--json", "--concurrency", "3"]);

  expect(exitCode).toBe(0);
  const told = Told.parse(JSON.parse(out));
  expect(told.map(({ window, status, completeness }) => [window.start.slice(0, 10), status, completeness])).toEqual(
    Array.from({ length: 8 }, (_, index) => [`2024-04-0${index + 1}`, "done", "complete"]),
  );
  const counted = told.map(({ runId = "" }) => {
    const text = readFileSync(join(project.folder, ".callsheet/runs", runId, "manifest.json"), "utf8");
    return z.object({ counts: z.object({ unique: z.number() }) }).parse(JSON.parse(text)).counts.unique;
  });
  expect(counted).toEqual([230, 0, 0, 0, 0, 0, 230, 0]);
});

test("a window that fails stops no other; the same command leaves out what is complete and resumes the rest", async () => {
  const project = await startFaulty(BROKEN_SEVENTH);

  const first = await project.run([...EIGHT_DAYS, "--yes"]);
  expect(first.exitCode).toBe(7);
  expect(first.out.match(/ {2}done {2}/g)).toHaveLength(7);
  expect(first.err).toContain("2024-04-07  failed  genesys.unavailable: ");
  expect(first.err).toContain("7 of 8 windows are done; the first that failed is 2024-04-07: ");
  expect(first.err).toContain(
    "Run the same command again: it leaves out what is complete and goes on with what was interrupted.",
  );

  project.simulator.faults.clear();
  const before = queries(project);
  const second = await project.run([...EIGHT_DAYS, "--yes"]);
  expect(second.exitCode).toBe(0);
  expect(second.err).toContain("1 of 8 windows are to be run");
  expect(second.out).toMatch(/^2024-04-07 {2}done {2}calls-\S+ {2}1 rows, complete\n$/);
  // Two of three pages are on disk.
  expect(queries(project) - before).toBe(1);
  expect(runsOf(project)).toHaveLength(8);

  const third = await project.run([...EIGHT_DAYS, "--yes"]);
  expect(third).toMatchObject({ exitCode: 0, out: "", err: expect.stringContaining("nothing is left to be run") });
});

test("what concerns all windows stops the backfill at once", async () => {
  const project = await startFaulty(
    serverError({ path: "/api/v2/analytics", status: 403, times: Number.POSITIVE_INFINITY }),
  );

  const { exitCode, err } = await project.run([...EIGHT_DAYS, "--yes", "--concurrency", "1"]);

  expect(exitCode).toBe(5);
  expect(queries(project)).toBe(1);
  expect(err).toContain("0 of 8 windows are done; the first that failed is 2024-04-01: ");
});

test("a stop signal ends the backfill, and the same command goes on", async () => {
  const project = await startFaulty();
  const stop = new AbortController();
  const reason = new ReportError("process.stopping", "Stopped before the end");
  const stopAtSecondPage: Fault = {
    name: "stopAtSecondPage",
    concerns: ({ path, body }) => path === DETAILS_QUERY && member(member(body, "paging"), "pageNumber") === 2,
    applies: () => true,
    before: () => stop.abort(reason),
  };
  project.simulator.faults.add(stopAtSecondPage);

  const first = await project.run([...EIGHT_DAYS, "--yes", "--concurrency", "1"], stop.signal);
  expect(first).toMatchObject({
    exitCode: 130,
    out: "",
    err: expect.stringContaining("Stopped with 0 of 8 windows done\n  Run the same command again"),
  });

  project.simulator.faults.clear();
  const dry = await project.run([...EIGHT_DAYS, "--dry-run", "--json"]);
  expect((JSON.parse(dry.out) as { action: string }[]).map(({ action }) => action)).toEqual([
    "resume",
    ...Array.from({ length: 7 }, () => "run"),
  ]);
  expect((await project.run([...EIGHT_DAYS, "--yes"])).exitCode).toBe(0);
  expect(runsOf(project)).toHaveLength(8);
});

describe("before it starts", () => {
  let project: Project;
  beforeAll(async () => {
    project = await openProject({ files: FILES });
  });
  afterAll(async () => await project.close());

  const clock = createTestClock(Date.parse("2024-03-20T12:00:00Z"));
  const SHOWN = `calls

window (UTC)  action  requests at least  run
────────────  ──────  ─────────────────  ───
2024-03-04    run                     1
2024-03-05    run                     1

2 of 2 windows are to be run, 2 at a time: at least 2 requests, 0.0 minutes at 300 a minute
`.replace("\n\n2 of", "\n2 of");
  const TWO_DAYS = ["backfill", "calls", "--from", "2024-03-04", "--to", "2024-03-06"];

  test("--dry-run shows the windows and begins nothing", async () => {
    expect(await project.callsheet([...TWO_DAYS, "--dry-run"], { clock })).toEqual({
      exitCode: 0,
      out: SHOWN,
      err: "",
    });
    expect(project.simulator.requests).toEqual([]);
  });

  test("without a terminal it asks for --yes, and begins nothing", async () => {
    expect(await project.callsheet(TWO_DAYS, { clock })).toEqual({
      exitCode: 3,
      out: "",
      err: `${SHOWN}error config.missing: Nobody is there to be asked, and nothing was begun\n  Add --yes to begin without a question, or --dry-run to see the windows only.\n`,
    });
    expect(project.simulator.requests).toEqual([]);
  });

  test("on a terminal it asks, and a no is a no", async () => {
    const asked: string[] = [];
    const answer = (yes: boolean) => async (question: string) => {
      asked.push(question);
      return await Promise.resolve(yes);
    };

    const no = await project.callsheet(TWO_DAYS, { clock, confirm: answer(false) });
    expect(no).toMatchObject({ exitCode: 130, out: "", err: expect.stringContaining("Nothing was begun") });
    expect(project.simulator.requests).toEqual([]);

    const yes = await project.callsheet([...TWO_DAYS, "--concurrency", "1"], { clock, confirm: answer(true) });
    expect(yes).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^2024-03-04 {2}done .*\n2024-03-05 {2}done .*\n$/),
    });
    expect(asked).toEqual(["Begin 2 runs?", "Begin 2 runs?"]);
  });

  test.each([
    [["--from", "2024-03-04", "--to", "2024-03-21"], "--to: 2024-03-21 is not over yet"],
    [["--from", "2024-03-04", "--to", "2024-03-04"], "end must be after start"],
    [["--from", "2024-03-04", "--to", "2024-03-07", "--every", "P2D"], "Use --to 2024-03-06 or --to 2024-03-08."],
    [
      ["--from", "2024-03-04", "--to", "2024-03-06", "--every", "daily"],
      '--every: cannot use "daily"\n  Write how long each window is: P1D,',
    ],
    [["--from", "monday", "--to", "2024-03-06"], '--from: cannot read "monday" as an instant'],
    [
      ["--from", "2024-03-04", "--to", "2024-03-06", "--concurrency", "9"],
      'Cannot use --concurrency "9"\n  Write a whole number from 1 to 8.',
    ],
  ])("%j is refused", async (args, err) => {
    const outcome = await project.callsheet(["backfill", "calls", ...args, "--yes"], { clock });
    expect(outcome).toMatchObject({ exitCode: 3, out: "", err: expect.stringContaining(err) });
  });

  test("a report without a window of whole days must be told how long each is", async () => {
    project.write("reports/today.yaml", "report: today\ninterval: today\nmeasures: [offered]\n");
    const outcome = await project.callsheet(["backfill", "today", "--from", "2024-03-04", "--to", "2024-03-06"], {
      clock,
    });
    expect(outcome.err).toContain(
      "--every: report today has no window of whole days, weeks or months to take the length from",
    );
  });
});

test("with --queue and no database backfill says what is missing, and runs nothing", async () => {
  const project = await startFaulty();
  const { exitCode, out, err } = await project.run([...EIGHT_DAYS, "--yes", "--queue"]);
  expect([exitCode, out]).toEqual([3, ""]);
  expect(err).toContain("config.missing: There is no database that --queue could enter windows into");
  expect(err).toContain("Start `callsheet serve` first, or leave --queue out");
  expect(queries(project)).toBe(0);
});
