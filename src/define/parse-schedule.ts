/** The key `schedule` of a report: when it runs by itself. */
import type { Missed, Schedule } from "../domain/schedule.ts";
import type { ReadCron } from "./parse-cron.ts";
import { parseTimeZone } from "./parse-time-zone.ts";
import { type Problem, quoted } from "./problems.ts";
import type { ScheduleSource } from "./schedule-schema.ts";

/** A day's worth of hours: what `missed: all` without a number makes up for. */
const USUAL_MISSED = 24;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS };

/** Details jobs are some hours behind; a report that people await in the morning need not be. */
const USUAL_WAIT_MS = 6 * HOUR_MS;

/** Longer ones would run into what comes next. */
const MOST_JITTER_MS = 12 * HOUR_MS;
const MOST_WAIT_MS = 14 * 24 * HOUR_MS;

/** The schedule, or undefined when something is wrong, which is added to the problems. */
export function parseSchedule(
  source: ScheduleSource,
  timeZone: string,
  readCron: ReadCron,
  problems: Problem[],
): Schedule | undefined {
  const found = problems.length;
  const cron = readCron(source.cron);
  if ("refused" in cron)
    problems.push({
      path: ["schedule", "cron"],
      message: cron.refused,
      ...(source.cron.trim() === "" ? {} : { caret: { text: source.cron, offset: cron.offset } }),
    });
  const zone =
    source.timeZone === undefined ? timeZone : parseTimeZone(source.timeZone, ["schedule", "timeZone"], problems);
  const jitterMs = periodOf(source.jitter, "jitter", "10m", MOST_JITTER_MS, problems) ?? 0;
  const waitForDataMs = periodOf(source.waitForData, "waitForData", "6h", MOST_WAIT_MS, problems) ?? USUAL_WAIT_MS;
  if ("refused" in cron || problems.length > found) return undefined;
  return Object.freeze({
    cron,
    timeZone: zone,
    overlap: source.overlap,
    missed: missedOf(source.missed),
    jitterMs,
    waitForDataMs,
    ...(source.pauseAfterFailures === undefined ? {} : { pauseAfterFailures: source.pauseAfterFailures }),
  });
}

function missedOf(missed: ScheduleSource["missed"]): Missed {
  if (missed === "skip" || missed === "latest") return { kind: missed };
  return { kind: "all", most: missed === "all" ? USUAL_MISSED : missed.all };
}

/** `10m` in milliseconds, `off` as 0; undefined when it is left out or wrong. */
function periodOf(
  text: string | undefined,
  key: "jitter" | "waitForData",
  example: string,
  mostMs: number,
  problems: Problem[],
): number | undefined {
  if (text === undefined) return undefined;
  const plain = text.trim().toLowerCase();
  if (plain === "off") return 0;
  const [, count, unit = ""] = /^([1-9]\d{0,5})\s*([smhd])$/.exec(plain) ?? [];
  const periodMs = Number(count) * (UNIT_MS[unit] ?? 0);
  if (count !== undefined && periodMs <= mostMs) return periodMs;
  problems.push({
    path: ["schedule", key],
    message: `Cannot use ${quoted(text)} for "${key}". Write a number with s, m, h or d, such as ${example}, up to ${mostMs / HOUR_MS}h, or off.`,
  });
  return undefined;
}
