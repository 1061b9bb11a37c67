/**
 * Takes the text of a TypeScript file apart just far enough for the tidy rules: where comments are, where string
 * literals are, and what is left as code. Comments and the insides of strings are blanked in `code`, every other
 * character keeps its place, so that an offset in `code` is an offset in the file. It exists because TypeScript 7 has
 * no stable programming interface, and because a plain regular expression would read imports out of comments.
 */

/** A string or template literal; `start` is the offset of its opening quote, `text` what stands between the quotes. */
interface Literal {
  readonly start: number;
  readonly text: string;
}

/** The parts of a source file. */
export interface Source {
  /** The file with comments blanked and the insides of literals filled with `_`; same length, same lines. */
  readonly code: string;
  readonly literals: readonly Literal[];
}

/** Takes a source apart. A file that does not end its last string or comment is read to its end. */
export function scanSource(text: string): Source {
  const code = text.split("");
  const literals: Literal[] = [];
  /** Depth of braces inside each open `${`; the template goes on when it falls to zero. */
  const substitutions: number[] = [];
  let at = 0;

  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const one = text.charAt(at);
    if (two === "//") at = blank(at, endOf("\n", at), " ");
    else if (two === "/*") at = blank(at, endOf("*/", at + 2) + 2, " ");
    else if (one === '"' || one === "'" || one === "`") at = literal(at);
    else if (one === "/" && startsRegex(code, at)) at = blank(at + 1, endOfRegex(text, at), "_") + 1;
    else if (one === "}" && substitutions.at(-1) === 0) {
      substitutions.pop();
      at = literal(at, "`");
    } else {
      countBrace(one, substitutions);
      at += 1;
    }
  }
  return { code: code.join(""), literals };

  /** Reads a literal, or the rest of a template behind a substitution, and returns the offset behind it. */
  function literal(start: number, quote: string = text.charAt(start)): number {
    let end = start + 1;
    while (end < text.length && text[end] !== quote) {
      if (quote === "`" && text.startsWith("${", end)) {
        substitutions.push(0);
        break;
      }
      if (quote !== "`" && text[end] === "\n") break;
      end += text[end] === "\\" ? 2 : 1;
    }
    if (text[start] === quote) literals.push({ start, text: text.slice(start + 1, end) });
    blank(start + 1, end, "_");
    return text.startsWith("${", end) ? end + 2 : end + 1;
  }

  function blank(from: number, to: number, filler: string): number {
    for (let index = from; index < to && index < code.length; index += 1)
      if (code[index] !== "\n") code[index] = filler;
    return to;
  }

  function endOf(mark: string, from: number): number {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found;
  }
}

function countBrace(character: string, substitutions: number[]): void {
  const depth = substitutions.at(-1);
  if (depth === undefined) return;
  if (character === "{") substitutions[substitutions.length - 1] = depth + 1;
  if (character === "}") substitutions[substitutions.length - 1] = depth - 1;
}

/** A slash divides behind a value; behind an operator, an opening bracket or such a word it begins a regular expression. */
function startsRegex(code: readonly string[], slash: number): boolean {
  const before = code
    .slice(Math.max(0, slash - 40), slash)
    .join("")
    .trimEnd();
  return (
    before === "" || /[(,=:[!&|?{};+\-*%~^<>]$/.test(before) || /\b(return|typeof|case|in|of|yield|await)$/.test(before)
  );
}

/** The offset of the slash that ends it; a slash inside a character class does not. */
function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "[") inClass = true;
    else if (text[at] === "]") inClass = false;
    else if (text[at] === "/" && !inClass) return at;
  }
  return start;
}
