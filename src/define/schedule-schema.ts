/** The shape of `schedule:` in a report file. */
import { z } from "zod";
import { OVERLAPS } from "../domain/schedule.ts";

/** More instants at once are a backfill, which shows what it does before it begins. */
const MOST_MISSED = 1000;
const MISSED_RANGE = `Write a whole number from 1 to ${MOST_MISSED}.`;

/** More failures in a row than that are no schedule any longer. */
const MOST_FAILURES = 100;
const FAILURES_RANGE = `Write a whole number from 1 to ${MOST_FAILURES}.`;

const allMissed = z.strictObject({
  all: z.int().min(1, MISSED_RANGE).max(MOST_MISSED, MISSED_RANGE).describe("the latest so many run, the oldest first"),
});

/** The key `schedule` of a report. */
export const SCHEDULE_SCHEMA = z.strictObject({
  cron: z
    .string()
    .describe("minute hour day-of-month month day-of-week, such as 0 2 * * *; a second may stand in front; or @daily"),
  timeZone: z.string().exactOptional().describe("IANA zone on whose clock cron is read; the report's when absent"),
  overlap: z
    .enum(OVERLAPS)
    .default("skip")
    .describe("when the run before is still at work: skip this one, queue one, or allow both"),
  missed: z
    .union([allMissed, z.enum(["skip", "latest", "all"])])
    .default("latest")
    .describe("instants at which nothing was there to run them: skip them, run the latest, or all of the latest 24"),
  jitter: z.string().exactOptional().describe("begin up to so much later: 90s, 10m, 1h; off when absent"),
  waitForData: z
    .string()
    .exactOptional()
    .describe("how long to wait for complete data, 6h when absent, before a provisional run; off: not at all"),
  pauseAfterFailures: z
    .int()
    .min(1, FAILURES_RANGE)
    .max(MOST_FAILURES, FAILURES_RANGE)
    .exactOptional()
    .describe("so many failed runs in a row pause the schedule; never when absent"),
});

/** The schedule as far as the schema goes. */
export type ScheduleSource = z.infer<typeof SCHEDULE_SCHEMA>;

/** The keys that may stand at a place below `schedule`, for suggestions. */
export function scheduleKeysAt(place: string | number | undefined): readonly string[] {
  return place === "missed" ? Object.keys(allMissed.shape) : Object.keys(SCHEDULE_SCHEMA.shape);
}
