import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCron } from "./parse-cron.ts";

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

test("parseCron() reads five fields, or six with a second in front", () => {
  expect(parseCron("0 2 * * *")).toEqual({
    text: "0 2 * * *",
    second: 0,
    minutes: [0],
    hours: [2],
    months: ALL_MONTHS,
  });
  expect(parseCron(" 30  15 8-10,22/1 1,15,L JAN-mar MON,5L ")).toEqual({
    text: " 30  15 8-10,22/1 1,15,L JAN-mar MON,5L ",
    second: 30,
    minutes: [15],
    hours: [8, 9, 10, 22, 23],
    months: [1, 2, 3],
    daysOfMonth: { days: [1, 15], last: true },
    daysOfWeek: { days: [1], last: [5] },
  });
});

test("parseCron() takes 0 and 7 for Sunday, # for the one in the month, and ? for any day", () => {
  expect(parseCron("*/20 */8 ? * 1#2")).toMatchObject({
    minutes: [0, 20, 40],
    hours: [0, 8, 16],
    daysOfWeek: { days: [1], nth: 2, last: [] },
  });
  expect(parseCron("0 0 * * 7")).toMatchObject({ daysOfWeek: { days: [0] } });
  expect(parseCron("0 0 * * 5-7")).toMatchObject({ daysOfWeek: { days: [0, 5, 6] } });
  expect(parseCron("0 0 1 * ?")).not.toHaveProperty("daysOfWeek");
});

test("parseCron() reads words, whatever their case, and keeps the author's text", () => {
  expect(parseCron("@Daily")).toEqual({ text: "@Daily", second: 0, minutes: [0], hours: [0], months: ALL_MONTHS });
  expect(parseCron("@weekly")).toMatchObject({ daysOfWeek: { days: [0] } });
  expect(parseCron("@monthly")).toMatchObject({ daysOfMonth: { days: [1], last: false } });
});

describe("I12: parseCron() refuses what is no schedule of a report, at its place", () => {
  const CASES: readonly (readonly [text: string, offset: number, refused: string])[] = [
    ["61 2 * * *", 0, 'the minute "61" is none. It takes 0 to 59'],
    ["0 25 * * *", 2, 'the hour "25" is none. It takes 0 to 23'],
    ["0 2 32 * *", 4, 'the day of month "32" is none'],
    ["0 2 15W * *", 4, 'the day of month "15W" is none'],
    ["0 2 * FOO *", 6, 'the month "FOO" is none'],
    ["0 2 * * 8", 8, 'the day of week "8" is none'],
    ["0 2 * * 1#6", 8, 'the day of week "1#6" is none'],
    ["0 22-2 * * *", 2, 'the hour "22-2" is none'],
    ["0 */0 * * *", 2, 'the hour "*/0" is none'],
    ["? 2 * * *", 0, 'the minute "?" is none'],
    ["H 2 * * *", 0, 'the minute "H" is none'],
    ["0 H(1-3) * * *", 2, 'the hour "H(1-3)" is none'],
    ["* * * * * *", 0, 'the second "*" is more than one. A report runs once a minute at most'],
    ["0,30 * * * * *", 0, 'the second "0,30" is more than one'],
    ["", 0, "it has 0 fields, not 5"],
    ["0 2 * *", 0, "it has 4 fields, not 5 (minute, hour, day of month, month, day of week) or 6"],
    ["0 2 * * * * 2026", 0, "it has 7 fields"],
    ["@dayly", 0, 'Did you mean "@daily"? Words are @hourly, @daily'],
    ["@reboot", 0, "Words are @hourly"],
    ["0 0 30 2 *", 4, "it never fires, for no year has such a day"],
    ["0 0 31 4,6,9,11 *", 4, "it never fires"],
    ["5 0 0 31 FEB *", 6, "it never fires"],
    [`0 ${"1,".repeat(5000)}1 * * *`, 0, "Cannot use a cron expression of 10009 characters: at most 400."],
  ];
  test.each(CASES)("%s", (text, offset, refused) => {
    expect(parseCron(text)).toEqual({ offset, refused: expect.stringContaining(refused) });
  });
});

test("I12: parseCron() takes days that come seldom", () => {
  for (const text of ["0 0 29 2 *", "0 0 30 2 1", "0 0 * 2 1#5", "0 0 L 2 *", "0 0 31 1,2 *"])
    expect(parseCron(text), text).not.toHaveProperty("refused");
});

test("I12: parseCron() answers with a pattern or a refusal, whatever it is given", () => {
  const sign = fc.constantFrom(...Array.from("0123456789*/,-?#L@HW JANMONabc \t\n\u00e9"));
  const line = fc.array(sign, { maxLength: 60 }).map((signs) => signs.join(""));
  fc.assert(
    fc.property(line, (text) => {
      const read = parseCron(text);
      if ("refused" in read) expect(text.slice(read.offset) === "").toBe(text === "");
      else expect(read.minutes.length * read.hours.length * read.months.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});
