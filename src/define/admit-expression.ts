/** Which expressions may be given to the parser: short ones, of plain text, with few brackets within brackets. */
import { readDocument } from "./read-document.ts";

/** A longer or deeper expression is a mistake or an attack; neither is shown to the parser. */
const MOST_CHARACTERS = 2000;
const MOST_BRACKETS = 32;

/** A report of more expressions has the others refused. */
const MOST_EXPRESSIONS = 100;

/** Why a text is not even parsed; undefined when it may be. */
export function whyNotParsed(text: string): string | undefined {
  if (text.trim() === "") return "Missing expression.";
  if (text.length > MOST_CHARACTERS)
    return `Cannot use an expression of ${text.length} characters: at most ${MOST_CHARACTERS}.`;
  if (!text.isWellFormed() || /[^\P{Cc}\t\n\r]/u.test(text)) return "Cannot use an expression with control characters.";
  let [open, deepest] = [0, 0];
  for (const sign of text) {
    if ("([{".includes(sign)) open += 1;
    else if (")]}".includes(sign)) open -= 1;
    deepest = Math.max(deepest, open);
  }
  return deepest > MOST_BRACKETS ? `Cannot use brackets within brackets more than ${MOST_BRACKETS} times.` : undefined;
}

/** The expressions of a report file that may be parsed, each once. */
export function expressionsIn(text: string, file: string): string[] {
  if (!text.includes("expression")) return [];
  const { value } = readDocument(text, file);
  const entries: readonly unknown[] = isMap(value) && Array.isArray(value.measures) ? value.measures : [];
  const texts = entries.flatMap((entry) =>
    isMap(entry) && typeof entry.expression === "string" ? [entry.expression] : [],
  );
  return [...new Set(texts.filter((each) => whyNotParsed(each) === undefined))].slice(0, MOST_EXPRESSIONS);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
