import { expect, test } from "vitest";
import { documentedExports } from "./documented-exports.ts";

function judge(text: string, file = "src/plan/cut-slices.ts"): string[] {
  return documentedExports(new Map([[file, text]])).map(({ line, message }) => `${line}: ${message.split(";")[0]}`);
}

const OPENING = "/** Cuts an interval into slices. */\n";

test("documentedExports() accepts a module that opens with a comment and documents what it exports", () => {
  const text = `${OPENING}import type { Slice } from "../domain/query-plan.ts";

/** How many slices at most. */
export const LIMIT = 10;

/**
 * Cuts it.
 */
// biome-ignore lint/complexity: it is one table
export async function cutSlices(): Promise<Slice[]> {
  return [];
}

export { LIMIT as MAXIMUM };
function helper() {}
`;
  expect(judge(text)).toEqual([]);
  expect(judge("#!/usr/bin/env node\n// Starts the command line.\nrun();\n")).toEqual([]);
});

test.each([
  ["function", "export async function cut(): void {}"],
  ["generator", "export function* cut() {}"],
  ["class", "export abstract class cut {}"],
  ["constant", "export const cut = 1;"],
  ["interface", "export interface cut {}"],
  ["type", "export type cut = 1;"],
  ["function behind a line comment", "// cuts\nexport function cut() {}"],
  ["function behind an ordinary comment", "/* cuts */\nexport function cut() {}"],
  ["function behind a comment and a blank line", "/** cuts */\n\nexport function cut() {}"],
])("documentedExports() reports an exported %s without a doc comment", (_kind, text) => {
  expect(judge(`${OPENING}\n${text}\n`)).toEqual([
    expect.stringMatching(/^\d+: cut is exported without a doc comment$/),
  ]);
});

test("documentedExports() asks for one comment for all overloads, and for a schema and its type", () => {
  expect(
    judge(
      `${OPENING}\n/** a */\nexport function a(b: 1): 1;\nexport function a(b: 2): 2;\nexport function a(b: 1 | 2) { return b; }\n`,
    ),
  ).toEqual([]);
  expect(judge(`${OPENING}\n/** a */\nexport const A = z();\nexport type A = z<typeof A>;\n`)).toEqual([]);
});

test.each([
  ["nothing", 'import a from "./a.ts";\n'],
  ["one word", "// slices\nconst a = 1;\n"],
  ["an empty comment", "/** */\nconst a = 1;\n"],
])("documentedExports() reports a module that opens with %s", (_what, text) => {
  expect(judge(text)).toEqual(["1: the module says nothing about itself"]);
});

test("documentedExports() judges src and simulator, but no tests and no examples in strings", () => {
  const text = "export const a = 1;\n";
  expect(judge(text, "simulator/a.ts")).toHaveLength(2);
  expect(judge(text, "src/plan/a.test.ts")).toEqual([]);
  expect(judge(text, "dev/a.ts")).toEqual([]);
  expect(judge(`${OPENING}const example = \`\nexport const a = 1;\n\`;\n`)).toEqual([]);
});
