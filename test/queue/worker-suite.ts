// The claims about workers and the ledger, on any database. The queue is real; what a run does is handed in, so that
// each test says how the run behaves.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseReport } from "../../src/cli/find-report.ts";
import { type ErrorCode, ReportError } from "../../src/domain/errors.ts";
import type { LogFacts } from "../../src/domain/log-facts.ts";
import { formatKey } from "../../src/domain/scheduled-run.ts";
import type { Claim, ClaimedRun } from "../../src/runs/run-ledger.ts";
import { type RunGave, type WorkServices, workTask } from "../../src/runs/work-task.ts";
import type { HeldTask, Task } from "../../src/tasks/task-queue.ts";
import { createTestClock } from "../support/test-clock.ts";
import type { Home } from "./homes.ts";
import { at, type Lab, openLab } from "./lab.ts";

const GAVE: RunGave = { rows: 7, reasons: [], withdraw: () => Promise.resolve() };

/** Defines the suite; `open` is called once. */
export function defineWorkerSuite(name: string, open: () => Promise<Home>): void {
  describe(`workers on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    /** A lab whose report has a task for 02:00. */
    async function due(schedule = '{ cron: "0 * * * *" }'): Promise<{ lab: Lab; task: Task }> {
      const lab = openLab(home);
      await lab.write(schedule);
      const scheduler = lab.scheduler();
      await scheduler.tick(at("01:30:00"));
      await scheduler.tick(at("02:00:00"));
      const [task] = lab.tasks;
      if (task === undefined) throw new Error("no task for 02:00");
      return { lab, task };
    }

    test("J2: a worker that froze and comes back may note and hand out nothing once another one has its run", async () => {
      const { lab, task } = await due();
      const frozen = await claim(lab, task, 0);
      const successor = await claim(lab, task, 1);
      for (const refused of [
        async () => await lab.ledger.expectHeld(frozen.claim),
        async () => await lab.ledger.noteFolder(frozen.claim, "folder"),
        async () => await lab.ledger.settle(frozen.claim, { kind: "done", rows: 1 }),
      ])
        await expect(refused()).rejects.toMatchObject({ code: "task.lease_lost" });
      await lab.ledger.settle(successor.claim, { kind: "done", rows: 2 });
      expect((await lab.ledger.list(lab.report, 1))[0]).toMatchObject({ state: "done", rows: 2, attempts: 2 });
    });

    test("J2: a worker that froze before it claimed its run gets nothing when a later try has it", async () => {
      const { lab, task } = await due();
      await claim(lab, task, 1);
      expect(await lab.ledger.claim(request(task, 0))).toBeUndefined();
    });

    test("J1: the next worker is told the folder of the one that died", async () => {
      const { lab, task } = await due();
      await lab.ledger.noteFolder((await claim(lab, task, 0)).claim, "calls-20240304T020000Z-0a1b2c");
      expect(await claim(lab, task, 1)).toMatchObject({ attempt: 2, runId: "calls-20240304T020000Z-0a1b2c" });
    });

    test("J3: an end that is noted again, since its answer was lost, is noted once; a claim too", async () => {
      const { lab, task } = await due();
      const asked = request(task, 0);
      expect(await lab.ledger.claim(asked)).toBeDefined();
      await lab.ledger.claim(asked);
      const claimed: Claim = { ...task.run, token: asked.token };
      await lab.ledger.settle(claimed, { kind: "done", rows: 1 });
      await lab.ledger.settle(claimed, { kind: "done", rows: 1 });
      expect((await lab.ledger.list(lab.report, 1))[0]).toMatchObject({ state: "done" });
    });

    test("J8: a run that is cancelled while its last file is uploaded withdraws what is there", async () => {
      const { lab, task } = await due();
      const withdrawn: string[] = [];
      await work(lab, task, 0, async ({ claim: { report, nominalAt } }) => {
        await lab.ledger.cancel({ report, nominalAt });
        return { ...GAVE, withdraw: () => Promise.resolve(void withdrawn.push(report)) };
      });
      expect(withdrawn).toEqual([lab.report]);
      expect(await lab.story()).toEqual(["02:00 cancelled (cancelled by hand)"]);
    });

    test("a cancelled run stops within seconds: its signal is aborted with run.cancelled", async () => {
      const { lab, task } = await due();
      let reason: unknown;
      await work(lab, task, 0, async ({ claim: { report, nominalAt } }, signal) => {
        await lab.ledger.cancel({ report, nominalAt });
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        reason = signal.reason;
        throw signal.reason;
      });
      expect(reason).toMatchObject({ code: "run.cancelled" });
      expect(await lab.ledger.cancel({ report: "nobody", nominalAt: 1 })).toBeUndefined();
    });

    test("the ledger keeps every attempt: who made it, in which folder, and how it ended", async () => {
      const { lab, task } = await due();
      await lab.ledger.noteFolder((await claim(lab, task, 0)).claim, "folder");
      const next = await work(lab, task, 1, () => {
        throw new ReportError("genesys.unavailable", "the service is down");
      });
      await work(lab, next ?? task, 0, () => GAVE);
      const found = await lab.ledger.find(task.run);
      expect(
        found?.attempts.map(({ number, worker, runId, outcome, code }) => [number, worker, runId, outcome, code]),
      ).toEqual([
        [1, "test", "folder", "lost", undefined],
        [2, "test", "folder", "again", "genesys.unavailable"],
        [3, "test", "folder", "done", undefined],
      ]);
      expect(await lab.ledger.find({ ...task.run, nominalAt: 1 })).toBeUndefined();
    });

    test("what a worker logs names run and attempt, code and the vendor's correlation id; of a defect the place, not its words", async () => {
      const { lab, task } = await due();
      const lines: (readonly [string, LogFacts | undefined])[] = [];
      const notify = (message: string, facts?: LogFacts): void => void lines.push([message, facts]);
      const quiet = new AbortController().signal;
      const failing = (error: Error) => (): never => {
        throw error;
      };
      const away = new ReportError("genesys.unavailable", "it is down", { correlationId: "0b7a" });
      const next = await work(lab, task, 0, failing(away), quiet, quiet, { notify });
      await work(lab, next ?? task, 0, failing(new TypeError("CANARY 555-0100")), quiet, quiet, { notify });
      const run = task.run;
      expect(lines.map(([, facts]) => facts)).toEqual([
        { run, attempt: 1 },
        { run, attempt: 1, level: "warn", code: "genesys.unavailable", correlationId: "0b7a" },
        { run, attempt: 2 },
        { run, level: "error" },
        { run, attempt: 2, level: "error", code: "internal" },
      ]);
      expect(lines[3]?.[0]).toMatch(/: TypeError\n\s+at /);
      expect(JSON.stringify(lines)).not.toContain("CANARY");
    });

    test("R-68: a failure of the service is tried again with growing waits, five times in all, then told", async () => {
      const { lab, task } = await due();
      const waits: number[] = [];
      let next: Task | undefined = task;
      while (next !== undefined) {
        next = await work(lab, next, 0, () => {
          throw new ReportError("genesys.unavailable", "the service is down");
        });
        if (next) waits.push(next.afterMs / 1000);
      }
      expect(waits).toEqual([30, 60, 120, 240]);
      const [row] = await lab.ledger.list(lab.report, 1);
      expect(row).toMatchObject({
        state: "failed",
        attempts: 5,
        lastCode: "genesys.unavailable",
        reason: "the service is down",
      });
    });

    test("the service's own Retry-After is waited for when it is longer", async () => {
      const { lab, task } = await due();
      const next = await work(lab, task, 0, () => {
        throw new ReportError("genesys.rate_limited", "slower", { retryAfterMs: 90_000 });
      });
      expect(next?.afterMs).toBe(90_000);
    });

    test.each<[ErrorCode, string]>([
      ["definition.invalid", "failed"],
      ["genesys.forbidden", "failed"],
      ["internal", "failed"],
      ["s3.unavailable", "queued"],
      ["process.stopping", "queued"],
    ])("%s leaves the run %s", async (code, state) => {
      const { lab, task } = await due();
      await work(lab, task, 0, () => {
        throw new ReportError(code, "why");
      });
      expect((await lab.ledger.list(lab.report, 1))[0]).toMatchObject({ state, lastCode: code });
    });

    test("a run whose files are there and whose message failed is done, and says so", async () => {
      const { lab, task } = await due();
      await work(lab, task, 0, () => ({ ...GAVE, remarks: ["the message to team was not sent: refused"] }));
      expect(await lab.story()).toEqual(["02:00 done (the message to team was not sent: refused)"]);
    });

    test("J5: a run that takes each of its workers down is given up after five", async () => {
      const { lab, task } = await due();
      for (const tryNumber of [0, 1, 2, 3, 4]) await claim(lab, task, tryNumber);
      await work(lab, task, 5, () => {
        throw new Error("must not be run");
      });
      const [row] = await lab.ledger.list(lab.report, 1);
      expect(row).toMatchObject({ state: "failed", reason: expect.stringContaining("died in each of 5 attempts") });
    });

    test("J5: pauseAfterFailures pauses the schedule after so many failed runs in a row, and not before", async () => {
      const { lab, task } = await due('{ cron: "0 * * * *", pauseAfterFailures: 2 }');
      const fail = (): never => {
        throw new ReportError("genesys.forbidden", "no permission");
      };
      await work(lab, task, 0, fail);
      expect(await paused(lab)).toBe(false);
      await lab.scheduler().tick(at("03:00:00"));
      await work(lab, lab.tasks.at(-1) ?? task, 0, fail);
      expect(await paused(lab)).toBe(true);
      await lab.scheduler().tick(at("04:00:00"));
      expect((await lab.story()).at(-1)).toBe("04:00 skipped (the schedule is paused)");
    });

    test("J6: a worker that is stopped hands its run back at once, and the attempt does not count", async () => {
      const { lab, task } = await due();
      const stop = new AbortController();
      const next = await work(
        lab,
        task,
        0,
        async (_claimed, signal) => {
          stop.abort(new ReportError("process.stopping", "stopped"));
          signal.throwIfAborted();
          return await Promise.resolve(GAVE);
        },
        stop.signal,
      );
      expect(next).toMatchObject({ afterMs: 0 });
      expect(await claim(lab, next ?? task, 0)).toMatchObject({ attempt: 1 });
      await expect(work(lab, task, 1, () => GAVE, AbortSignal.abort())).rejects.toMatchObject({
        code: "process.stopping",
      });
    });

    test("a worker to whom the queue says that its task was given away ends without a word", async () => {
      const { lab, task } = await due();
      const given = new AbortController();
      await work(
        lab,
        task,
        0,
        async (_claimed, signal) => {
          await claim(lab, task, 1);
          given.abort();
          signal.throwIfAborted();
          return GAVE;
        },
        undefined,
        given.signal,
      );
      expect((await lab.ledger.list(lab.report, 1))[0]).toMatchObject({ state: "running", attempts: 2 });
    });

    test("R-73: a run of jobs waits for the service's data, runs provisionally when the waiting ends, and is restated", async () => {
      const { lab, task } = await due('{ cron: "0 2 * * *", waitForData: 1h }');
      const until = at("00:00:00");
      const early = { availableUntil: () => Promise.resolve(until), clock: createTestClock(at("02:00:00")) };
      await work(lab, task, 0, () => GAVE, undefined, undefined, early);
      expect((await lab.story())[0]).toMatch(
        /^02:00 waiting \(the service's data for jobs end at 2024-03-04T00:00:00.000Z: waits until 2024-03-04T03:00:00.000Z/,
      );

      await lab.scheduler().tick(at("02:05:10"));
      const late = { availableUntil: early.availableUntil, clock: createTestClock(at("03:00:00")) };
      const incomplete = { ...GAVE, reasons: ["the data for jobs end at midnight"] };
      await work(lab, lab.tasks.at(-1) ?? task, 0, () => incomplete, undefined, undefined, late);
      expect(await lab.story()).toEqual(["02:00 provisional (the data for jobs end at midnight)"]);

      await lab.scheduler().tick(at("02:59:59"));
      await lab.scheduler().tick(at("04:00:01"));
      await work(lab, lab.tasks.findLast(({ run }) => run.nominalAt === at("02:00:00")) ?? task, 0, () => GAVE);
      expect((await lab.story())[0]).toBe("02:00 done");
    });
  });
}

async function paused(lab: Lab): Promise<boolean> {
  const all = await lab.book.readAll();
  return all.find(({ report }) => report === lab.report)?.pausedAt !== undefined;
}

function request(task: Task, tryNumber: number): Parameters<Lab["ledger"]["claim"]>[0] {
  return { ...task.run, taskId: task.id, tryNumber, token: randomUUID(), worker: "test" };
}

async function claim(lab: Lab, task: Task, tryNumber: number): Promise<ClaimedRun> {
  const claimed = await lab.ledger.claim(request(task, tryNumber));
  if (claimed === undefined) throw new Error(`${formatKey(task.run)} cannot be claimed`);
  return claimed;
}

/** Does one try of the task with a run that behaves as told; the answer is the task that follows, if any. */
async function work(
  lab: Lab,
  task: Task,
  tryNumber: number,
  run: (claimed: ClaimedRun, signal: AbortSignal) => RunGave | Promise<RunGave>,
  stopping = new AbortController().signal,
  signal = new AbortController().signal,
  services: Partial<WorkServices> = {},
): Promise<Task | undefined> {
  const added: Task[] = [];
  const held: HeldTask = { id: task.id, run: task.run, tryNumber, signal };
  await workTask(
    held,
    {
      ledger: lab.ledger,
      queue: {
        add(next) {
          added.push(next);
          return Promise.resolve();
        },
      },
      clock: createTestClock(at("02:00:00")),
      random: () => 1,
      worker: "test",
      client: "client",
      parse: parseOf,
      availableUntil: () => Promise.resolve(undefined),
      execute: async ({ claimed }, aborted) => await run(claimed, aborted),
      notify: () => undefined,
      onEvent: () => undefined,
      ...services,
    },
    stopping,
  );
  return added[0];
}

async function parseOf(file: string, text: string): ReturnType<WorkServices["parse"]> {
  return await parseReport(text, file);
}
