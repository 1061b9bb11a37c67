/**
 * Puts moments of the period before into the buckets of the window: the same time on the clock, so many days or months
 * later. Hours of the day and days of the week stay what they are.
 */
import type { BucketWidth } from "../domain/field.ts";
import type { Shift } from "../domain/periods.ts";
import type { LocalTime } from "../support/local-time.ts";

/** The bucket of what the window has no day for, such as a 31st; it sorts behind all others and is no row. */
export const NO_COUNTERPART = Number.MAX_SAFE_INTEGER;

const DAY_MS = 86_400_000;

/** Numbers buckets as the local time does. */
export function createShiftedBuckets(localTime: LocalTime, { unit, by }: Shift): Pick<LocalTime, "bucketOf"> {
  return {
    bucketOf(at, width) {
      if (width === "hour_of_day" || width === "day_of_week") return localTime.bucketOf(at, width);
      if (unit === "millisecond") return localTime.bucketOf(at + by, width);
      const localMs = localTime.toLocal(at);
      const day = Math.floor(localMs / DAY_MS) * DAY_MS;
      const shifted = unit === "day" ? day + by * DAY_MS : monthsLater(day, by);
      const isThere = unit === "day" || new Date(shifted).getUTCDate() === new Date(day).getUTCDate();
      if (!isThere && !isCoarse(width)) return NO_COUNTERPART;
      // Noon is on its day in every zone, whatever the clocks do at midnight.
      const timeMs = isCoarse(width) || width === "day" ? DAY_MS / 2 : localMs - day;
      return localTime.bucketOf(localTime.fromLocal(shifted + timeMs), width);
    },
  };
}

/** Weeks and months hold the last day of a month where there is no 31st. */
function isCoarse(width: BucketWidth): boolean {
  return width === "week" || width === "month";
}

/** The same day so many months later, or the last of that month. */
function monthsLater(day: number, months: number): number {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last));
}
