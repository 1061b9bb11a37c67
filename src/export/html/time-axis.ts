/** Where the marks of a time axis stand: whole hours, days, Mondays, months or years, at most seven of them. */
import { createLocalTime } from "../../support/local-time.ts";
import { dayLabel, monthLabel } from "./format-bucket.ts";

/** A mark at an instant. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_TICKS = 7;
/** 27 years of hours: more than any window with buckets that small. */
const MAX_CANDIDATES = 240_000;

/** The width of a time bucket in milliseconds; a month counts as its longest. */
export function stepMsOf(name: string): number {
  return (
    {
      "time.minute15": HOUR_MS / 4,
      "time.minute30": HOUR_MS / 2,
      "time.hour": HOUR_MS,
      "time.week": 7 * DAY_MS,
      "time.month": 31 * DAY_MS,
    }[name] ?? DAY_MS
  );
}

/** The instant of a bucket; dates count as if they were UTC, so that days are evenly wide. */
export function bucketAt(bucket: string): number {
  return Date.parse(bucket.includes("T") ? bucket : `${bucket}T00:00Z`);
}

/** Ticks from the first to the last instant of buckets of that column. */
export function timeTicks(firstAt: number, lastAt: number, name: string, timeZone: string): Tick[] {
  const fine = stepMsOf(name) < DAY_MS;
  const localTime = createLocalTime(fine ? timeZone : "UTC");
  const stepMs = fine ? stepMsOf(name) : DAY_MS;
  const candidates: { at: number; local: string }[] = [];
  for (let at = firstAt; at <= lastAt && candidates.length < MAX_CANDIDATES; at += stepMs)
    candidates.push({ at, local: localTime.format(at) });
  for (const level of fine ? [...CLOCK_LEVELS, ...DATE_LEVELS] : DATE_LEVELS) {
    const ticks = candidates.filter(({ local }) => level(local));
    if (ticks.length <= MAX_TICKS) return ticks.map(({ at, local }) => ({ at, label: tickLabel(local, name) }));
  }
  return [];
}

type Level = (local: string) => boolean;

const atHours =
  (every: number): Level =>
  (local) =>
    local.slice(14, 16) === "00" && Number(local.slice(11, 13)) % every === 0;
const CLOCK_LEVELS: readonly Level[] = [() => true, atHours(1), atHours(3), atHours(6), atHours(12)];

const atMidnight = atHours(24);
const onWeekdays =
  (...days: number[]): Level =>
  (local) =>
    atMidnight(local) && days.includes(new Date(`${local.slice(0, 10)}T00:00Z`).getUTCDay());
const onFirst =
  (everyMonths: number): Level =>
  (local) =>
    atMidnight(local) && local.slice(8, 10) === "01" && (Number(local.slice(5, 7)) - 1) % everyMonths === 0;
const atYears =
  (every: number): Level =>
  (local) =>
    onFirst(12)(local) && Number(local.slice(0, 4)) % every === 0;
const DATE_LEVELS: readonly Level[] = [
  atMidnight,
  onWeekdays(1, 4),
  onWeekdays(1),
  onFirst(1),
  onFirst(3),
  onFirst(12),
  atYears(5),
];

function tickLabel(local: string, name: string): string {
  if (name === "time.month") return monthLabel(local.slice(0, 10));
  return local.slice(11, 16) === "00:00" ? dayLabel(local.slice(0, 10), false) : local.slice(11, 16);
}
