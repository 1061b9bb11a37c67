import { expect, test } from "vitest";
import { spreadsheetSafe } from "./spreadsheet-safe.ts";

test.each([
  "=1+1",
  "+49 30 1234",
  "-12.5",
  "@SUM(A1)",
  "=cmd|'/c calc'!A1",
  "\t=1",
  "\tindented",
  "\rreturn",
  "\nline",
  "  =1+1",
  "\u00a0=1",
  "\u200b=1",
  "\u202e=1",
  "\ufeff=1",
  "\u0000=1",
  '"=1+1',
  "'=1+1",
  "' \"=1",
  "\uff1d1",
  "\uff0b1",
  "\uff0d1",
  "\uff201",
  "\u22121",
])("S-01: spreadsheetSafe() puts an apostrophe before %j", (text) => {
  expect(spreadsheetSafe(text)).toBe(`'${text}`);
});

test.each([
  "",
  "Sales",
  "a=b",
  "1-2",
  "0017",
  "12345678901234567890",
  "1e5",
  "TRUE",
  "'quoted'",
  "😀",
  "x@example.com",
])("spreadsheetSafe() leaves %j alone", (text) => {
  expect(spreadsheetSafe(text)).toBe(text);
});
