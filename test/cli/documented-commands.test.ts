// What the documentation tells people to type is there: every command with its options, every npm script, every report.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";
import { parseCron } from "../../src/define/parse-cron.ts";
import { parseDefinition } from "../../src/define/parse-definition.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["*.md", "docs/**/*.md", "data/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .map((name) => [name, readFileSync(join(ROOT, name), "utf8")] as const);

/** Command → the options of its help and, where it has commands of its own, of theirs. */
const known = new Map<string, ReadonlySet<string>>();
beforeAll(async () => {
  for (const command of commandsIn(await help())) {
    const own = await help(command);
    const parts = await Promise.all(commandsIn(own).map(async (part) => await help(command, part)));
    known.set(command, optionsIn([own, ...parts].join("\n")));
  }
});

test("R-17: every command of the documentation exists, and takes the options that it is shown with", () => {
  const shown = PAGES.flatMap(([page, text]) =>
    codeIn(text).flatMap((code) => commandLinesIn(code).map((line) => ({ page, ...line }))),
  );
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.filter(({ command, options }) => !takes(command, options))).toEqual([]);
});

test("R-17: every npm script of the documentation exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const shown = PAGES.flatMap(([page, text]) =>
    codeIn(text).flatMap((code) =>
      [...code.matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => ({ page, script: match[1] ?? "" })),
    ),
  );
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter(({ script }) => !(script in scripts))).toEqual([]);
});

test("R-17: every whole report of the documentation is a valid one", () => {
  const reports = PAGES.flatMap(([page, text]) =>
    [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
      .map((match) => match[1] ?? "")
      .filter((yaml) => /^report: /m.test(yaml) && !yaml.includes("…"))
      .map((yaml) => [page, yaml] as const),
  );
  expect(reports.length).toBeGreaterThan(0);
  for (const [page, yaml] of reports)
    expect(() => parseDefinition(yaml, page, undefined, parseCron), page).not.toThrow();
});

async function help(...command: string[]): Promise<string> {
  const printed: string[] = [];
  const world = { env: {}, cwd: ROOT, clock: SYSTEM_CLOCK, animated: false, signal: new AbortController().signal };
  const print = (text: string): void => void printed.push(text);
  await main([...command, "--help"], { ...world, out: print, err: print });
  return printed.join("");
}

function commandsIn(text: string): string[] {
  const [, list = ""] = text.split("\nCommands:\n");
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1] ?? "");
}

function optionsIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/--[a-z-]+/g)].map((match) => match[0]));
}

/** Fenced blocks and code inside lines. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```|`([^`\n]+)`/gm)].map((match) => match[1] ?? match[2] ?? "");
}

/** `callsheet WORD …` up to the end of its line or a comment. */
function commandLinesIn(code: string): { command: string; options: string[] }[] {
  return [...code.replaceAll(/#.*/g, "").matchAll(/\bcallsheet (?:-- )?([a-z]+)([^\n#|&;]*)/g)].map((match) => ({
    command: match[1] ?? "",
    options: (match[2] ?? "").match(/--[a-z-]+/g) ?? [],
  }));
}

function takes(command: string, options: readonly string[]): boolean {
  const taken = known.get(command);
  return taken !== undefined && options.every((option) => taken.has(option));
}
