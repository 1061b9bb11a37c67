import { expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { readDocument } from "./read-document.ts";

const FILE = "reports/r.yaml";

test("readDocument() reads YAML and JSON to the same plain data", () => {
  const yaml = "report: a\nfilter:\n  - { path: agent.id, operator: exists }\nround: 2\n";
  const json = '{"report": "a", "filter": [{"path": "agent.id", "operator": "exists"}], "round": 2}';

  expect(readDocument(yaml, FILE).value).toEqual(readDocument(json, FILE).value);
  expect(readDocument(json, FILE).value).toEqual({
    report: "a",
    filter: [{ path: "agent.id", operator: "exists" }],
    round: 2,
  });
});

test("readDocument() locates a value, its key, and for what is missing the nearest parent", () => {
  const document = readDocument("report: a\nfilter:\n  - path: agent.id\n    operator: eq\n", FILE);

  expect(document.locate(["filter", 0, "operator"])).toBe("reports/r.yaml:4:15");
  expect(document.locate(["filter", 0, "operator"], true)).toBe("reports/r.yaml:4:5");
  expect(document.locate(["filter", 0, "value"])).toBe("reports/r.yaml:3:5");
  expect(document.locate(["interval"])).toBe("reports/r.yaml:1:1");
  expect(document.offsetOf(["filter", 0, "operator"])).toBe(51);
});

test("readDocument() counts lines through a byte order mark and carriage returns", () => {
  const document = readDocument("\uFEFFreport: a\r\ntitel: b\r\n", FILE);

  expect(document.value).toEqual({ report: "a", titel: "b" });
  expect(document.locate(["titel"], true)).toBe("reports/r.yaml:2:1");
});

test("readDocument() keeps a key named __proto__ as data that reaches no prototype", () => {
  const { value } = readDocument('{"__proto__": {"polluted": true}, "constructor": 1}', FILE);

  expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
  expect((value as { polluted?: boolean }).polluted).toBeUndefined();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

const REFUSED: readonly (readonly [what: string, text: string, message: string])[] = [
  ["an alias", "a: &x 1\nb: *x\n", "reports/r.yaml:2:4: aliases are not allowed"],
  ["an alias as key", "a: &x 1\n*x : 2\n", "reports/r.yaml:2:1: a key must be a plain word"],
  ["a number as key", "a: 1\n2: b\n", "reports/r.yaml:2:1: a key must be a plain word"],
  ["a list as key", "? [a]\n: 1\n", "reports/r.yaml:1:3: a key must be a plain word"],
  ["no key", "? \n: 1\n", "reports/r.yaml:1:3: a key must be a plain word"],
  ["a duplicate key", "a: 1\nb: 2\na: 3\n", 'reports/r.yaml:3:1: the key "a" stands twice'],
  ["a duplicate key below", "a:\n  - { b: 1, b: 1 }\n", 'reports/r.yaml:2:13: the key "b" stands twice'],
  ["a tag of a language", "a: !!js/function x\n", "reports/r.yaml:1:4: Unresolved tag: tag:yaml.org,2002:js/function"],
  ["a tag of one's own", "a: !secret x\n", "reports/r.yaml:1:4: Unresolved tag: !secret"],
  ["a binary", "a: !!binary aGk=\n", "reports/r.yaml:1:13: the tag tag:yaml.org,2002:binary is not allowed"],
  ["a second document", "a: 1\n---\nb: 2\n", "reports/r.yaml:2:1: a second document begins; write one report a file"],
  ["a tab as indentation", "a:\n\tb: 1\n", "reports/r.yaml:2:1: Tabs are not allowed as indentation"],
  ["33 levels", `${"[".repeat(34)}${"]".repeat(34)}`, "reports/r.yaml:1:34: nested deeper than 32 levels"],
];

test.each(REFUSED)("readDocument() refuses %s and names the place", (_what, text, message) => {
  expect(refusal(text)).toMatchObject({ code: "definition.invalid", message });
});

test("readDocument() takes tags that only say what plain YAML says", () => {
  expect(readDocument("a: !!str 5\nb: !!seq [1]\n", FILE).value).toEqual({ a: "5", b: [1] });
});

test("readDocument() takes 32 levels", () => {
  expect(() => readDocument(`${"[".repeat(32)}1${"]".repeat(32)}`, FILE)).not.toThrow();
});

test.each(["[".repeat(200_000), `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "- ".repeat(100_000)])(
  "readDocument() answers to brackets without end with one message (%#)",
  (text) => {
    expect(refusal(text).message).toMatch(/^reports\/r\.yaml:1:\d+: nested deeper than 32 levels$/);
  },
);

test("readDocument() refuses more than 256 KiB, and reads that much in no time", () => {
  const keys = Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join("\n");

  expect(Object.keys(readDocument(keys.slice(0, 256 * 1024 - 10), FILE).value as object).length).toBeGreaterThan(
    24_000,
  );
  expect(refusal(`a: ${"x".repeat(256 * 1024)}`).message).toBe("reports/r.yaml: larger than 262144 bytes");
}, 30_000);

test("readDocument() reads nothing as nothing", () => {
  expect(readDocument("", FILE).value).toBeNull();
  expect(readDocument("# only words\n", FILE).locate(["report"])).toBe("reports/r.yaml:1:1");
});

function refusal(text: string): ReportError {
  try {
    readDocument(text, FILE);
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error("readDocument() took it");
}
