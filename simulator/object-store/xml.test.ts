import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findChildren, findText, parseXml, writeXml } from "./xml.ts";

describe("parseXml()", () => {
  test("reads elements, attributes, entities and comments", () => {
    const root = parseXml(
      `<?xml version="1.0"?>\n<a xmlns="x"><!-- note --><b k='1'>&lt;&#x41;&#66;&amp;</b><b/> </a>`,
    );
    expect(root.name).toBe("a");
    expect(findText(root, "b")).toBe("<AB&");
    expect(root.children[0]?.attributes.get("k")).toBe("1");
    expect(findChildren(root, "b")).toHaveLength(2);
  });

  test.each([
    ["nothing", ""],
    ["two roots", "<a/><b/>"],
    ["crossed tags", "<a><b></a></b>"],
    ["an open end", "<a><b>"],
    ["text outside", "<a/>text"],
    ["a document type", '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'],
    ["an unknown entity", "<a>&e;</a>"],
    ["a bare ampersand", "<a>this & that</a>"],
    ["a pit of elements", "<a>".repeat(100) + "</a>".repeat(100)],
  ])("refuses %s", (_what, text) => {
    expect(() => parseXml(text)).toThrow("not well-formed");
  });

  test("reads back any text that writeXml() wrote", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(findText(parseXml(writeXml("a", { b: text })), "b")).toBe(text);
      }),
    );
  });
});

test("writeXml() repeats lists, leaves out undefined and writes attributes", () => {
  expect(writeXml("a", { b: [1, 2], c: undefined, d: { "@t": 'x"', e: true } }, "")).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a><b>1</b><b>2</b><d t="x&#34;"><e>true</e></d></a>',
  );
});
