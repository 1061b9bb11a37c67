// The claims about alarms, on any database: what raises one, that it is raised and told once, and when it is told again.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlarmNotice } from "../../src/deliver/messenger.ts";
import type { Alarm } from "../../src/domain/alarm.ts";
import { ReportError } from "../../src/domain/errors.ts";
import { createAlarmBook } from "../../src/postgres/create-alarm-book.ts";
import type { AttemptEnd } from "../../src/runs/run-ledger.ts";
import type { Scheduler } from "../../src/schedule/create-scheduler.ts";
import type { AlarmBook } from "../../src/schedule/alarm-book.ts";
import { sendAlarms } from "../../src/schedule/send-alarms.ts";
import type { Home } from "./homes.ts";
import { at, type Lab, openLab } from "./lab.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FAILED = { kind: "failed", code: "genesys.forbidden", message: "the client may not do it" } as const;
const DONE: AttemptEnd = { kind: "done", rows: 1 };

/** Defines the suite; `open` is called once. */
export function defineAlarmSuite(name: string, open: () => Promise<Home>): void {
  describe(`alarms on ${name}`, () => {
    let home: Home;
    beforeAll(async () => {
      home = await open();
    });
    afterAll(async () => {
      await home.close();
    });

    /** An hourly report whose scheduler saw it at 00:30. */
    async function started(schedule = '{ cron: "0 * * * *" }'): Promise<{ lab: Lab; scheduler: Scheduler }> {
      const lab = openLab(home);
      await lab.write(schedule);
      const scheduler = lab.scheduler();
      await scheduler.tick(at("00:30:00"));
      return { lab, scheduler };
    }

    /** The lab's own alarms, from a database of many. */
    async function taken(lab: Lab, to: string, now: number, book = createAlarmBook(home.database)): Promise<Alarm[]> {
      const all = await book.take(to, 10_000, now);
      return all.filter(({ report }) => report === lab.report);
    }

    async function told(lab: Lab): Promise<string[]> {
      const alarms = await taken(lab, randomUUID(), at("12:00:00"));
      return alarms.map(
        ({ nominalAt, kind, reason }) => `${new Date(nominalAt).toISOString().slice(11, 16)} ${kind}: ${reason}`,
      );
    }

    test("J5: a run that fails for good raises an alarm with its reason; the next that ends well tells so once", async () => {
      const { lab, scheduler } = await started();
      await scheduler.tick(at("01:00:00"));
      await end(lab, "01:00:00", FAILED);
      for (const time of ["02:00:00", "03:00:00"]) {
        await scheduler.tick(at(time));
        await end(lab, time, DONE);
      }
      expect(await told(lab)).toEqual([
        "01:00 failed: genesys.forbidden: the client may not do it",
        "02:00 recovered: the run of this instant ended well; before: failed",
      ]);
    });

    test("J5: a schedule that is paused after failures says so, and how to go on", async () => {
      const { lab, scheduler } = await started('{ cron: "0 * * * *", pauseAfterFailures: 2 }');
      for (const time of ["01:00:00", "02:00:00"]) {
        await scheduler.tick(at(time));
        await end(lab, time, { ...FAILED, pauseAfter: 2 });
      }
      expect((await told(lab)).slice(1)).toEqual([
        "02:00 failed: genesys.forbidden: the client may not do it",
        `02:00 paused: its last 2 runs failed; \`callsheet schedule resume ${lab.report}\` goes on`,
      ]);
    });

    test("I2: instants without a scheduler are told by the next one that comes up, together, with how many were run", async () => {
      const { lab } = await started();
      await lab.scheduler().tick(at("05:30:00"));
      await lab.scheduler().tick(at("06:00:00"));
      expect(await told(lab)).toEqual([
        "05:00 missed: no scheduler was at work at 5 instants, from 2024-03-04T01:00:00.000Z to this one; 4 not run, 1 run now",
      ]);
    });

    test("a single instant without a scheduler is told though it is run", async () => {
      const { lab } = await started();
      await lab.scheduler().tick(at("01:20:00"));
      expect(await told(lab)).toEqual(["01:00 missed: no scheduler was at work at this instant; 1 run now"]);
    });

    test("instants that a pause or another run leaves out raise nothing", async () => {
      const { lab, scheduler } = await started();
      await scheduler.tick(at("01:00:00"));
      await scheduler.tick(at("02:00:00"));
      await lab.book.pause(lab.report, "by hand");
      await lab.scheduler().tick(at("05:30:00"));
      expect((await lab.story()).slice(1, 3).map((line) => line.slice(0, 13))).toEqual([
        "02:00 skipped",
        "03:00 skipped",
      ]);
      expect(await told(lab)).toEqual([]);
    });

    test("a run that is not done so long after its instant is late, once, whoever looks; one that waits for data is not", async () => {
      const { lab, scheduler } = await started();
      await scheduler.tick(at("01:00:00"));
      const books = [createAlarmBook(home.database), createAlarmBook(home.another())];
      const look = async (time: string): Promise<void> =>
        void (await Promise.all(books.map(async (book) => await book.raiseLate(HOUR_MS, at(time)))));
      await look("02:00:00");
      expect(await told(lab)).toEqual([]);
      for (const time of ["02:00:01", "02:00:02"]) await look(time);
      expect(await told(lab)).toEqual(["01:00 late: not begun: no worker has taken it"]);
      await end(lab, "01:00:00", DONE);
      expect((await told(lab)).slice(1)).toEqual(["01:00 recovered: the run of this instant ended well; before: late"]);

      const waiting = await started();
      await waiting.scheduler.tick(at("01:00:00"));
      await end(waiting.lab, "01:00:00", { kind: "waiting", reason: "no data yet", againAt: at("03:00:00") });
      await waiting.scheduler.tick(at("02:00:00"));
      await look("02:30:00");
      await waiting.scheduler.tick(at("03:00:00"));
      await home.database.query(
        "UPDATE callsheet.attempt SET ended_at = to_timestamp($2::bigint / 1000) WHERE report = $1",
        [waiting.lab.report, at("02:50:00")],
      );
      await look("03:50:00");
      expect(await told(waiting.lab)).toEqual([]);
      await look("03:50:01");
      expect(await told(waiting.lab)).toEqual(["01:00 late: not begun: no worker has taken it"]);
    });

    test("an alarm goes with the row that it is about, with all its messages", async () => {
      const { lab, scheduler } = await failedOnce();
      for (const time of ["02:00:00", "03:00:00"]) {
        await scheduler.tick(at(time));
        await end(lab, time, DONE);
      }
      expect(await told(lab)).toHaveLength(2);
      await lab.book.forget(at("02:00:00"));
      expect(await told(lab)).toEqual(["02:00 recovered: the run of this instant ended well; before: failed"]);
    });

    test("a report that is restated hours later is not late", async () => {
      const { lab, scheduler } = await started();
      await scheduler.tick(at("01:00:00"));
      await end(lab, "01:00:00", { kind: "provisional", rows: 1, reason: "not settled", againAt: at("01:30:00") });
      await scheduler.tick(at("01:30:00"));
      await createAlarmBook(home.database).raiseLate(HOUR_MS, at("09:00:00"));
      expect(await lab.story()).toEqual(["01:00 queued (not settled)"]);
      expect(await told(lab)).toEqual([]);
    });

    test("I1: of five schedulers that look at once, one is given an alarm for a destination; each destination has its own", async () => {
      const { lab } = await failedOnce();
      const mail = randomUUID();
      const five = Array.from({ length: 5 }, () => createAlarmBook(home.another()));
      const all = await Promise.all(five.map(async (book) => await taken(lab, mail, at("02:00:00"), book)));
      expect(all.flat()).toHaveLength(1);
      expect(await taken(lab, randomUUID(), at("02:00:00"))).toHaveLength(1);
    });

    test("what could not be told comes again after minutes that double, sixteen times; what was told does not", async () => {
      const { lab } = await failedOnce();
      const book = createAlarmBook(home.database);
      const destination = randomUUID();
      const minutes: number[] = [];
      let lastMinute = 0;
      for (let minute = 0; minute < 24 * 60; minute += 1) {
        const due = await taken(lab, destination, at("02:00:00") + minute * MINUTE_MS);
        if (due.length === 0) continue;
        minutes.push(minute - lastMinute);
        lastMinute = minute;
      }
      expect(minutes).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60, 60]);

      const other = randomUUID();
      const [alarm] = await taken(lab, other, at("02:00:00"));
      await book.noteTold(other, [alarm?.id ?? ""], at("02:00:00"));
      expect(await taken(lab, other, at("23:00:00"))).toEqual([]);
    });

    test("sendAlarms() tells a destination all that is due in one message, and lets the others have theirs when one fails", async () => {
      const { lab, scheduler } = await failedOnce();
      await scheduler.tick(at("02:00:00"));
      await end(lab, "02:00:00", FAILED);
      const sent: AlarmNotice[] = [];
      const log: string[] = [];
      const down = new ReportError("message.unavailable", "ops did not take the message");
      const messengers = new Map([
        [randomUUID(), { sendAlarms: async () => await Promise.reject(down) }],
        [randomUUID(), { sendAlarms: async (notice: AlarmNotice) => await Promise.resolve(void sent.push(notice)) }],
      ]);
      const services = {
        alarms: only(lab, createAlarmBook(home.database)),
        now: async () => await Promise.resolve(at("02:10:00")),
        lateMs: HOUR_MS,
        messengers,
        notify: (message: string) => void log.push(message),
      };
      for (let look = 0; look < 2; look += 1) await sendAlarms(services, new AbortController().signal);
      expect(sent.map(({ alarms }) => alarms.map(({ nominalAt }) => nominalAt))).toEqual([
        [at("01:00:00"), at("02:00:00")],
      ]);
      const [bad, good] = [...messengers.keys()];
      const about = `failed ${lab.report}@2024-03-04T01:00:00Z, failed ${lab.report}@2024-03-04T02:00:00Z`;
      expect(log).toEqual([
        `${bad} could not be told of ${about}: message.unavailable: ops did not take the message; it is tried again`,
        `${good} was told of ${about}`,
      ]);
    });

    async function failedOnce(): Promise<{ lab: Lab; scheduler: Scheduler }> {
      const opened = await started();
      await opened.scheduler.tick(at("01:00:00"));
      await end(opened.lab, "01:00:00", FAILED);
      return opened;
    }
  });
}

/** The book of a database that other tests have filled too. */
function only(lab: Lab, book: AlarmBook): AlarmBook {
  return {
    ...book,
    take: async (destination, _most, now) =>
      (await book.take(destination, 10_000, now)).filter(({ report }) => report === lab.report),
  };
}

/** A worker has the run of an instant and ends it so. */
async function end(lab: Lab, time: string, how: AttemptEnd): Promise<void> {
  const task = lab.tasks.findLast(({ run: { nominalAt } }) => nominalAt === at(time));
  if (task === undefined) throw new Error(`there is no task for ${time}`);
  const claimed = await lab.ledger.claim({
    ...task.run,
    taskId: task.id,
    tryNumber: 0,
    token: randomUUID(),
    worker: "test",
  });
  if (claimed === undefined) throw new Error(`the run of ${time} cannot be claimed`);
  await lab.ledger.settle(claimed.claim, how);
}
