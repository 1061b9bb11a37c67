import { expect, test } from "vitest";
import { liveLinks } from "./live-links.ts";

const TREE = {
  "README.md": "# callsheet\n",
  "docs/architecture.md": "# How it is built, in five minutes\n\n## The simulator\n",
  "docs/images/page.png": "",
};

function judge(text: string, file = "docs/page.md"): string[] {
  return liveLinks(new Map(Object.entries({ ...TREE, [file]: text }))).map(
    ({ line, message }) => `${line}: ${message}`,
  );
}

test("R-17: liveLinks() accepts files, folders, images, headings, https, and what stands in code", () => {
  const lines = [
    "[up](../README.md) [beside](architecture.md) ![picture](images/page.png) [folder](images/)",
    "[heading](architecture.md#how-it-is-built-in-five-minutes) [own](#own-words) [web](https://example.org/a)",
    "## Own words",
    "`[code](nowhere.md)`",
    "```\n[code](nowhere.md)\n```",
  ];
  expect(judge(lines.join("\n"))).toEqual([]);
});

test.each([
  [
    "a file that is not there",
    "\n[a](archtecture.md)",
    "2: archtecture.md leads to docs/archtecture.md, which is not there",
  ],
  [
    "a heading that is not there",
    "[a](architecture.md#speed)",
    "1: architecture.md#speed: docs/architecture.md has no heading for #speed",
  ],
  ["a heading of its own that is not there", "[a](#speed)", "1: #speed: docs/page.md has no heading for #speed"],
  ["an address without https", "[a](http://example.org)", "1: http://example.org is no https address"],
])("R-17: liveLinks() reports %s", (_name, text, message) => {
  expect(judge(text)).toEqual([message]);
});
