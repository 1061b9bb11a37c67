/** Forty patterns, each with what it takes written out by hand. */
import type { NaivePattern, WallDay } from "./naive-rule.ts";

type Takes = (value: number) => boolean;

const any: Takes = () => true;
const everyDay = (): boolean => true;
const is =
  (...values: readonly number[]): Takes =>
  (value) =>
    values.includes(value);
const from =
  (first: number, last: number): Takes =>
  (value) =>
    value >= first && value <= last;
const each =
  (step: number): Takes =>
  (value) =>
    value % step === 0;

function fixed(text: string, hour: number, minute: number, day: (day: WallDay) => boolean = everyDay): NaivePattern {
  return { text, fixed: true, minute: is(minute), hour: is(hour), day };
}

function interval(text: string, minute: Takes, hour: Takes, day: (day: WallDay) => boolean = everyDay): NaivePattern {
  return { text, fixed: false, minute, hour, day };
}

/** Fixed times around the hours in which clocks change, on all days and on some; then intervals, from rare to each minute. */
export const PATTERNS: readonly NaivePattern[] = [
  fixed("0 0 * * *", 0, 0),
  fixed("@daily", 0, 0),
  fixed("15 0 * * *", 0, 15),
  fixed("59 0 * * *", 0, 59),
  fixed("0 1 * * *", 1, 0),
  fixed("30 1 * * *", 1, 30),
  fixed("45 1 * * *", 1, 45),
  fixed("0 2 * * *", 2, 0),
  fixed("15 2 * * *", 2, 15),
  fixed("30 2 * * *", 2, 30),
  fixed("59 2 * * *", 2, 59),
  fixed("0 3 * * *", 3, 0),
  fixed("30 3 * * *", 3, 30),
  fixed("0 4 * * *", 4, 0),
  fixed("30 4 * * *", 4, 30),
  fixed("0 12 * * *", 12, 0),
  fixed("30 23 * * *", 23, 30),
  fixed("59 23 * * *", 23, 59),
  fixed("30 2 * * SUN", 2, 30, ({ weekday }) => weekday === 0),
  fixed("0 2 * * 1-5", 2, 0, ({ weekday }) => weekday >= 1 && weekday <= 5),
  fixed("0 0 1 * *", 0, 0, ({ date }) => date === 1),
  fixed("30 2 L * *", 2, 30, ({ date, lastDate }) => date === lastDate),
  fixed("30 1 * * 0#1", 1, 30, ({ date, weekday }) => weekday === 0 && date <= 7),
  fixed("30 2 * * 0L", 2, 30, ({ date, weekday, lastDate }) => weekday === 0 && date > lastDate - 7),
  fixed("0 2 8-14 * SUN", 2, 0, ({ date, weekday }) => weekday === 0 || (date >= 8 && date <= 14)),
  fixed("30 2 29 2,3,10 *", 2, 30, ({ date, month }) => date === 29 && [2, 3, 10].includes(month)),
  interval("@hourly", is(0), any),
  interval("30 * * * *", is(30), any),
  interval("*/15 * * * *", each(15), any),
  interval("*/20 1-3 * * *", each(20), from(1, 3)),
  interval("0 */2 * * *", is(0), each(2)),
  interval("0 1-23/3 * * *", is(0), (hour) => hour % 3 === 1),
  interval("30 1,2,3 * * *", is(30), is(1, 2, 3)),
  interval("0,30 2 * * *", is(0, 30), is(2)),
  interval("30 2,14 * * *", is(30), is(2, 14)),
  interval("0 8-18 * * MON-FRI", is(0), from(8, 18), ({ weekday }) => weekday >= 1 && weekday <= 5),
  interval("*/10 0 * * 0,6", each(10), is(0), ({ weekday }) => weekday === 0 || weekday === 6),
  interval(
    "5-55/10 * L,1 * 7",
    (minute) => minute % 10 === 5,
    any,
    ({ date, weekday, lastDate }) => date === lastDate || date === 1 || weekday === 0,
  ),
  interval("* 2 * 3,10,11 *", any, is(2), ({ month }) => [3, 10, 11].includes(month)),
  interval("* * 25-31 * *", any, any, ({ date }) => date >= 25),
];
