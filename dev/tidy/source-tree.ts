/**
 * The files that the tidy rules judge, as plain data: a map from path to text. Rules never touch the disk, so a test
 * hands them three lines of a made-up tree. Files that are not text are present with an empty text, for their names.
 */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** Path relative to the root, with forward slashes → text. */
export type SourceTree = ReadonlyMap<string, string>;

/** One broken agreement. `message` says what is wrong and how to mend it. */
export interface Finding {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Reads the tree below a folder, without what is generated, installed or private. */
export function readTree(root: string): SourceTree {
  const tree = new Map<string, string>();
  collect(root, "", tree);
  return tree;
}

/** The line, counted from 1, on which an offset of the text lies. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Whether a path is a test's. A suite holds tests too, which several files run, each on another adapter. */
export function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || (path.startsWith("test/") && path.endsWith("-suite.ts"));
}

/** The paths of TypeScript files below one of the folders, in order. */
export function typescriptIn(tree: SourceTree, ...folders: string[]): string[] {
  return [...tree.keys()].filter(
    (path) => path.endsWith(".ts") && folders.some((folder) => path.startsWith(`${folder}/`)),
  );
}

const LEFT_OUT = new Set([".git", ".vitest", ".callsheet", ".env", "coverage", "dist", "node_modules"]);

/** `out/` is left out at the root only, as in `.gitignore`. */
const LEFT_OUT_AT_ROOT = new Set(["out"]);

const TEXT = new Set([
  "",
  ".css",
  ".html",
  ".js",
  ".json",
  ".md",
  ".mjs",
  ".py",
  ".sh",
  ".sql",
  ".ts",
  ".tsx",
  ".yaml",
  ".yml",
]);

function collect(root: string, below: string, tree: Map<string, string>): void {
  const entries = readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (LEFT_OUT.has(entry.name) || (below === "" && LEFT_OUT_AT_ROOT.has(entry.name))) continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) collect(root, path, tree);
    else if (entry.isFile())
      tree.set(path, TEXT.has(extname(entry.name)) ? readFileSync(join(root, path), "utf8") : "");
  }
}
