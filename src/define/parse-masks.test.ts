import { describe, expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { fieldsIn, fieldsShown } from "../domain/report-definition.ts";
import { parseDefinition } from "./parse-definition.ts";
import { PERSONAL_PATHS } from "./personal-fields.ts";
import { FIELDS } from "./vocabulary.ts";

const HEAD = "report: r\ninterval: yesterday\nrows: leg\n";

function masksOf(text: string): Record<string, string | undefined> {
  return Object.fromEntries(fieldsShown(parseDefinition(text, "r.yaml").shape).map(({ path, mask }) => [path, mask]));
}

test("parseMasks() masks every field of a class; a path has the last word", () => {
  const text = `${HEAD}columns: [customer.ani, session.callback.number, customer.dnis, conversation.attribute.a.b, conversation.attribute.tier]
mask: { ani: last4, attribute: hash, conversation.attribute.tier: show, customer.dnis: drop }
`;
  expect(masksOf(text)).toEqual({
    "customer.ani": "last4",
    "session.callback.number": "last4",
    "customer.dnis": "drop",
    "conversation.attribute.a.b": "hash",
    "conversation.attribute.tier": undefined,
  });
});

test("parseMasks() masks the fields of the filter, for its description", () => {
  const text =
    'report: r\ninterval: yesterday\nmeasures: [offered]\nfilter: [{ path: customer.ani, operator: eq, value: "1" }]\nmask: { ani: drop }\n';
  expect(fieldsIn(parseDefinition(text, "r.yaml").filter).map(({ mask }) => mask)).toEqual(["drop"]);
});

test("a report that masks nothing keeps its hash", () => {
  const text = `${HEAD}columns: [customer.ani]\n`;
  expect(masksOf(text)).toEqual({ "customer.ani": undefined });
  expect(parseDefinition(`${text}mask: { ani: drop }\n`, "r.yaml").hash).not.toBe(parseDefinition(text, "r.yaml").hash);
});

test("every path of personal data is one of the vocabulary, and holds texts", () => {
  for (const path of PERSONAL_PATHS.keys()) expect(FIELDS.get(path)?.type, path).toMatch(/^(?:text|code|uuid)$/);
});

describe("parseMasks() refuses what cannot be masked, at its place", () => {
  test.each([
    ["{ anni: hash }", 'Unknown class "anni". Did you mean "ani"? Classes of personal data are ani, dnis, address'],
    ["{ customer.annie: hash }", 'Unknown path "customer.annie". Did you mean "customer.ani"?'],
    ["{ routing.queue.name: hash }", 'Cannot mask "routing.queue.name": it is not personal data.'],
    ["{ agent: last4 }", 'Cannot use "last4" for "agent": it would show a part of it.'],
    ["{ participant.name: last4 }", 'Cannot use "last4" for "participant.name"'],
    ["{ ani: hide }", 'Cannot use "hide" for "ani". It takes last4, hash, drop, show.'],
  ])("%s", (masks, message) => {
    expect(messageOf(`${HEAD}columns: [customer.ani]\nmask: ${masks}\n`)).toContain(message);
    expect(messageOf(`${HEAD}columns: [customer.ani]\nmask: ${masks}\n`)).toMatch(/^r\.yaml:5:/);
  });

  test("groups of what is dropped would be one", () => {
    const text = "report: r\ninterval: yesterday\ngroupBy: [customer.ani]\nmeasures: [offered]\nmask: { ani: drop }\n";
    expect(messageOf(text)).toBe(
      'r.yaml:3:10: Cannot group by "customer.ani": its mask is "drop", so that all groups would be one. Use "hash", or remove it.',
    );
  });
});

function messageOf(text: string): string {
  try {
    parseDefinition(text, "r.yaml");
  } catch (error) {
    if (error instanceof ReportError) return error.message;
    throw error;
  }
  return "nothing is wrong";
}
