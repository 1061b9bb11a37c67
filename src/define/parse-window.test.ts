import { expect, test } from "vitest";
import type { WindowSpec } from "../domain/report-definition.ts";
import { parseWindow, WINDOW_FORMS } from "./parse-window.ts";

const GOOD: readonly (readonly [words: string, window: WindowSpec])[] = [
  ["yesterday", { kind: "last", count: 1, unit: "day" }],
  ["today", { kind: "to_date", unit: "day" }],
  ["last week", { kind: "last", count: 1, unit: "week" }],
  ["Last 7 Days", { kind: "last", count: 7, unit: "day" }],
  ["last_7_days", { kind: "last", count: 7, unit: "day" }],
  ["  last   3  months ", { kind: "last", count: 3, unit: "month" }],
  ["last 1000 days", { kind: "last", count: 1000, unit: "day" }],
  ["last quarter", { kind: "last", count: 1, unit: "quarter" }],
  ["week to date", { kind: "to_date", unit: "week" }],
  ["month_to_date", { kind: "to_date", unit: "month" }],
  ["2024-W07", { kind: "local_days", startDay: "2024-02-12", endDay: "2024-02-19" }],
  ["2020-w53", { kind: "local_days", startDay: "2020-12-28", endDay: "2021-01-04" }],
  ["2026-W01", { kind: "local_days", startDay: "2025-12-29", endDay: "2026-01-05" }],
  ["2024-01-01/2024-02-01", { kind: "local_days", startDay: "2024-01-01", endDay: "2024-02-01" }],
  ["2024-02-28 / 2024-02-29", { kind: "local_days", startDay: "2024-02-28", endDay: "2024-02-29" }],
  [
    "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z",
    { kind: "instants", startAt: Date.UTC(2024, 0, 1), endAt: Date.UTC(2024, 0, 2) },
  ],
  [
    "2024-01-01T00:00:00+02:00/2024-01-01T00:00:00.5Z",
    { kind: "instants", startAt: Date.UTC(2023, 11, 31, 22), endAt: Date.UTC(2024, 0, 1, 0, 0, 0, 500) },
  ],
  [
    "1999-12-31T23:59:60Z/2000-01-01T00:00:01Z",
    { kind: "instants", startAt: Date.UTC(1999, 11, 31, 23, 59, 59), endAt: Date.UTC(2000, 0, 1, 0, 0, 1) },
  ],
];

test.each(GOOD)("parseWindow() reads %j", (words, window) => {
  expect(parseWindow(words)).toEqual(window);
});

test("parseWindow() reads each form that its help shows", () => {
  for (const form of WINDOW_FORMS.split(/, | or /)) {
    expect(parseWindow(form.replace(/ \((local days|ISO week)\)/, "")), form).not.toHaveProperty("refused");
  }
});

const BAD: readonly (readonly [words: string, refused: string])[] = [
  [
    "2024-01-02/2024-01-01",
    "Cannot use interval 2024-01-02/2024-01-01: end must be after start. Write the earlier one first.",
  ],
  [
    "2024-01-01/2024-01-01",
    "Cannot use interval 2024-01-01/2024-01-01: end must be after start. Write the earlier one first.",
  ],
  [
    "2024-01-01T01:00:00+02:00/2023-12-31T23:00:00Z",
    "Cannot use interval 2024-01-01T01:00:00+02:00/2023-12-31T23:00:00Z: end must be after start. Write the earlier one first.",
  ],
  [
    "2024-01-01T00:00:00/2024-01-02T00:00:00Z",
    'Cannot read "2024-01-01T00:00:00" in interval "2024-01-01T00:00:00/2024-01-02T00:00:00Z": write an instant with its offset, such as 2024-01-01T00:00:00Z, or two local days.',
  ],
  [
    "2023-02-29/2023-03-01",
    'Cannot read "2023-02-29" in interval "2023-02-29/2023-03-01": write an instant with its offset, such as 2024-01-01T00:00:00Z, or two local days.',
  ],
  [
    "2024-01-01/2024-01-02T00:00:00Z",
    'Cannot read "2024-01-01" in interval "2024-01-01/2024-01-02T00:00:00Z": write an instant with its offset, such as 2024-01-01T00:00:00Z, or two local days.',
  ],
  [
    "2024-01-01/2024-01-02/2024-01-03",
    'Cannot read interval "2024-01-01/2024-01-02/2024-01-03": write one start and one end.',
  ],
  ["last 0 days", 'Cannot use interval "last 0 days": the number must be from 1 to 1000.'],
  ["last 1001 days", 'Cannot use interval "last 1001 days": the number must be from 1 to 1000.'],
  ["2024-W53", 'Cannot use interval "2024-W53": the weeks of 2024 go from 01 to 52.'],
  ["2020-W54", 'Cannot use interval "2020-W54": the weeks of 2020 go from 01 to 53.'],
  ["2024-W00", 'Cannot use interval "2024-W00": the weeks of 2024 go from 01 to 52.'],
  ["2024-W7", `Cannot read interval "2024-W7". Write one of: ${WINDOW_FORMS}.`],
  ["", `Cannot read interval "". Write one of: ${WINDOW_FORMS}.`],
  ["tomorrow", `Cannot read interval "tomorrow". Write one of: ${WINDOW_FORMS}.`],
  ["PT1H", `Cannot read interval "PT1H". Write one of: ${WINDOW_FORMS}.`],
];

test.each(BAD)("R-14: parseWindow() refuses %j", (words, refused) => {
  expect(parseWindow(words)).toEqual({ refused });
});

test.each([
  "01/02/2024-03-03",
  "2024-1-1/2024-1-2",
  "2024-01-01 00:00/2024-01-02 00:00",
  "/",
  "//",
  "x/y",
  "2024-13-01/2024-14-01",
])("parseWindow() refuses %j, whatever it is", (words) => {
  expect(parseWindow(words)).toHaveProperty("refused");
});
