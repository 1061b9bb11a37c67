/**
 * The schedule rule once more, as a person would check it with a watch: minute by minute, what does the wall show, does
 * that fit, and has this day had its run? Offsets come from the runtime's own calendar (Intl), dates are counted day by
 * day, and what a pattern takes is written by hand beside its text: nothing here is shared with the product.
 */

/** A pattern, and by hand what it takes. `fixed`: one minute of one hour. */
export interface NaivePattern {
  readonly text: string;
  readonly fixed: boolean;
  readonly minute: (minute: number) => boolean;
  readonly hour: (hour: number) => boolean;
  readonly day: (day: WallDay) => boolean;
}

/** A day on the wall. */
export interface WallDay {
  readonly date: number;
  readonly month: number;
  /** 0 Sunday. */
  readonly weekday: number;
  /** Of its month. */
  readonly lastDate: number;
}

const MINUTE_MS = 60_000;
const QUARTER = 15;
const DAY_MINUTES = 1440;

/** For each pattern the instants, in minutes of the epoch, at which it fires from the one minute on and before the other. */
export function walkMinutes(
  patterns: readonly NaivePattern[],
  timeZone: string,
  fromMinute: number,
  untilMinute: number,
): number[][] {
  const fired: number[][] = patterns.map(() => []);
  const lastFixedDay: number[] = patterns.map(() => Number.NEGATIVE_INFINITY);
  const byMinuteOfDay = Array.from({ length: DAY_MINUTES }, (_, minuteOfDay) =>
    patterns.flatMap(({ minute, hour }, index) =>
      minute(minuteOfDay % 60) && hour(Math.floor(minuteOfDay / 60)) ? [index] : [],
    ),
  );
  const offsetAt = createOffsetAt(timeZone);
  let dayOnWall = Number.NaN;
  let takesToday: boolean[] = [];

  /** What the wall shows at `minute`, or, in a gap, would have shown. */
  function look(wall: number, minute: number, skipped: boolean): void {
    const day = Math.floor(wall / DAY_MINUTES);
    if (day !== dayOnWall) {
      dayOnWall = day;
      const today = wallDay(day);
      takesToday = patterns.map((pattern) => pattern.day(today));
    }
    for (const index of byMinuteOfDay[wall - day * DAY_MINUTES] ?? []) {
      if (takesToday[index] !== true) continue;
      const instants = fired[index] ?? [];
      if (patterns[index]?.fixed === true) {
        if (day <= (lastFixedDay[index] ?? 0)) continue;
        lastFixedDay[index] = day;
        if (instants.at(-1) !== minute) instants.push(minute);
      } else if (!skipped) instants.push(minute);
    }
  }

  let wallBefore: number | undefined;
  for (let minute = fromMinute; minute < untilMinute; minute++) {
    const wall = minute + offsetAt(minute);
    for (let gap = (wallBefore ?? wall) + 1; gap < wall; gap++) look(gap, minute, true);
    look(wall, minute, false);
    wallBefore = wall;
  }
  return fired;
}

/** The zone's offset at a minute, in minutes, as the calendar has it. */
export function createAskOffset(timeZone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (minute) => {
    const [, day, month, year, hour, minutes] =
      /^(\d\d)\/(\d\d)\/(\d{4}), (\d\d):(\d\d)$/.exec(format.format(minute * MINUTE_MS)) ?? [];
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minutes)) / MINUTE_MS - minute;
  };
}

/** The same for minutes that follow each other: the calendar is asked at each quarter, and at each minute of one in which it changes. */
function createOffsetAt(timeZone: string): (minute: number) => number {
  const ask = createAskOffset(timeZone);
  let quarter = Number.NaN;
  let [atStart, atEnd] = [0, 0];
  return (minute) => {
    const here = Math.floor(minute / QUARTER);
    if (here !== quarter) {
      atStart = here === quarter + 1 ? atEnd : ask(here * QUARTER);
      atEnd = ask((here + 1) * QUARTER);
      quarter = here;
    }
    return atStart === atEnd ? atStart : ask(minute);
  };
}

function wallDay(day: number): WallDay {
  const date = new Date(day * DAY_MINUTES * MINUTE_MS);
  return {
    date: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
    lastDate: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}
