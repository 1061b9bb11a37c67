/**
 * Every module of `src/` and `simulator/` opens with a comment that says what it is for, and every exported function,
 * class, constant and type has a doc comment directly before it (STYLE, habits 1 and 17). Tests are read, not imported,
 * and need neither.
 */
import { scanSource } from "./scan-source.ts";
import { type Finding, isTest, lineAt, type SourceTree, typescriptIn } from "./source-tree.ts";

/** Reports modules without an opening comment and exports without a doc comment. */
export function documentedExports(tree: SourceTree): Finding[] {
  const findings: Finding[] = [];
  for (const file of typescriptIn(tree, "src", "simulator").filter((path) => !isTest(path))) {
    const text = tree.get(file) ?? "";
    if (!opensWithComment(text)) {
      findings.push({
        file,
        line: 1,
        rule: "documented-exports",
        message:
          "the module says nothing about itself; open it with a comment: what comes in, what goes out, why it exists",
      });
    }
    for (const { name, offset } of undocumented(text)) {
      findings.push({
        file,
        line: lineAt(text, offset),
        rule: "documented-exports",
        message: `${name} is exported without a doc comment; put /** what it promises */ directly before it`,
      });
    }
  }
  return findings;
}

/** A first line `#!` does not count. A comment of one word is no paragraph. */
function opensWithComment(text: string): boolean {
  const opening = /^(?:#![^\n]*\n)?\s*(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/.exec(text)?.groups?.comment ?? "";
  return opening.split(/\s+/).filter((word) => /\w/.test(word)).length >= 3;
}

const DECLARATION =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum)\s+(?<name>[\w$]+)/gm;

/** The first declaration of a name needs the comment; further overloads, and a type beside its schema, share it. */
function undocumented(text: string): { name: string; offset: number }[] {
  const seen = new Set<string>();
  const missing: { name: string; offset: number }[] = [];
  for (const match of scanSource(text).code.matchAll(DECLARATION)) {
    const name = match.groups?.name ?? "";
    if (!seen.has(name) && !hasDocComment(text.slice(0, match.index))) missing.push({ name, offset: match.index });
    seen.add(name);
  }
  return missing;
}

/** Directly before: the comment ends on the line above. Line comments for a linter may stand between. */
function hasDocComment(before: string): boolean {
  const withoutLineComments = before.replace(/(?:^[ \t]*\/\/[^\n]*\n)+$/m, "");
  if (!/\*\/[ \t]*\n?$/.test(withoutLineComments)) return false;
  return withoutLineComments.startsWith("/**", withoutLineComments.lastIndexOf("/*"));
}
