/**
 * Error codes are read by other people's scripts. Each code of `src/domain/errors.ts` is explained in
 * `docs/error-codes.md` and stands in at least one test, or in the list of open ids; the document names no other.
 */
import { scanSource } from "./scan-source.ts";
import { type Finding, isTest, lineAt, type SourceTree } from "./source-tree.ts";

const ERRORS = "src/domain/errors.ts";
const EXPLAINED = "docs/error-codes.md";

/** The codes of the table in `src/domain/errors.ts`, each with its offset; none when there is no such table. */
export function readErrorCodes(tree: SourceTree): Map<string, number> {
  const text = tree.get(ERRORS) ?? "";
  const { code } = scanSource(text);
  const table = /^export const ERROR\w* = \{/m.exec(code);
  if (table === null) return new Map();
  const start = table.index + table[0].length;
  const end = code.indexOf("\n}", start);
  const entries = text.slice(start, end).matchAll(/^ {2}"?(?<code>[a-z0-9_.]+)"?:/gm);
  return new Map([...entries].map((entry) => [entry.groups?.code ?? "", start + entry.index]));
}

/** Reports codes that are not explained or not tested, and explained codes that do not exist. */
export function errorCodes(tree: SourceTree, openIds: ReadonlySet<string>): Finding[] {
  const codes = readErrorCodes(tree);
  if (codes.size === 0) {
    return [
      {
        file: ERRORS,
        line: 1,
        rule: "error-codes",
        message:
          "no table `export const ERROR… = {` with a code a line was found; restore it, or teach dev/tidy/error-codes.ts the new form",
      },
    ];
  }
  const findings: Finding[] = [];
  const explained = readExplained(tree.get(EXPLAINED) ?? "");
  const mentioned = mentionedInTests(tree, codes);
  for (const [code, offset] of codes) {
    const line = lineAt(tree.get(ERRORS) ?? "", offset);
    if (!explained.has(code))
      report(ERRORS, line, `${code} is not explained; add a heading or table row with \`${code}\` to ${EXPLAINED}`);
    if (!mentioned.has(code) && !openIds.has(code))
      report(ERRORS, line, `${code} stands in no test; write one that provokes it and expects "${code}"`);
    if (mentioned.has(code) && openIds.has(code))
      report("dev/open-ids.json", 1, `${code} has its test now; take it off the list`);
  }
  for (const [code, line] of explained) {
    if (!codes.has(code))
      report(EXPLAINED, line, `explains ${code}, which ${ERRORS} does not have; remove it or correct its spelling`);
  }
  return findings;

  function report(file: string, line: number, message: string): void {
    findings.push({ file, line, rule: "error-codes", message });
  }
}

/** A code is explained where a heading or a table row begins with it in backticks: code → line. */
function readExplained(text: string): Map<string, number> {
  const rows = text.matchAll(/^(?:#+ |\| *)`(?<code>[a-z0-9_]+\.[a-z0-9_]+|internal)`/gm);
  return new Map([...rows].map((row) => [row.groups?.code ?? "", lineAt(text, row.index)]));
}

/** Codes that are a whole string literal of some test. */
function mentionedInTests(tree: SourceTree, codes: ReadonlyMap<string, number>): Set<string> {
  const mentioned = new Set<string>();
  for (const [path, text] of tree) {
    if (!isTest(path) || path.startsWith("dev/")) continue;
    for (const literal of scanSource(text).literals) if (codes.has(literal.text)) mentioned.add(literal.text);
  }
  return mentioned;
}
