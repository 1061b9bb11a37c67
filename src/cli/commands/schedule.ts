/** `callsheet schedule list` and `schedule next REPORT`: when reports run by themselves, and of which window each time. */
import { ReportError } from "../../domain/errors.ts";
import type { Interval } from "../../domain/interval.ts";
import type { ReportDefinition } from "../../domain/report-definition.ts";
import type { Schedule } from "../../domain/schedule.ts";
import { type UpcomingRun, upcomingRuns } from "../../schedule/upcoming-runs.ts";
import { localTimeOf } from "../../support/local-time.ts";
import { findReport, reportNames } from "../find-report.ts";
import { parseInstant } from "../parse-instant.ts";
import { readConfig } from "../read-config.ts";
import { describeSchedule, instantText, missedText, renderUpcoming, windowText } from "../render-schedule.ts";
import { renderTable } from "../render-table.ts";
import type { World } from "../world.ts";

/** Options of `schedule list`. */
export interface ListOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Options of `schedule next`. */
export interface NextOptions extends ListOptions {
  readonly count?: string;
  readonly from?: string;
}

const USUAL_COUNT = 10;
const MOST_COUNT = 1000;

/** Prints the next instants after `--from`, or after now; `config.missing` when the report has no schedule. */
export async function scheduleNext(report: string, options: NextOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const definition = await findReport(report, config.folder, world);
  const schedule = scheduleOf(definition);
  const afterAt =
    options.from === undefined ? world.clock.now() : parseInstant("--from", options.from, schedule.timeZone);
  const runs = upcomingRuns(definition, schedule, afterAt, countOf(options.count));
  if (options.json) return world.out(`${JSON.stringify(runs.map(tellRun(schedule)), undefined, 2)}\n`);
  const viewer = viewerZone(world);
  const zones = { schedule: schedule.timeZone, report: definition.timeZone, viewer };
  world.out(`${definition.name}: ${describeSchedule(schedule)}\n${renderUpcoming(runs, zones)}`);
}

/** Prints every report that has a schedule; throws what is wrong with reports behind those that can be read. */
export async function scheduleList(options: ListOptions, world: World): Promise<void> {
  const config = readConfig(options.config, world);
  const scheduled: Scheduled[] = [];
  const wrong: ReportError[] = [];
  for (const name of reportNames(config.folder)) {
    try {
      const definition = await findReport(name, config.folder, world);
      if (definition.schedule === undefined) continue;
      const [next] = upcomingRuns(definition, definition.schedule, world.clock.now(), 1);
      scheduled.push({ definition, schedule: definition.schedule, ...(next && { next }) });
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      wrong.push(error);
    }
  }
  if (options.json) world.out(`${JSON.stringify(scheduled.map(tellScheduled), undefined, 2)}\n`);
  else if (scheduled.length > 0) world.out(toTable(scheduled));
  else world.err("No report has a schedule.\n");
  const [first] = wrong;
  if (first) throw new ReportError(first.code, wrong.map(({ message }) => message).join("\n"));
}

interface Scheduled {
  readonly definition: ReportDefinition;
  readonly schedule: Schedule;
  readonly next?: UpcomingRun;
}

function scheduleOf({ name, schedule }: ReportDefinition): Schedule {
  if (schedule) return schedule;
  throw new ReportError("config.missing", `Report ${name} has no schedule`, {
    hint: 'Add one, such as schedule: { cron: "0 2 * * *" }; docs/schedules.md has all keys.',
  });
}

function countOf(text: string | undefined): number {
  if (text === undefined) return USUAL_COUNT;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_COUNT) return count;
  throw new ReportError("config.invalid", `Cannot use --count "${text}"`, {
    hint: `Write a whole number from 1 to ${MOST_COUNT}.`,
  });
}

/** Where the person sits who looks: their own setting, else that of the machine. */
function viewerZone({ env }: World): string {
  const zone = env.TZ ?? "";
  const isKnown = Intl.supportedValuesOf("timeZone").includes(zone) || zone === "UTC";
  return isKnown ? zone : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Its keys are read by other people's scripts. */
function tellRun({ timeZone }: Schedule): (run: UpcomingRun) => unknown {
  return ({ at, window }) => ({
    at: iso(at),
    local: localTimeOf(timeZone).format(at),
    window: tellWindow(window),
  });
}

function tellWindow({ startAt, endAt }: Interval): { readonly start: string; readonly end: string } {
  return { start: iso(startAt), end: iso(endAt) };
}

function tellScheduled({ definition, schedule, next }: Scheduled): unknown {
  const { cron, timeZone, overlap, missed } = schedule;
  return {
    report: definition.name,
    cron: cron.text,
    timeZone,
    overlap,
    missed: missed.kind === "all" ? { all: missed.most } : missed.kind,
    ...(next && { next: tellRun(schedule)(next) }),
  };
}

function toTable(scheduled: readonly Scheduled[]): string {
  const names = ["report", "cron", "time zone", "overlap", "missed", "next", "window"];
  return renderTable(
    names.map((name) => ({ name, type: "text", role: "detail" })),
    scheduled.map(({ definition, schedule, next }) => [
      definition.name,
      schedule.cron.text,
      schedule.timeZone,
      schedule.overlap,
      missedText(schedule.missed),
      next ? instantText(next.at, schedule.timeZone) : "never",
      next ? windowText(next.window, definition.timeZone) : "",
    ]),
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
