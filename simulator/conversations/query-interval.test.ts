import fc from "fast-check";
import { expect, test } from "vitest";
import { conversation, smallCentre } from "../../test/simulator/small-centre.ts";
import { checkLength, indicesIn, parseInterval } from "./query-interval.ts";

test.each([
  ["2024-05-01T00:00:00.000Z/2024-05-02T00:00:00Z", "2024-05-01T00:00:00.000Z", "2024-05-02T00:00:00.000Z"],
  ["2024-05-01T02:00+02:00/2024-05-02T02:00:00+0200", "2024-05-01T00:00:00.000Z", "2024-05-02T00:00:00.000Z"],
  ["2024-05-01T00Z/2024-05-01T00:00:00.123456Z", "2024-05-01T00:00:00.000Z", "2024-05-01T00:00:00.123Z"],
])("parseInterval() reads %s", (text, start, end) => {
  const { startAt, endAt } = parseInterval(text);
  expect([new Date(startAt).toISOString(), new Date(endAt).toISOString()]).toEqual([start, end]);
});

test.each([
  "",
  "2024-05-01T00:00:00Z",
  "2024-05-01/2024-05-02",
  "2024-05-01T00:00:00/2024-05-02T00:00:00",
  "2024-02-30T00:00:00Z/2024-03-02T00:00:00Z",
  "2024-05-01T00:00:00Z/P1D",
  "2024-05-01T25:00:00Z/2024-05-03T00:00:00Z",
  "2024-05-01T00:00:00Z/2024-05-02T00:00:00Z/2024-05-03T00:00:00Z",
])("parseInterval() refuses %j as no interval", (text) => {
  expect(() => parseInterval(text)).toThrow("Dates must be specified as ISO-8601 strings");
});

test("parseInterval() refuses an end that is not after its start", () => {
  expect(() => parseInterval("2024-05-02T00:00:00Z/2024-05-02T00:00:00Z")).toThrow("must be after its start");
});

test("checkLength() allows 7 days, 31 with a filter, and not a millisecond more", () => {
  const ofDays = (days: number, ms = 0) => ({ startAt: 0, endAt: days * 86_400_000 + ms });
  expect(() => checkLength(ofDays(7), false, "c")).not.toThrow();
  expect(() => checkLength(ofDays(7, 1), false, "c")).toThrow("does not exceed 7 days");
  expect(() => checkLength(ofDays(31), true, "c")).not.toThrow();
  expect(() => checkLength(ofDays(31, 1), true, "c")).toThrow("does not exceed 31 days");
});

const at = (hour: number): string => new Date(Date.UTC(2024, 4, 1, hour)).toISOString();

test("indicesIn() gives the call that began before the interval on a day that it touches, if it was still going on", () => {
  const { conversations } = smallCentre([
    conversation({ start: "2024-05-01T12:40:00.000Z", end: "2024-05-01T13:10:00.000Z" }),
    conversation({ start: "2024-05-01T12:50:00.000Z", end: "2024-05-01T13:00:00.000Z" }),
    conversation({ start: "2024-05-01T13:59:59.999Z" }),
    conversation({ start: "2024-05-01T14:00:00.000Z" }),
  ]);
  const interval = parseInterval("2024-05-01T13:00:00Z/2024-05-01T14:00:00Z");
  expect([...indicesIn(conversations, interval, "withActivity")]).toEqual([0, 2]);
  expect([...indicesIn(conversations, interval, "wholeDays")]).toEqual([0, 1, 2, 3]);
});

test("indicesIn() leaves a call across midnight to the day on which it began", () => {
  const { conversations } = smallCentre([
    conversation({ start: "2024-05-01T23:50:00.000Z", end: "2024-05-02T00:20:00.000Z" }),
  ]);
  expect([...indicesIn(conversations, parseInterval(`${at(0)}/${at(24)}`), "withActivity")]).toEqual([0]);
  expect([...indicesIn(conversations, parseInterval(`${at(24)}/${at(48)}`), "withActivity")]).toEqual([]);
});

test("indicesIn() agrees with a look at every conversation", () => {
  const hours = fc.integer({ min: 0, max: 72 });
  const calls = fc.array(
    fc.record({ start: hours, length: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      calls,
      hours,
      fc.integer({ min: 1, max: 48 }),
      fc.constantFrom("withActivity" as const, "wholeDays" as const),
      (rows, from, width, rule) => {
        const sorted = rows.toSorted((left, right) => left.start - right.start);
        const { conversations } = smallCentre(
          sorted.map(({ start, length }) =>
            conversation({ start: at(start), ...(length === undefined ? {} : { end: at(start + length) }) }),
          ),
        );
        const firstDay = Math.floor(from / 24);
        const lastDay = Math.ceil((from + width) / 24) - 1;
        const expected = sorted.flatMap(({ start, length = 1000 }, index) => {
          const day = Math.floor(start / 24);
          const touched = day >= firstDay && day <= lastDay;
          const active = start < from + width && (start >= from || start + length > from);
          return touched && (rule === "wholeDays" || active) ? [index] : [];
        });
        const interval = parseInterval(`${at(from)}/${at(from + width)}`);
        expect([...indicesIn(conversations, interval, rule)]).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});
