/**
 * A cron expression, read: which times of day, on which days. It says nothing of clock changes; which instants fire is
 * `schedule/schedule-rule`. Made only by `define/`.
 */

/** The values that each field of the expression takes. */
export interface CronPattern {
  /** As the author wrote it. */
  readonly text: string;
  /** Of one second only: a report runs once a minute at most. */
  readonly second: number;
  /** Rising, 0–59. */
  readonly minutes: readonly number[];
  /** Rising, 0–23. */
  readonly hours: readonly number[];
  /** 1–12 */
  readonly months: readonly number[];
  /** Absent where the field is `*` or `?`. */
  readonly daysOfMonth?: DaysOfMonth;
  /** Absent where the field is `*` or `?`. */
  readonly daysOfWeek?: DaysOfWeek;
}

/** Days by their number: 1–31, and the last one of the month (`L`). */
export interface DaysOfMonth {
  readonly days: readonly number[];
  readonly last: boolean;
}

/** Days by their name, 0 Sunday to 6 Saturday. */
export interface DaysOfWeek {
  readonly days: readonly number[];
  /** `1#2`: only the second one in the month. */
  readonly nth?: number;
  /** `5L`: the last one in the month. */
  readonly last: readonly number[];
}

const DAY_MS = 86_400_000;

/**
 * So far ahead is looked for a day that fits. The rarest are the fifth weekday of a February, 28 years apart and 40 where
 * a leap year is left out.
 */
export const MOST_DAYS_AHEAD = 41 * 366;

/** One minute of one hour: such a job means a time on the clock, every other means how often. */
export function isFixedTime({ minutes, hours }: CronPattern): boolean {
  return minutes.length === 1 && hours.length === 1;
}

/** Whether the days of the month and of the week are both set; then one of them is enough. */
export function isEitherDay({ daysOfMonth, daysOfWeek }: CronPattern): boolean {
  return daysOfMonth !== undefined && daysOfWeek !== undefined;
}

/** Whether the pattern takes the day; `localDayMs` is its midnight, as if it were UTC. */
export function takesDay(pattern: CronPattern, localDayMs: number): boolean {
  const date = new Date(localDayMs);
  if (!pattern.months.includes(date.getUTCMonth() + 1)) return false;
  const { daysOfMonth, daysOfWeek } = pattern;
  if (daysOfMonth === undefined) return daysOfWeek === undefined || takesWeekday(daysOfWeek, date);
  return takesDate(daysOfMonth, date) || (daysOfWeek !== undefined && takesWeekday(daysOfWeek, date));
}

/** Whether there is such a day at all: not in `0 0 30 2 *`. */
export function everTakesDay(pattern: CronPattern): boolean {
  for (let day = 0; day <= MOST_DAYS_AHEAD; day++) if (takesDay(pattern, day * DAY_MS)) return true;
  return false;
}

function takesDate({ days, last }: DaysOfMonth, date: Date): boolean {
  return days.includes(date.getUTCDate()) || (last && isInLastDays(date, 1));
}

function takesWeekday({ days, nth, last }: DaysOfWeek, date: Date): boolean {
  const weekday = date.getUTCDay();
  const named = days.includes(weekday) && (nth === undefined || Math.ceil(date.getUTCDate() / 7) === nth);
  return named || (last.includes(weekday) && isInLastDays(date, 7));
}

/** Whether so many days later is another month. */
function isInLastDays(date: Date, days: number): boolean {
  return new Date(date.getTime() + days * DAY_MS).getUTCMonth() !== date.getUTCMonth();
}
