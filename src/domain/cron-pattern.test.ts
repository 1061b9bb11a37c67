import { expect, test } from "vitest";
import { type CronPattern, everTakesDay, isEitherDay, isFixedTime, takesDay } from "./cron-pattern.ts";

const DAILY: CronPattern = {
  text: "0 2 * * *",
  second: 0,
  minutes: [0],
  hours: [2],
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
};

/** The days of a month of 2026 that the pattern takes. */
function daysTaken(pattern: CronPattern, month: number): number[] {
  return Array.from({ length: new Date(Date.UTC(2026, month, 0)).getUTCDate() }, (_, index) => index + 1).filter(
    (day) => takesDay(pattern, Date.UTC(2026, month - 1, day)),
  );
}

test("takesDay() takes a day of the month or one of the week where both are set", () => {
  const either = { ...DAILY, daysOfMonth: { days: [13], last: false }, daysOfWeek: { days: [5], last: [] } };

  expect(isEitherDay(either)).toBe(true);
  expect(daysTaken(either, 11)).toEqual([6, 13, 20, 27]);
  expect(daysTaken(either, 10)).toEqual([2, 9, 13, 16, 23, 30]);
});

test("takesDay() knows the last day, the last Friday, and the second Monday", () => {
  expect(daysTaken({ ...DAILY, daysOfMonth: { days: [], last: true } }, 2)).toEqual([28]);
  expect(daysTaken({ ...DAILY, daysOfWeek: { days: [], last: [5] } }, 11)).toEqual([27]);
  expect(daysTaken({ ...DAILY, daysOfWeek: { days: [1], nth: 2, last: [] } }, 11)).toEqual([9]);
  expect(daysTaken({ ...DAILY, daysOfWeek: { days: [1], nth: 5, last: [] } }, 11)).toEqual([30]);
});

test("takesDay() takes only days of the months named", () => {
  expect(daysTaken({ ...DAILY, months: [2] }, 3)).toEqual([]);
  expect(daysTaken({ ...DAILY, months: [2] }, 2)).toHaveLength(28);
});

test("everTakesDay() finds the rarest day, and none where there is none", () => {
  expect(everTakesDay({ ...DAILY, months: [2], daysOfWeek: { days: [0], nth: 5, last: [] } })).toBe(true);
  expect(everTakesDay({ ...DAILY, months: [2], daysOfMonth: { days: [30, 31], last: false } })).toBe(false);
});

test("isFixedTime() is one minute of one hour", () => {
  expect(isFixedTime(DAILY)).toBe(true);
  expect(isFixedTime({ ...DAILY, hours: [2, 14] })).toBe(false);
  expect(isFixedTime({ ...DAILY, minutes: [0, 30] })).toBe(false);
});
