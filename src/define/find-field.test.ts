import { expect, test } from "vitest";
import { findField, unknownPath } from "./find-field.ts";
import { FIELDS } from "./vocabulary.ts";

test.each(["tier", "with.dots.and space", "ключ", "🔑", "__proto__", 'say "hi"', "<key>", "conversation.attribute.a"])(
  "findField() takes everything behind the prefix for the key: %s",
  (key) => {
    expect(findField(`conversation.attribute.${key}`)).toMatchObject({
      path: `conversation.attribute.${key}`,
      type: "text",
      home: "conversation",
      member: { at: "attribute", name: key, of: "conversation" },
      multiple: true,
      groupable: true,
      filterable: true,
    });
  },
);

test("findField() finds every path of the table, and nothing else", () => {
  for (const field of FIELDS.values()) expect(findField(field.path)).toEqual(field);
  for (const path of ["conversation.attribute", "conversation.attribute.", "routing.queue", "tAlert", ""])
    expect(findField(path), path).toBeUndefined();
});

test("unknownPath() asks for the key where it is empty, and knows the vendor's bare words", () => {
  const all = (): boolean => true;

  expect(unknownPath("conversation.attribute.", all)).toBe(
    'Missing key in "conversation.attribute.": write "conversation.attribute.<key>" with the attribute\'s key.',
  );
  expect(unknownPath("conversation.attributes.tier", all)).toContain("See `callsheet fields`.");
  expect(unknownPath("tAlert", all)).toContain('Did you mean "metric.tAlert"?');
  expect(unknownPath("metric.talerts", all)).toContain('Did you mean "metric.tAlert"?');
  expect(unknownPath("metric.tAlert", ({ filterable }) => !filterable)).not.toContain('Did you mean "metric.tAlert"?');
});
