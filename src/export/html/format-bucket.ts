/**
 * Local times as people say them: `1999-02-01T07:00+02:00` is "Mon 1 Feb 07:00". The year is left out where the
 * window has only one; the offset is shown only on days whose clocks change, when the same hour may occur twice.
 */
import { createLocalTime } from "../../support/local-time.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Labels for the time keys of one table. */
export interface BucketLabels {
  /** A key of the column with this name; text that is no bucket comes back as it is. */
  label(name: string, key: string | number): string;
}

/** `withYear`: the buckets lie in more than one year. Throws a RangeError when there is no such zone. */
export function createBucketLabels(timeZone: string, withYear: boolean): BucketLabels {
  const localTime = createLocalTime(timeZone);

  /** Whether the offset differs anywhere on the local day that this bucket belongs to. */
  function changesOn(day: string, offset: string): boolean {
    const startAt = Date.parse(`${day}T00:00${offset}`);
    return [startAt, startAt + DAY_MS - 1].some((at) => !localTime.format(at).endsWith(offset));
  }

  return {
    label(name, key) {
      if (name === "time.hour_of_day") return hourLabel(Number(key));
      if (name === "time.day_of_week") return weekdayLabel(Number(key));
      const [, day, time, offset] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)([+-]\d\d:\d\d))?$/.exec(String(key)) ?? [];
      if (day === undefined) return String(key);
      if (name === "time.month") return monthLabel(day);
      const date = dayLabel(day, withYear);
      if (time === undefined || offset === undefined) return date;
      return changesOn(day, offset) ? `${date} ${time} (${offset.replace("-", "−")})` : `${date} ${time}`;
    },
  };
}

/** An instant (epoch ms) in local time, to the minute: "Mon 1 Feb 1999 00:00". Throws a RangeError for an unknown zone. */
export function instantLabel(at: number, timeZone: string): string {
  const local = createLocalTime(timeZone).format(at);
  return `${dayLabel(local.slice(0, 10), true)} ${local.slice(11, 16)}`;
}

/**
 * A window (`start/end` in ISO 8601) in local time. Whole days are told as people count them, the last one included:
 * "Mon 1 Feb 1999 to Sun 28 Feb 1999", "Mon 1 Feb 1999". Throws a RangeError for an unknown zone.
 */
export function windowLabel(window: string, timeZone: string): string {
  const [startAt = Number.NaN, endAt = Number.NaN] = window.split("/").map((instant) => Date.parse(instant));
  const [start, end] = [instantLabel(startAt, timeZone), instantLabel(endAt, timeZone)];
  if (!start.endsWith(MIDNIGHT) || !end.endsWith(MIDNIGHT)) return `${start} to ${end}`;
  const [first, last] = [startAt, endAt - 1].map((at) => instantLabel(at, timeZone).slice(0, -MIDNIGHT.length));
  return first === last || first === undefined ? (last ?? "") : `${first} to ${last}`;
}

const MIDNIGHT = " 00:00";

/** 7 → "07:00" */
export function hourLabel(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** 1 → "Mon" */
export function weekdayLabel(day: number): string {
  return WEEKDAYS[day - 1] ?? String(day);
}

/** `1999-02-01` → "Mon 1 Feb", with the year "Mon 1 Feb 1999" */
export function dayLabel(day: string, withYear: boolean): string {
  const at = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(at)) return day;
  const date = new Date(at);
  const short = `${WEEKDAYS[(date.getUTCDay() + 6) % 7] ?? ""} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
  return withYear ? `${short} ${day.slice(0, 4)}` : short;
}

/** `1999-02-01` → "Feb 1999" */
export function monthLabel(day: string): string {
  return `${MONTHS[Number(day.slice(5, 7)) - 1] ?? day.slice(5, 7)} ${day.slice(0, 4)}`;
}
