/** What a schedule will do: its next instants, the window of each, and whether the clock changes on that day. */
import type { Interval } from "../domain/interval.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { Schedule } from "../domain/schedule.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import { localTimeOf } from "../support/local-time.ts";
import { nextInstant } from "./schedule-rule.ts";

/** A run to come. */
export interface UpcomingRun {
  readonly at: number;
  readonly window: Interval;
  /** Present when the clock of the schedule's zone changes on the local day of the run. */
  readonly change?: ClockChange;
}

/** A clock change, in local time as if it were UTC: what the clock would have shown, and what it shows instead. */
export interface ClockChange {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;

/** The next so many runs after an instant; `definition.interval_invalid` when the window cannot be had at one of them. */
export function upcomingRuns(
  { window, timeZone }: Pick<ReportDefinition, "window" | "timeZone">,
  schedule: Schedule,
  afterAt: number,
  count: number,
): UpcomingRun[] {
  const runs: UpcomingRun[] = [];
  let at = nextInstant(schedule, afterAt);
  while (at !== undefined && runs.length < count) {
    const change = changeOnDayOf(at, schedule.timeZone);
    runs.push({ at, window: resolveWindow(window, timeZone, at), ...(change && { change }) });
    at = nextInstant(schedule, at);
  }
  return runs;
}

function changeOnDayOf(at: number, timeZone: string): ClockChange | undefined {
  const local = localTimeOf(timeZone);
  const midnight = Math.floor(local.toLocal(at) / DAY_MS) * DAY_MS;
  const [startAt, endAt] = [local.firstAt(midnight), local.firstAt(midnight + DAY_MS)];
  const morning = local.stretchAt(startAt);
  // A clock that skips midnight itself has changed when the day begins.
  const changeAt = morning.fromAt === startAt ? startAt : morning.untilAt;
  if (changeAt >= endAt) return undefined;
  const before = local.stretchAt(changeAt - 1).offsetMs;
  return { from: changeAt + before, to: local.toLocal(changeAt) };
}
