import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsPattern } from "./fits-pattern.ts";

test.each([
  ["s3:*", "s3:getobject", true],
  ["s3:get*", "s3:putobject", false],
  ["s3:getobject", "s3:getobjectacl", false],
  ["*", "", true],
  ["?", "", false],
  ["a?c", "abc", true],
  ["a*b*c", "aXbXbXc", true],
  ["a*b*c", "aXcXb", false],
  ["arn:aws:s3:::reports/*", "arn:aws:s3:::reports/daily/x", true],
  [".*", "abc", false],
])("fitsPattern(%j, %j) is %j", (pattern, text, fits) => {
  expect(fitsPattern(pattern, text)).toBe(fits);
});

test("fitsPattern() agrees with the same pattern as a regular expression", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*?]{0,8}$/), fc.stringMatching(/^[ab]{0,8}$/), (pattern, text) => {
      const same = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
      expect(fitsPattern(pattern, text)).toBe(same.test(text));
    }),
    { numRuns: 5000 },
  );
});

test("fitsPattern() of many stars takes no longer than both lengths multiplied", () => {
  expect(fitsPattern(`${"*a".repeat(2000)}b`, "a".repeat(4000))).toBe(false);
});
