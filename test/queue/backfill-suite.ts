// The claims about a backfill that goes through the queue, on any database: it stands behind the schedule, takes the
// place of no scheduled run, and goes a few windows at a time.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bookedReport } from "../../src/cli/read-scheduled.ts";
import { parseReport } from "../../src/cli/find-report.ts";
import type { ErrorCode } from "../../src/domain/errors.ts";
import { ReportError } from "../../src/domain/errors.ts";
import type { WindowSpec } from "../../src/domain/report-definition.ts";
import { createAlarmBook } from "../../src/postgres/create-alarm-book.ts";
import { enterBackfill } from "../../src/postgres/backfill-rows.ts";
import { workTask } from "../../src/runs/work-task.ts";
import type { Task } from "../../src/tasks/task-queue.ts";
import { createTestClock } from "../support/test-clock.ts";
import type { Home } from "./homes.ts";
import { at, type Lab, openLab } from "./lab.ts";

/** Defines the suite; `open` is called once. */
export function defineBackfillSuite(name: string, open: () => Promise<Home>): void {
  describe(`backfills through the queue on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    const HOURS = ["00:00:00", "01:00:00", "02:00:00"] as const;

    /** Enters the hours that end at these times; the answer are those that are new. */
    async function enter(lab: Lab, atOnce: number, title = ""): Promise<string[]> {
      const report = bookedReport(lab.report, `reports/${lab.report}.yaml`, textOf(lab.report, title));
      const endsAt = HOURS.map((time) => at(time));
      const entered = await enterBackfill(home.database, { report, every: "PT1H", endsAt, atOnce });
      return HOURS.filter((time) => entered.includes(at(time)));
    }

    /** A lab whose scheduler saw an hourly report at 01:30. */
    async function started(): Promise<{ lab: Lab; scheduler: ReturnType<Lab["scheduler"]> }> {
      const lab = openLab(home);
      await lab.write('{ cron: "0 * * * *" }');
      const scheduler = lab.scheduler();
      await scheduler.tick(at("01:30:00"));
      return { lab, scheduler };
    }

    test("a scheduled run that is due at the same look goes first, and both runs of one instant have their rows", async () => {
      const { lab, scheduler } = await started();
      expect(await enter(lab, 3)).toEqual(HOURS);
      await scheduler.tick(at("02:00:00"));
      expect(
        lab.tasks.map(({ run, priority }) => [run.report, new Date(run.nominalAt).getUTCHours(), priority]),
      ).toEqual([
        [lab.report, 2, 0],
        [`${lab.report}:PT1H`, 0, -20],
        [`${lab.report}:PT1H`, 1, -20],
        [`${lab.report}:PT1H`, 2, -20],
      ]);
      for (const task of lab.tasks) await work(lab, task);
      const rows = await lab.ledger.list(lab.report, 10);
      expect(rows.map(({ report, nominalAt, state }) => [report, nominalAt, state])).toEqual([
        [lab.report, at("02:00:00"), "done"],
        [`${lab.report}:PT1H`, at("02:00:00"), "done"],
        [`${lab.report}:PT1H`, at("01:00:00"), "done"],
        [`${lab.report}:PT1H`, at("00:00:00"), "done"],
      ]);
    });

    test("a backfill that is not over holds up no scheduled run, where runs may not overlap", async () => {
      const { lab, scheduler } = await started();
      await enter(lab, 1);
      await scheduler.tick(at("01:31:00"));
      await scheduler.tick(at("02:00:00"));
      await scheduler.tick(at("02:00:01"));
      expect(lab.tasks.map(({ run }) => run.report)).toEqual([`${lab.report}:PT1H`, lab.report]);
    });

    test("so many windows have a task at once, the oldest first, however many schedulers look", async () => {
      const { lab } = await started();
      await enter(lab, 2);
      const look = async (): Promise<unknown> =>
        await Promise.all(Array.from({ length: 3 }, async () => await lab.scheduler().tick(at("01:31:00"))));
      await look();
      await look();
      const given = (): number[] => [...new Set(lab.tasks.map(({ run }) => run.nominalAt))];
      expect(given()).toEqual([at("00:00:00"), at("01:00:00")]);
      const [first] = lab.tasks;
      if (first) await work(lab, first);
      await look();
      expect(given()).toEqual([at("00:00:00"), at("01:00:00"), at("02:00:00")]);
    });

    test("entered twice it is entered once; what failed is entered again, and what is done when the report is another", async () => {
      const { lab, scheduler } = await started();
      await enter(lab, 3);
      expect(await enter(lab, 3)).toEqual([]);
      await scheduler.tick(at("01:31:00"));
      const [first, second, third] = lab.tasks;
      if (first) await work(lab, first);
      if (second) await work(lab, second, "genesys.forbidden");
      if (third) await lab.ledger.cancel(third.run);
      expect(await enter(lab, 3)).toEqual(["01:00:00", "02:00:00"]);
      expect(await enter(lab, 3, "title: another\n")).toEqual(["00:00:00"]);
    });

    test("windows of long ago are not late while they wait, and not forgotten when they have just been done", async () => {
      const { lab, scheduler } = await started();
      await enter(lab, 2);
      await scheduler.tick(at("01:31:00"));
      for (const task of lab.tasks) await work(lab, task);
      const later = at("23:00:00");
      await createAlarmBook(home.database).raiseLate(60_000, later);
      await lab.book.forget(later);
      const alarms = await home.database.query("SELECT kind FROM callsheet.alarm WHERE starts_with(report, $1)", [
        lab.report,
      ]);
      expect(alarms).toEqual([]);
      expect((await lab.ledger.list(lab.report, 10)).map(({ state }) => state)).toEqual(["due", "done", "done"]);
    });

    test("R-65: a worker is given the window that the key names; a try after a failure stays behind the schedule", async () => {
      const { lab, scheduler } = await started();
      await enter(lab, 1);
      await scheduler.tick(at("01:31:00"));
      const windows: WindowSpec[] = [];
      const [task] = lab.tasks;
      if (task === undefined) throw new Error("no task for the first window");
      const again = await work(lab, task, "genesys.unavailable", windows);
      expect(windows).toEqual([{ kind: "instants", startAt: at("00:00:00") - 3_600_000, endAt: at("00:00:00") }]);
      expect(again).toMatchObject({ priority: -20, run: task.run });
    });
  });
}

function textOf(report: string, title: string): string {
  return `report: ${report}\n${title}interval: yesterday\ngroupBy: [time.hour]\nmeasures: [conversation_count]\n`;
}

/** Works on the task: it is done, or fails; the answer is the task that follows, if any. */
async function work(lab: Lab, task: Task, code?: ErrorCode, windows: WindowSpec[] = []): Promise<Task | undefined> {
  const added: Task[] = [];
  const { signal } = new AbortController();
  await workTask(
    { id: task.id, run: task.run, tryNumber: 0, signal },
    {
      ledger: lab.ledger,
      queue: { add: (next) => Promise.resolve(void added.push(next)) },
      clock: createTestClock(at("02:00:00")),
      random: () => 1,
      worker: randomUUID(),
      client: "client",
      parse: async (file, text) => await parseReport(text, file),
      availableUntil: () => Promise.resolve(undefined),
      onEvent: () => undefined,
      execute({ definition: { window } }) {
        windows.push(window);
        if (code) throw new ReportError(code, "why");
        return Promise.resolve({ rows: 1, reasons: [], withdraw: () => Promise.resolve() });
      },
      notify: () => undefined,
    },
    signal,
  );
  return added[0];
}
