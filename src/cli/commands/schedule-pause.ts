/** `callsheet schedule pause|resume REPORT`: stands in the database, so it holds for every scheduler. */
import { ReportError } from "../../domain/errors.ts";
import { createScheduleBook } from "../../postgres/create-schedule-book.ts";
import type { ScheduleBook } from "../../schedule/schedule-book.ts";
import { readConfig } from "../read-config.ts";
import { openGuest } from "../wire-database.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface PauseOptions {
  readonly config?: string;
}

/** Instants that pass from now on are noted, and not run. */
export async function pauseSchedule(report: string, options: PauseOptions, world: World): Promise<void> {
  await withBook(report, options, world, async (book) => await book.pause(report, "paused by hand"));
  world.err(`The schedule of ${report} is paused. Go on with: callsheet schedule resume ${report}\n`);
}

/** The next instant is run again; those that passed meanwhile are not. */
export async function resumeSchedule(report: string, options: PauseOptions, world: World): Promise<void> {
  await withBook(report, options, world, async (book) => await book.resume(report));
  world.err(`The schedule of ${report} goes on with its next instant.\n`);
}

async function withBook(
  report: string,
  options: PauseOptions,
  world: World,
  change: (book: ScheduleBook) => Promise<boolean>,
): Promise<void> {
  const opened = await openGuest(readConfig(options.config, world), world);
  try {
    if (opened && (await change(createScheduleBook(opened.database, "")))) return;
  } finally {
    await opened?.close();
  }
  throw new ReportError("config.missing", `No scheduler knows a schedule of report "${report}"`, {
    hint: "Schedules are known once `callsheet serve` has read them; `callsheet runs list --scheduled` shows their runs.",
  });
}
