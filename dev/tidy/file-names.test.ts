import { expect, test } from "vitest";
import { fileNames } from "./file-names.ts";

function judge(...paths: string[]): string[] {
  return fileNames(new Map(paths.map((path) => [path, ""]))).map(({ message }) => message);
}

test("fileNames() accepts kebab-case, endings, customary names in the root, and Python's underscore", () => {
  const paths = [
    "src/merge/merge-sorted.test.ts",
    "README.md",
    "data/README.md",
    ".ci/run",
    ".npmrc",
    "data/calls-1999-02.tsv.gz",
    "tsconfig.build.json",
    "bench/peers/fixed_tutorial.py",
    "docs/decisions/0001-node-from-npm.md",
  ];
  expect(judge(...paths)).toEqual([]);
});

test.each([
  ["src/merge/mergeSorted.ts", "mergeSorted.ts is not kebab-case; rename it to merge-sorted.ts"],
  ["src/Merge/sorted.ts", "Merge is not kebab-case; rename it to merge"],
  ["src/merge/merge_sorted.ts", "merge_sorted.ts is not kebab-case; rename it to merge-sorted.ts"],
  ["docs/CHANGELOG.md", "CHANGELOG.md is not kebab-case; rename it to changelog.md"],
])("fileNames() reports %s", (path, message) => {
  expect(judge(path)).toEqual([message]);
});
