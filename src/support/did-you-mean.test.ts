import fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, suggestion } from "./did-you-mean.ts";

const WORDS = ["csv", "json", "html", "interval", "measures", "title"];

test.each([
  ["intervall", "interval"],
  ["measrues", "measures"],
  ["tilte", "title"],
  ["JSON", "json"],
  ["csvv", "csv"],
  ["itl", undefined],
  ["window", undefined],
  ["", undefined],
])("didYouMean(%j) is %j", (word, meant) => {
  expect(didYouMean(word, WORDS)).toBe(meant);
});

test("didYouMean() takes the nearest word, and of equals the first", () => {
  expect(didYouMean("agent.nme", ["agent.id", "agent.name"])).toBe("agent.name");
  expect(didYouMean("cat", ["bat", "hat"])).toBe("bat");
});

test("suggestion() is a sentence or nothing", () => {
  expect(suggestion("tilte", WORDS)).toBe(' Did you mean "title"?');
  expect(suggestion("x", [])).toBe("");
});

test("didYouMean() agrees with the distance by definition on every word of a small world", () => {
  const words = smallWords(3);
  for (const word of words) {
    const limit = Math.max(1, Math.floor(word.length / 3));
    for (const candidate of words) {
      const expected = distance(word, candidate) <= limit ? candidate : undefined;
      expect(didYouMean(word, [candidate]), `${word} ${candidate}`).toBe(expected);
    }
  }
});

test("didYouMean() finds a word in which one letter was changed", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(19), fc.constantFrom("1", "2"), (word, at, letter) => {
      const index = at % word.length;
      const changed = word.slice(0, index) + letter + word.slice(index + 1);
      expect(didYouMean(changed, [word])).toBe(word);
    }),
  );
});

test("didYouMean() does not compare a text without end letter by letter", () => {
  const [long, words] = ["x".repeat(300_000), Array.from({ length: 500 }, (_, index) => `word-${index}`)];

  expect(didYouMean(long, words)).toBeUndefined();
}, 15_000);

/** Every word of up to so many letters of a, b, c. */
function smallWords(length: number): string[] {
  if (length === 0) return [""];
  const shorter = smallWords(length - 1);
  return [...new Set([...shorter, ...shorter.flatMap((word) => ["a", "b", "c"].map((letter) => word + letter))])];
}

/** Optimal string alignment by its recursive definition. */
function distance(left: string, right: string): number {
  if (left === "" || right === "") return left.length + right.length;
  const [l, r] = [left.slice(0, -1), right.slice(0, -1)];
  const same = left.at(-1) === right.at(-1) ? 0 : 1;
  const ways = [distance(l, right) + 1, distance(left, r) + 1, distance(l, r) + same];
  if (left.length > 1 && right.length > 1 && left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1))
    ways.push(distance(left.slice(0, -2), right.slice(0, -2)) + 1);
  return Math.min(...ways);
}
