import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const NOW = Date.UTC(2024, 4, 20, 12);

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ["", undefined],
  ["0", 0],
  ["7", 7_000],
  [" 7 ", 7_000],
  ["2.5", 2_500],
  ["7, 99", 7_000],
  ["-5", undefined],
  ["+5", undefined],
  ["1e3", undefined],
  ["0x10", undefined],
  ["soon", undefined],
  ["Mon, 20 May 2024 12:00:30 GMT", 30_000],
  ["Monday, 20-May-24 12:00:30 GMT", 30_000],
  ["Mon May 20 12:00:30 2024", 30_000],
  ["Mon, 20 May 2024 11:00:00 GMT", 0],
  ["Mon, 99 May 2024 12:00:30 GMT", undefined],
  ["2024-05-20T12:00:30Z", undefined],
])("C2: parseRetryAfter(%j) is %j ms", (text, expected) => {
  expect(parseRetryAfter(text, NOW)).toBe(expected);
});

test("parseRetryAfter() gives back every date that HTTP can write, and never a negative wait", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e6, max: 1e6 }), (seconds) => {
      const date = new Date(NOW + seconds * 1000).toUTCString();
      expect(parseRetryAfter(date, NOW)).toBe(Math.max(0, seconds * 1000));
    }),
  );
});

test("parseRetryAfter() makes of any text a wait or nothing", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const wait = parseRetryAfter(text, NOW);
      expect(wait === undefined || wait >= 0).toBe(true);
    }),
  );
});
