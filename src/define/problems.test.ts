import { expect, test } from "vitest";
import { problemsError, quoted, throwProblems } from "./problems.ts";
import { readDocument } from "./read-document.ts";

const DOCUMENT = readDocument("a: 1\nb: 2\nc: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n", "r.yaml");

test("throwProblems() does nothing when there is none", () => {
  expect(() => throwProblems(DOCUMENT, [])).not.toThrow();
});

test("problemsError() lists problems in the order of the file, each once, with the code of the first", () => {
  const error = problemsError(DOCUMENT, [
    { path: ["c", 10], message: "last" },
    { path: ["b"], message: "second", code: "definition.unknown_word" },
    { path: ["c", 1], message: "third" },
    { path: ["b"], message: "second", code: "definition.unknown_word" },
  ]);

  expect(error.code).toBe("definition.unknown_word");
  expect(error.message.split("\n")).toEqual(["r.yaml:2:4: second", "r.yaml:3:8: third", "r.yaml:3:36: last"]);
});

test("problemsError() shows control characters instead of obeying them, and cuts endless texts", () => {
  const { message } = problemsError(DOCUMENT, [
    { path: ["a"], message: "name \u001b[31mred\nr.yaml:9:9: forged \u0085" },
    { path: ["b"], message: "x".repeat(10_000) },
  ]);

  expect(message.split("\n")).toHaveLength(2);
  expect(message).toContain("name \\u001b[31mred\\u000ar.yaml:9:9: forged \\u0085");
  expect(message.length).toBeLessThan(1000);
});

test("problemsError() lists a hundred problems and counts the others", () => {
  const problems = Array.from({ length: 130 }, (_, index) => ({ path: ["a"], message: `problem ${index}` }));

  const lines = problemsError(DOCUMENT, problems).message.split("\n");

  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe("… and 30 more");
});

test.each([
  ["a text", '"a text"'],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [[1, null], "[1,null]"],
  [undefined, "nothing"],
  ["x".repeat(200), `"${"x".repeat(79)}…`],
])("quoted(%j) is %s", (value, text) => {
  expect(quoted(value)).toBe(text);
});
