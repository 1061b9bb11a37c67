// The claims about schedulers, on any database: PGlite in the unit tests, PostgreSQL in those of the services.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/postgres/migrate.ts";
import { MIGRATIONS } from "../../src/postgres/migrations.ts";
import type { Task } from "../../src/tasks/task-queue.ts";
import type { Home } from "./homes.ts";
import { keepTicking } from "../../src/schedule/create-scheduler.ts";
import { createTestClock } from "../support/test-clock.ts";
import { at, type Lab, openLab } from "./lab.ts";

/** Defines the suite; `open` is called once. */
export function defineSchedulerSuite(name: string, open: () => Promise<Home>): void {
  describe(`schedulers on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    /** A scheduler that saw the report at 01:30. */
    async function started(
      schedule: string,
      interval?: string,
    ): Promise<{ lab: Lab; scheduler: ReturnType<Lab["scheduler"]> }> {
      const lab = openLab(home);
      await lab.write(schedule, interval);
      const scheduler = lab.scheduler();
      await scheduler.tick(at("01:30:00"));
      return { lab, scheduler };
    }

    test("R-67: an instant that passes becomes one task, and nothing becomes of one that passed before", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      await scheduler.tick(at("01:59:59"));
      expect(lab.tasks).toEqual([]);
      await scheduler.tick(at("02:00:00"));
      await scheduler.tick(at("02:00:01"));
      expect(lab.tasks.map(({ run }) => run)).toEqual([{ report: lab.report, nominalAt: at("02:00:00") }]);
      expect(await lab.story()).toEqual(["02:00 queued"]);
    });

    test("I1: five schedulers that look at the same instant make one run of it", async () => {
      const { lab } = await started('{ cron: "0 * * * *", overlap: allow }');
      const five = Array.from({ length: 5 }, () => lab.scheduler());
      for (const time of ["02:00:00", "02:00:01", "03:00:00"])
        await Promise.all(five.map(async (scheduler) => await scheduler.tick(at(time))));
      expect(await lab.story()).toEqual(["02:00 queued", "03:00 queued"]);
      expect(new Set(lab.tasks.map(({ id }) => id)).size).toBe(2);
    });

    test("I2: of instants at which no scheduler was there the latest runs, and each has its row and reason", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      await scheduler.tick(at("05:30:00"));
      const why =
        "(no scheduler was at work at this instant; of what was missed only the latest is run (missed: latest))";
      expect(await lab.story()).toEqual([
        `02:00 missed ${why}`,
        `03:00 missed ${why}`,
        `04:00 missed ${why}`,
        "05:00 queued",
      ]);
    });

    test("I2: with missed: skip nothing that was missed runs; what is on time does", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *", missed: skip }');
      await scheduler.tick(at("04:00:30"));
      const why = "(no scheduler was at work at this instant; what was missed is not run (missed: skip))";
      expect(await lab.story()).toEqual([`02:00 missed ${why}`, `03:00 missed ${why}`, "04:00 queued"]);
    });

    test("I2: with missed: all 2 the latest two run, one after the other", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *", missed: { all: 2 } }');
      await scheduler.tick(at("05:30:00"));
      const why = "(no scheduler was at work at this instant; of what was missed only the latest 2 are run)";
      expect(await lab.story()).toEqual([`02:00 missed ${why}`, `03:00 missed ${why}`, "04:00 queued", "05:00 due"]);
      await run(lab, "04:00:00");
      await scheduler.tick(at("05:31:00"));
      expect((await lab.story()).slice(2)).toEqual(["04:00 done", "05:00 queued"]);
    });

    test("I3: a machine that slept over instants is told by the clock's gap, as one that was off", async () => {
      const { lab, scheduler } = await started('{ cron: "*/10 * * * *" }');
      await scheduler.tick(at("01:40:00"));
      await run(lab, "01:40:00");
      await scheduler.tick(at("02:25:00"));
      expect((await lab.story()).map((line) => line.slice(0, 12))).toEqual([
        "01:40 done",
        "01:50 missed",
        "02:00 missed",
        "02:10 missed",
        "02:20 queued",
      ]);
    });

    test("I4: a clock that steps back an hour, or a day ahead, runs no instant twice", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *", missed: { all: 3 }, overlap: allow }');
      for (const time of ["02:00:00", "03:00:00", "02:00:00", "02:59:59", "03:00:00"]) await scheduler.tick(at(time));
      expect(await lab.story()).toEqual(["02:00 queued", "03:00 queued"]);
      await scheduler.tick(at("03:10:00") + 24 * 3_600_000);
      for (const time of ["03:10:00", "04:00:00"]) await scheduler.tick(at(time));
      const rows = await lab.ledger.list(lab.report, 100);
      expect(rows).toHaveLength(26);
      expect(rows.filter(({ state }) => state === "queued")).toHaveLength(5);
      expect(lab.tasks).toHaveLength(5);
    });

    test("I4: the database's clock decides; a machine whose own differs by more than five seconds is told, once", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      const clock = createTestClock(at("02:00:00") - 90_000);
      const told: string[] = [];
      const stop = new AbortController();
      const instants = [at("02:00:00"), at("02:00:01"), clock.now()];
      const book = {
        ...lab.book,
        now() {
          const now = instants.shift() ?? clock.now();
          if (instants.length === 0) stop.abort();
          return Promise.resolve(now);
        },
      };
      await keepTicking(
        scheduler,
        { book, notify: (message) => void told.push(message), onTick: () => undefined },
        clock,
        stop.signal,
      );
      expect(await lab.story()).toEqual(["02:00 queued"]);
      expect(told).toEqual([
        "this machine's clock and the database's differ by 90 s; instants are those of the database's. Set both by a time server",
        "this machine's clock and the database's agree again",
      ]);
    });

    test("I6: however far away the next instant is, a scheduler only ever waits for its next look", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 29 2 *", missed: skip }');
      const clock = createTestClock(at("01:30:00"));
      const stop = new AbortController();
      const instants = [at("01:30:01"), Date.UTC(2028, 1, 29, 1, 59, 59), Date.UTC(2028, 1, 29, 2)];
      const book = {
        ...lab.book,
        now() {
          const now = instants.shift() ?? 0;
          if (instants.length === 0) stop.abort();
          return Promise.resolve(now);
        },
      };
      await keepTicking(scheduler, { book, notify: () => undefined, onTick: () => undefined }, clock, stop.signal);
      expect(new Set(clock.waits)).toEqual(new Set([1_000]));
      expect(lab.tasks.map(({ run }) => run.nominalAt)).toEqual([Date.UTC(2028, 1, 29, 2)]);
    });

    test("I8: a report that is edited while its run is queued keeps the text of its instant; the next has the new one", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      await scheduler.tick(at("02:00:00"));
      await lab.write('{ cron: "30 * * * *" }');
      await scheduler.tick(at("02:10:00"));
      expect((await claim(lab, "02:00:00"))?.text).toContain('cron: "0 * * * *"');
      for (const time of ["02:30:00", "03:00:00"]) await scheduler.tick(at(time));
      expect((await lab.story()).map((line) => line.slice(0, 13))).toEqual(["02:00 running", "02:30 skipped"]);
    });

    test("I8: an edited report has its new rule when all that passed under the old one has its row, ten thousand a look", async () => {
      const { lab, scheduler } = await started('{ cron: "* * * * *", missed: skip }');
      const later = at("01:30:00") + 8 * 24 * 3_600_000;
      await lab.write('{ cron: "0 0 * * *" }');
      await scheduler.tick(later);
      expect(await lab.ledger.list(lab.report, 20_000)).toHaveLength(10_000);
      await scheduler.tick(later);
      await scheduler.tick(later + 60_000);
      const rows = await lab.ledger.list(lab.report, 20_000);
      expect([rows.length, rows[0]?.nominalAt]).toEqual([8 * 24 * 60, later]);
    });

    test("I8: a report that is edited after the clock went ahead and back has its new rule all the same", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 * * *" }');
      await scheduler.tick(at("03:00:00"));
      await run(lab, "02:00:00");
      await lab.write('{ cron: "30 * * * *" }');
      for (const time of ["02:40:00", "03:30:00"]) await scheduler.tick(at(time));
      expect(await lab.story()).toEqual(["02:00 done", "03:30 queued"]);
    });

    test("I8: a report that is gone, or without a schedule, has no further instants; its run stays", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      await scheduler.tick(at("02:00:00"));
      lab.remove();
      await scheduler.tick(at("02:10:00"));
      await scheduler.tick(at("04:00:00"));
      expect(await lab.story()).toEqual(["02:00 queued"]);
      await lab.write('{ cron: "0 * * * *" }');
      await scheduler.tick(at("05:10:00"));
      await run(lab, "02:00:00");
      await scheduler.tick(at("06:00:00"));
      expect(await lab.story()).toEqual(["02:00 done", "06:00 queued"]);
    });

    test("I9: a run that is longer than its period leaves the next out, and says so", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      await scheduler.tick(at("02:00:00"));
      await scheduler.tick(at("03:00:00"));
      await run(lab, "02:00:00");
      await scheduler.tick(at("04:00:00"));
      expect(await lab.story()).toEqual([
        "02:00 done",
        "03:00 skipped (the run of 2024-03-04T02:00:00.000Z was not over yet (overlap: skip))",
        "04:00 queued",
      ]);
    });

    test("I9: with overlap: queue one run waits, and a third is left out", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *", overlap: queue }');
      for (const time of ["02:00:00", "03:00:00", "04:00:00"]) await scheduler.tick(at(time));
      expect(await lab.story()).toEqual([
        "02:00 queued",
        "03:00 due",
        "04:00 skipped (the run of 2024-03-04T02:00:00.000Z was not over yet, and another one waits already (overlap: queue))",
      ]);
      await run(lab, "02:00:00");
      await scheduler.tick(at("04:00:10"));
      expect((await lab.story())[1]).toBe("03:00 queued");
    });

    test("I9: with overlap: allow they run side by side, up to a hundred", async () => {
      const { lab, scheduler } = await started('{ cron: "* * * * *", overlap: allow }');
      for (let minute = 0; minute < 110; minute += 1) await scheduler.tick(at("01:31:00") + minute * 60_000);
      const states = (await lab.ledger.list(lab.report, 1_000)).map(({ state }) => state);
      expect([
        states.filter((state) => state === "queued").length,
        states.filter((state) => state === "skipped").length,
      ]).toEqual([100, 10]);
    });

    test("I10: jitter delays a run by the same time whoever asks, and leaves its instant alone", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 * * *", jitter: 10m }');
      await scheduler.tick(at("02:00:00"));
      expect(await lab.story()).toEqual(["02:00 due"]);
      await lab.scheduler().tick(at("02:10:00"));
      expect(await lab.story()).toEqual(["02:00 queued"]);
    });

    test("R-73: a run whose window is only just over waits until its data can be there", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 * * *" }', "month to date");
      await scheduler.tick(at("02:00:30"));
      expect(await lab.story()).toEqual([
        "02:00 waiting (its window ends at 2024-03-04T02:00:00.000Z: waits for the data, until 2024-03-04T08:00:00.000Z at the longest)",
      ]);
      await scheduler.tick(at("02:01:00"));
      expect(lab.tasks).toHaveLength(1);
    });

    test("R-73: a run whose window is not over in time is begun all the same when the waiting has an end", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 * * *", waitForData: 1h }', "2024-03-04/2024-03-05");
      await scheduler.tick(at("02:00:00"));
      await scheduler.tick(at("02:59:59"));
      expect(lab.tasks).toEqual([]);
      await scheduler.tick(at("03:00:00"));
      expect(lab.tasks).toHaveLength(1);
    });

    test("R-71: a pause leaves instants out, each with its row; resuming goes on with the next", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      expect([await lab.book.pause(lab.report, "paused by hand"), await lab.book.pause("nobody", "")]).toEqual([
        true,
        false,
      ]);
      await scheduler.tick(at("02:00:00"));
      expect(await lab.book.resume(lab.report)).toBe(true);
      await scheduler.tick(at("03:00:00"));
      expect(await lab.story()).toEqual(["02:00 skipped (the schedule is paused)", "03:00 queued"]);
    });

    test("J7: tables of a newer callsheet are left alone, and an older one says so; its own version finds them made", async () => {
      const { database } = home;
      await migrate(database);
      await database.query("UPDATE callsheet.schema SET version = version + 1");
      await expect(migrate(database)).rejects.toMatchObject({
        code: "database.newer_schema",
        message: `The tables in the database are of version ${MIGRATIONS.length + 1}; this callsheet knows them up to version ${MIGRATIONS.length}`,
      });
      await database.query("UPDATE callsheet.schema SET version = version - 1");
    });

    test("rows of runs that are over stay for 400 days; an open one stays, and no instant is run again", async () => {
      const { lab, scheduler } = await started('{ cron: "0 2 * * *", overlap: allow }');
      await scheduler.tick(at("02:00:00"));
      await run(lab, "02:00:00");
      await scheduler.tick(at("02:00:00") + 24 * 3_600_000);
      const later = at("02:00:00") + 402 * 24 * 3_600_000;
      await scheduler.tick(later);
      const rows = await lab.ledger.list(lab.report, 1_000);
      // The first day's is over and gone; the second day's is older than 400 days too, and was never done.
      expect(rows.map(({ nominalAt }) => (nominalAt - at("02:00:00")) / 86_400_000)).toEqual(
        Array.from({ length: 402 }, (_, index) => 402 - index),
      );
      expect(rows.at(-1)).toMatchObject({ state: "queued" });
    });

    test("forget() takes a run with its attempts and alarms; the latest of a report, and the latest that was run, stay however old", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *" }');
      for (const time of ["02:00:00", "03:00:00"]) {
        await scheduler.tick(at(time));
        await run(lab, time);
      }
      await lab.book.pause(lab.report, "by hand");
      await scheduler.tick(at("05:30:00"));
      const attempts = async (): Promise<unknown> =>
        await home.database.query("SELECT nominal_at::text AS at FROM callsheet.attempt WHERE report = $1 ORDER BY 1", [
          lab.report,
        ]);
      expect(await attempts()).toEqual(["02:00:00", "03:00:00"].map((time) => ({ at: String(at(time)) })));
      await lab.book.forget(at("02:00:00"));
      expect((await lab.story()).map((line) => line.slice(0, 10))).toEqual([
        "02:00 done",
        "03:00 done",
        "04:00 skip",
        "05:00 skip",
      ]);
      await lab.book.forget(at("09:00:00"));
      expect((await lab.story()).map((line) => line.slice(0, 10))).toEqual(["03:00 done", "05:00 skip"]);
      expect(await attempts()).toEqual([{ at: String(at("03:00:00")) }]);
    });

    test("a task that was not handed over, since its scheduler died, is handed over by the next one", async () => {
      const { lab } = await started('{ cron: "0 * * * *" }');
      await lab.book.advance(lab.report, (booked) => ({
        runs: [{ nominalAt: at("02:00:00"), state: "due", giveUpAt: at("02:00:00") }],
        released: [{ report: booked.report, nominalAt: at("02:00:00"), taskId: randomUUID() }],
        alarms: [],
        handledUntil: at("02:00:00"),
      }));
      await lab.scheduler().tick(at("02:00:05"));
      expect(lab.tasks).toHaveLength(1);
      await lab.scheduler().tick(at("02:00:06"));
      expect(lab.tasks).toHaveLength(1);
    });
  });
}

/** Claims the run of an instant as a worker does. */
async function claim(lab: Lab, time: string): ReturnType<Lab["ledger"]["claim"]> {
  const task = taskOf(lab, time);
  return await lab.ledger.claim({ ...task.run, taskId: task.id, tryNumber: 0, token: randomUUID(), worker: "test" });
}

/** Does the run of an instant. */
async function run(lab: Lab, time: string): Promise<void> {
  const claimed = await claim(lab, time);
  if (claimed === undefined) throw new Error(`the run of ${time} cannot be claimed`);
  await lab.ledger.settle(claimed.claim, { kind: "done", rows: 1 });
}

function taskOf(lab: Lab, time: string): Task {
  const task = lab.tasks.findLast(({ run: { nominalAt } }) => nominalAt === at(time));
  if (task === undefined) throw new Error(`there is no task for ${time}`);
  return task;
}
