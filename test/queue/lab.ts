// In: an open database. Out: schedulers and report files as tests need them: time is handed to each look, and what
// became of every instant is read from the ledger.

import { createHash, randomUUID } from "node:crypto";
import { parseReport } from "../../src/cli/find-report.ts";
import { isScheduled } from "../../src/cli/read-scheduled.ts";
import { formatKey } from "../../src/domain/scheduled-run.ts";
import { createRunLedger } from "../../src/postgres/create-run-ledger.ts";
import { createScheduleBook } from "../../src/postgres/create-schedule-book.ts";
import type { RunLedger } from "../../src/runs/run-ledger.ts";
import { createScheduler, type ReadReport, type Scheduler } from "../../src/schedule/create-scheduler.ts";
import type { ScheduleBook } from "../../src/schedule/schedule-book.ts";
import type { Task } from "../../src/tasks/task-queue.ts";
import type { Home } from "./homes.ts";

/** Instants of the tests: a Monday. */
export function at(time: string): number {
  return Date.parse(`2024-03-04T${time}Z`);
}

export interface Lab {
  readonly ledger: RunLedger;
  readonly book: ScheduleBook;
  /** Tasks that schedulers handed over, in order. */
  readonly tasks: readonly Task[];
  /** Writes a report file that all schedulers read at their next look; its name is the lab's own. */
  write(schedule: string, interval?: string): Promise<void>;
  remove(): void;
  /** A scheduler of its own, on a connection of its own where there are several. */
  scheduler(): Scheduler;
  /** What became of each instant: `02:00 done`, with the reason where there is one. */
  story(): Promise<string[]>;
  readonly report: string;
}

/** Opens a lab with a report of its own, so that tests may share a database. */
export function openLab(home: Home): Lab {
  const report = `r${randomUUID().slice(0, 8)}`;
  const files: ReadReport[] = [];
  const tasks: Task[] = [];
  const ledger = createRunLedger(home.database);
  const book = createScheduleBook(home.database, "client");
  return {
    ledger,
    book,
    tasks,
    report,
    async write(schedule, interval = "yesterday") {
      const text = reportText(report, schedule, interval);
      const definition = await parseReport(text, `reports/${report}.yaml`);
      if (!isScheduled(definition)) throw new Error("the test's report has no schedule");
      const hash = createHash("sha256").update(text).digest("hex");
      files.splice(0, files.length, { report, hash, file: `reports/${report}.yaml`, text, definition });
    },
    remove: () => void files.splice(0),
    scheduler() {
      const own = createScheduleBook(home.another(), "client");
      return createScheduler({
        historyMs: 400 * 86_400_000,
        // Other tests' reports are in the same database; this one's schedulers see theirs alone.
        book: {
          ...own,
          readAll: async () => (await own.readAll()).filter((booked) => booked.report === report),
          tasksToAdd: async (limit) =>
            (await own.tasksToAdd(limit)).filter(({ run }) => run.report.split(":")[0] === report),
        },
        queue: {
          add(task) {
            tasks.push(task);
            return Promise.resolve();
          },
        },
        readFiles: () => Promise.resolve({ reports: files, broken: new Set() }),
        async parse({ text, file }) {
          const definition = await parseReport(text, file);
          return isScheduled(definition) ? definition : undefined;
        },
        newId: randomUUID,
        notify(message) {
          throw new Error(message);
        },
      });
    },
    async story() {
      const rows = await ledger.list(report, 10_000);
      return rows.toReversed().map((row) => {
        const time =
          formatKey(row)
            .split("T")[1]
            ?.replace(/(:00)?Z$/, "") ?? "";
        return [time, row.state, ...(row.reason === undefined ? [] : [`(${row.reason})`])].join(" ");
      });
    },
  };
}

function reportText(report: string, schedule: string, interval: string): string {
  return `report: ${report}
timeZone: UTC
interval: ${interval}
groupBy: [conversation.media.type]
measures: [conversation_count]
export: [csv]
schedule: ${schedule}
`;
}
