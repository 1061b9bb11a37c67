import fc from "fast-check";
import { expect, test } from "vitest";
import { textMatches } from "./text-match.ts";

test.each([
  ["Stock exchange", "contains", "EXCH", true],
  ["Stock exchange", "contains", "exchanges", false],
  ["Stock exchange", "starts_with", "sto", true],
  ["Stock exchange", "starts_with", "tock", false],
  ["Élodie", "contains", "é", true],
  ["E\u0301lodie", "starts_with", "él", true],
  ["שירות", "starts_with", "שיר", true],
  ["100%", "contains", "%", true],
  ["a.c", "contains", "abc", false],
  ["a", "contains", "aa", false],
] as const)("textMatches() says whether %j %s %j", (text, operator, part, is) => {
  expect(textMatches(text, operator, part)).toBe(is);
});

test("textMatches() gives what a look at every place gives", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "A", "b", "B", "Ω", "ω", "é", "É", " ", "%", "."),
    maxLength: 6,
  });
  const same = (left: string, right: string): boolean => left === right || left.toUpperCase() === right.toUpperCase();
  let [found, missed] = [0, 0];
  fc.assert(
    fc.property(word, word, (text, part) => {
      const at = Array.from({ length: text.length + 1 }, (_, start) => start).filter((start) =>
        Array.from(part).every((sign, index) => start + index < text.length && same(text[start + index] ?? "", sign)),
      );
      expect(textMatches(text, "contains", part)).toBe(at.length > 0);
      expect(textMatches(text, "starts_with", part)).toBe(at[0] === 0);
      if (at.length > 0) found += 1;
      else missed += 1;
    }),
    { numRuns: 5000, seed: 3 },
  );
  expect(Math.min(found, missed)).toBeGreaterThan(300);
});
