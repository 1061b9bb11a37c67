/**
 * Finds what a TypeScript file imports: static imports, re-exports and dynamic `import()`. The directions of the tree
 * (STYLE: "the tree is the flow") are judged on this list.
 */
import { posix } from "node:path";
import { scanSource } from "./scan-source.ts";

/** One import. `target` is a path in the tree for a relative one, else the specifier as written. */
export interface Import {
  readonly offset: number;
  readonly kind: "static" | "dynamic";
  readonly relative: boolean;
  /** Undefined for a dynamic import of something that is not a plain string. */
  readonly target: string | undefined;
}

/** Lists the imports of a file in the order in which they stand. */
export function readImports(path: string, text: string): Import[] {
  const { code, literals } = scanSource(text);
  const textAt = new Map(literals.map((literal) => [literal.start, literal.text]));
  const found: Import[] = [];

  for (const match of code.matchAll(/\b(?:import|export)\b(?:\s[\w$\s{},*]*?\bfrom)?\s*(?=["'])/g)) {
    add("static", match.index, textAt.get(match.index + match[0].length));
  }
  // Only a name in plain quotes is known; behind anything else no literal begins, and the target stays undefined.
  for (const match of code.matchAll(/\bimport\s*\(\s*["']?/g)) {
    add("dynamic", match.index, textAt.get(match.index + match[0].length - 1));
  }
  return found.sort((a, b) => a.offset - b.offset);

  function add(kind: Import["kind"], offset: number, specifier: string | undefined): void {
    const relative = specifier?.startsWith(".") ?? false;
    const target = relative && specifier !== undefined ? posix.join(posix.dirname(path), specifier) : specifier;
    found.push({ offset, kind, relative, target });
  }
}

/** The package that a bare specifier names: `@aws-sdk/client-s3` of `@aws-sdk/client-s3/dist`, `node:fs` of itself. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
