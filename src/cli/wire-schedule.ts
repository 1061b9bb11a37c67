/** Puts a scheduler's parts together: the reports of the folder, the book of schedules, and who is told of alarms. */
import type { Notify } from "../domain/log-facts.ts";
import { randomUUID } from "node:crypto";
import type { Messenger } from "../deliver/messenger.ts";
import { createZoneMemory } from "../disk/create-zone-memory.ts";
import { createAlarmBook } from "../postgres/create-alarm-book.ts";
import { createScheduleBook } from "../postgres/create-schedule-book.ts";
import type { Database } from "../postgres/database.ts";
import { tellZoneChanges } from "../schedule/compare-zones.ts";
import { createScheduler, keepTicking, type SchedulerServices } from "../schedule/create-scheduler.ts";
import { keepSendingAlarms } from "../schedule/send-alarms.ts";
import type { TaskQueue } from "../tasks/task-queue.ts";
import { parseReport } from "./find-report.ts";
import type { Config } from "./read-config.ts";
import { createReportReader, isScheduled } from "./read-scheduled.ts";
import { clientName } from "./wire-work.ts";
import type { World } from "./world.ts";

/** What a scheduler is given besides its configuration. */
export interface ScheduleParts {
  readonly database: Database;
  readonly queue: TaskQueue;
  /** Who is told of alarms. */
  readonly messengers: ReadonlyMap<string, Messenger>;
  readonly notify: Notify;
  /** Called after each good look. */
  readonly onTick: () => void;
}

/** Schedules until the world's signal ends it. */
export async function scheduleReports(config: Config, world: World, parts: ScheduleParts): Promise<void> {
  const { database, queue, messengers, notify, onTick } = parts;
  const { clock, signal } = world;
  const book = createScheduleBook(database, clientName(config));
  const services: SchedulerServices = {
    book,
    queue,
    readFiles: createReportReader(config.folder, notify),
    async parse({ text, file }) {
      const definition = await parseReport(text, file);
      return isScheduled(definition) ? definition : undefined;
    },
    newId: randomUUID,
    historyMs: config.historyMs,
    notify,
    onTick,
  };
  await lookAtZones(config, world, services);
  const loops = [keepTicking(createScheduler(services), services, clock, signal)];
  if (config.alarms && messengers.size > 0) {
    const { lateMs } = config.alarms;
    const alarms = { alarms: createAlarmBook(database), now: async () => await book.now(), lateMs, messengers, notify };
    loops.push(keepSendingAlarms(alarms, clock, signal));
  }
  await Promise.all(loops);
}

async function lookAtZones(config: Config, world: World, { readFiles, notify }: SchedulerServices): Promise<void> {
  const zoned = (await readFiles()).reports.map(({ report, definition: { timeZone, schedule } }) => ({
    report,
    zones: [timeZone, schedule.timeZone],
  }));
  const zones = createZoneMemory(config.statePath);
  await tellZoneChanges(zoned, zones, process.versions.tz ?? "unknown", world.clock.now(), notify);
}
