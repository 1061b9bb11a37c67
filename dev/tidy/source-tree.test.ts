import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lineAt, readTree, typescriptIn } from "./source-tree.ts";

test("readTree() reads texts, names what is no text, and leaves out what is generated, installed or private", () => {
  const root = mkdtempSync(join(tmpdir(), "callsheet-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of [
    "src/a.ts",
    ".ci/run",
    "data/b.gz",
    "src/out/c.ts",
    "out/d.csv",
    "node_modules/e/f.js",
    "dist/g.js",
    ".env",
    ".callsheet/h.json",
    ".git/config",
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "text");
  }
  expect([...readTree(root)]).toEqual([
    [".ci/run", "text"],
    ["data/b.gz", ""],
    ["src/a.ts", "text"],
    ["src/out/c.ts", "text"],
  ]);
});

test("lineAt() counts from 1", () => {
  expect([0, 1, 2, 3].map((offset) => lineAt("a\nb\n", offset))).toEqual([1, 1, 2, 2]);
});

test("typescriptIn() keeps to the folders named", () => {
  const tree = new Map(["src/a.ts", "src/a.css", "srcs/b.ts", "test/c.ts"].map((path) => [path, ""]));
  expect(typescriptIn(tree, "src", "test")).toEqual(["src/a.ts", "test/c.ts"]);
});
