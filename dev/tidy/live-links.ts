/**
 * Links in the documentation lead somewhere: a relative one to a file of the repository, and with a `#` to a heading in
 * it. What lies on the web cannot be asked for here; it must at least be https.
 */
import { type Finding, lineAt, type SourceTree } from "./source-tree.ts";

/** Reports each link that leads nowhere. */
export function liveLinks(tree: SourceTree): Finding[] {
  return [...tree]
    .filter(([file]) => file.endsWith(".md"))
    .flatMap(([file, text]) =>
      linksIn(text).flatMap(({ target, offset }) => {
        const message = objection(tree, file, target);
        return message === undefined ? [] : [{ file, line: lineAt(text, offset), rule: "live-links", message }];
      }),
    );
}

/** `[text](target)` and `![text](target)` outside code. */
function linksIn(text: string): { target: string; offset: number }[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => ({ target: match[1] ?? "", offset: match.index }));
}

/** Code is blanked, so that offsets stay. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, (code) => code.replaceAll(/[^\n]/g, " "));
}

function objection(tree: SourceTree, file: string, target: string): string | undefined {
  if (/^[a-z]+:/i.test(target)) return target.startsWith("https://") ? undefined : `${target} is no https address`;
  const [path = "", anchor] = target.split("#");
  const wanted = path === "" ? file : resolved(file, path);
  if (!isThere(tree, wanted)) return `${target} leads to ${wanted}, which is not there`;
  if (anchor === undefined || anchorsOf(tree.get(wanted) ?? "").has(anchor)) return undefined;
  return `${target}: ${wanted} has no heading for #${anchor}`;
}

/** The path from the root that a relative path in a file means. */
function resolved(file: string, path: string): string {
  return new URL(path, `https://repository/${file}`).pathname.slice(1);
}

function isThere(tree: SourceTree, path: string): boolean {
  const folder = path.endsWith("/") ? path : `${path}/`;
  return tree.has(path) || [...tree.keys()].some((known) => known.startsWith(folder));
}

/** Headings as the forge turns them into anchors: small letters, no punctuation, blanks become hyphens. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
