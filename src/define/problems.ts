/** Collects everything that is wrong with a definition, so that the author sees it all at once. */
import { type ErrorCode, ReportError } from "../domain/errors.ts";
import type { DocumentPath, SourceDocument } from "./read-document.ts";

/** One thing that is wrong: where, what, and how to mend it. */
export interface Problem {
  readonly path: DocumentPath;
  /** The key is wrong, not its value. */
  readonly onKey?: boolean;
  readonly message: string;
  readonly code?: Extract<ErrorCode, `definition.${string}`>;
  /** The expression that the value is, and the character at which it is wrong: shown below the message. */
  readonly caret?: { readonly text: string; readonly offset: number };
}

/** A person mends a few things at a time; a list without end hides the first of them. */
const MAX_PROBLEMS = 100;

/** Texts of the file that a message quotes are cut here. */
const MAX_MESSAGE = 600;
const MAX_QUOTED = 80;

/** So many characters of an expression are shown to either side of the place where it is wrong. */
const CARET_REACH = 60;

/** Throws one error that lists the problems in the order of the file, each with file, line and column. */
export function throwProblems(document: SourceDocument, problems: readonly Problem[]): void {
  if (problems.length > 0) throw problemsError(document, problems);
}

/** The error that lists the problems, of which there is at least one; its code is that of the first in the file. */
export function problemsError(document: SourceDocument, problems: readonly Problem[]): ReportError {
  const inOrder = problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) => ({ problem, offset: document.offsetOf(problem.path, problem.onKey) }))
    .toSorted((left, right) => left.offset - right.offset)
    .map(({ problem }) => problem);
  const lines = inOrder.map(
    ({ path, onKey, message, caret }) =>
      `${document.locate(path, onKey)}: ${oneLine(message)}${caret === undefined ? "" : caretLines(caret)}`,
  );
  if (problems.length > MAX_PROBLEMS) lines.push(`… and ${problems.length - MAX_PROBLEMS} more`);
  return new ReportError(inOrder[0]?.code ?? "definition.invalid", [...new Set(lines)].join("\n"));
}

/** A value of the file as a message quotes it: JSON, cut when it is long. */
export function quoted(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

/** The line of the expression, or the part of it around the place, and a caret below the character. */
function caretLines({ text, offset }: NonNullable<Problem["caret"]>): string {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const line = text.slice(start).split("\n", 1)[0] ?? "";
  const from = Math.max(0, offset - start - CARET_REACH);
  const before = oneLine(line.slice(from, offset - start));
  const behind = oneLine(line.slice(offset - start, offset - start + CARET_REACH));
  return `\n    ${before}${behind}\n    ${" ".repeat(Array.from(before).length)}^`;
}

/** Line breaks and terminal controls that the author's own words brought along are shown, not obeyed. */
function oneLine(message: string): string {
  const plain = message
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return plain.length > MAX_MESSAGE ? `${plain.slice(0, MAX_MESSAGE)}…` : plain;
}
