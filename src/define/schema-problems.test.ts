import { expect, test } from "vitest";
import { z } from "zod";
import { readDocument } from "./read-document.ts";
import { parseShape, schemaProblems } from "./schema-problems.ts";

const SCHEMA = z.strictObject({
  size: z.union([z.number(), z.strictObject({ width: z.number(), unit: z.enum(["mm", "cm"]) })]),
  tags: z.array(z.string()).optional(),
});
const keysAt = (path: readonly (string | number)[]): string[] =>
  path.length === 0 ? ["size", "tags"] : ["width", "unit"];

test("parseShape() answers with the parsed value", () => {
  expect(parseShape(SCHEMA, readDocument("size: 5\n", "f.yaml"), keysAt)).toEqual({ size: 5 });
});

test("parseShape() throws everything that does not fit, in the order of the file", () => {
  expect(() => parseShape(SCHEMA, readDocument("tags: [1, a]\nsizee: 5\n", "f.yaml"), keysAt)).toThrow(
    [
      'f.yaml:1:1: Missing key "size".',
      'f.yaml:1:8: entry 1 of "tags" must be a text, not 1. Put it in quotes.',
      'f.yaml:2:1: Unknown key "sizee". Did you mean "size"?',
    ].join("\n"),
  );
});

const CASES: readonly (readonly [text: string, messages: readonly string[]])[] = [
  ["size: { width: 1, unti: mm }", ['Missing key "unit".', 'Unknown key "unti". Did you mean "unit"?']],
  ["size: { width: 1, unit: m }", ['Cannot use "m" for "unit". Did you mean "mm"? It takes mm, cm.']],
  ["size: { width: 1, unit: 5 }", ['Cannot use 5 for "unit". It takes mm, cm.']],
  ["size: { width: x, unit: mm }", ['"width" must be a number, not a text.']],
  ["size: x", ['"size" must be a number, not a text.']],
  ["size: 1\ntags: { a: 1 }", ['"tags" must be a list, not a map of keys.']],
  ["size: 1\ntags: null", ['"tags" must be a list, not empty.']],
  ["size: 1\ntags: [true]", ['entry 1 of "tags" must be a text, not true. Put it in quotes.']],
];

test.each(CASES)("schemaProblems() words what is wrong with %j", (text, messages) => {
  const { value } = readDocument(text, "f.yaml");
  const result = SCHEMA.safeParse(value);

  expect(result.error && schemaProblems(result.error, value, keysAt).map(({ message }) => message)).toEqual(messages);
});

test("schemaProblems() takes one list of keys for a whole document", () => {
  const value = { size: { width: 1, unit: "mm", taggs: 1 } };
  const result = SCHEMA.safeParse(value);

  expect(result.error && schemaProblems(result.error, value, ["size", "tags"])).toEqual([
    {
      path: ["size", "taggs"],
      onKey: true,
      message: 'Unknown key "taggs". Did you mean "tags"?',
      code: "definition.unknown_word",
    },
  ]);
});
