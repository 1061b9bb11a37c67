import { expect, test } from "vitest";
import { scanSource } from "./scan-source.ts";

test("scanSource() blanks comments and the insides of strings, and keeps every place", () => {
  const text = 'const a = "x // y"; // why "not"\n/* b\n "c" */ d;\n';
  const { code, literals } = scanSource(text);
  expect(code.replaceAll(" ", ".")).toBe('const.a.=."______";.............\n....\n........d;\n');
  expect(literals).toEqual([{ start: 10, text: "x // y" }]);
  expect(code).toHaveLength(text.length);
});

test("scanSource() reads escapes, and the code inside template substitutions", () => {
  const { code, literals } = scanSource("f('it\\'s', `a$" + '{g({ b: "c" })}d`, h);');
  expect(code).toBe("f('_____', `_$" + '{g({ b: "_" })}_`, h);');
  expect(literals.map((literal) => literal.text)).toEqual(["it\\'s", "a", "c"]);
});

test("scanSource() takes a quote or slash inside a regular expression for neither string nor comment", () => {
  expect(scanSource("const a = /[\"/]'\\/\\/*/g; b;").code).toBe("const a = /__________/g; b;");
  expect(scanSource('return /"/.test(a) / 2 / b; "c"').literals).toEqual([{ start: 28, text: "c" }]);
});

test("scanSource() reads a file that ends inside a string, a comment or a template", () => {
  for (const text of ['a = "b', "a = 'b\nc = 1", "/* a", "`a${b"])
    expect(scanSource(text).code).toHaveLength(text.length);
  expect(scanSource("a = 'b\nc = 1").code).toBe("a = '_\nc = 1");
});
