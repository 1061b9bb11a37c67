import { expect, test } from "vitest";
import type { ReportColumn } from "../../domain/report-table.ts";
import { formatLongTime, formatMeasure, formatNumber, formatWithUnit } from "./format-number.ts";

test.each([
  [0, 0, "0"],
  [999, 0, "999"],
  [33_344, 0, "33\u202f344"],
  [1_234_567.891, 2, "1\u202f234\u202f567.89"],
  [-1234.5, 2, "−1\u202f234.50"],
  [-0.001, 2, "0.00"],
  [0.1 + 0.2, 2, "0.30"],
  [12.5, undefined, "12.5"],
  [1234.123456, undefined, "1\u202f234.123456"],
  [1e21, undefined, "1e+21"],
  [1e21, 2, "1e+21"],
  [Number.POSITIVE_INFINITY, 2, "Infinity"],
])("formatNumber() writes %d with %s decimals as %s", (value, decimals, expected) => {
  expect(formatNumber(value, decimals)).toBe(expected);
});

const MEASURE: ReportColumn = { name: "x", type: "decimal", role: "measure" };

test.each([
  [0.1273, { unit: "ratio" }, "12.73", "12.73\u00a0%"],
  [0.127344, { unit: "ratio", decimals: 6 }, "12.7344", "12.7344\u00a0%"],
  [0.3, { unit: "ratio", decimals: 1 }, "30", "30\u00a0%"],
  [176.353, { unit: "seconds" }, "176.35", "176.35\u00a0s"],
  [176.353, { unit: "seconds", decimals: 3 }, "176.353", "176.353\u00a0s"],
  [12.345, { unit: "seconds", role: "detail" }, "12.345", "12.345\u00a0s"],
  [97.5, { unit: "score" }, "97.50", "97.50"],
  [33_344, { unit: "count", type: "integer" }, "33\u202f344", "33\u202f344"],
] as const)("formatMeasure() writes %d of %o as %s", (value, facts, bare, withUnit) => {
  expect(formatMeasure(value, { ...MEASURE, ...facts })).toBe(bare);
  expect(formatWithUnit(value, { ...MEASURE, ...facts })).toBe(withUnit);
});

test.each([
  [119.99, undefined],
  [120, "2 min 0 s"],
  [176.353, "2 min 56 s"],
  [3599.6, "1 h 0 min"],
  [4_775_034, "1\u202f326 h 24 min"],
  [Number.NaN, undefined],
  [-500, undefined],
])("formatLongTime() writes %d seconds as %s", (seconds, expected) => {
  expect(formatLongTime(seconds)).toBe(expected);
});
