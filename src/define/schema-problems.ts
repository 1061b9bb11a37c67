/** Turns what the schema library reports into problems that an author understands. */
import type { z } from "zod";
import { suggestion } from "../support/did-you-mean.ts";
import { type Problem, problemsError, quoted } from "./problems.ts";
import type { DocumentPath, SourceDocument } from "./read-document.ts";

/** The keys that may stand at a place: one list for the whole document, or a list for each path. */
export type KnownKeys = readonly string[] | ((path: DocumentPath) => readonly string[]);

/** The document's value in the shape of the schema; throws one error with everything that does not fit. */
export function parseShape<T>(schema: z.ZodType<T>, document: SourceDocument, knownKeys: KnownKeys): T {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  throw problemsError(document, schemaProblems(result.error, document.value, knownKeys));
}

/** One problem for each issue; unknown keys come with the key that was probably meant. */
export function schemaProblems(error: z.ZodError, value: unknown, knownKeys: KnownKeys): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, value, knownKeys));
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown, knownKeys: KnownKeys): Problem[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, knownKeys));
  if (issue.code === "invalid_union" && issue.errors.length > 0)
    return likeliest(issue.errors).flatMap((inner) =>
      problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, value, knownKeys),
    );
  const found = valueAt(value, path);
  if (found === undefined) return [{ path, message: `Missing key "${path.at(-1) ?? ""}".` }];
  return [{ path, message: messageOf(issue, subjectOf(path), found) }];
}

/** Of several shapes that a value may have, the one that its author meant: not one of quite another type. */
function likeliest(shapes: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] {
  const ofItsType = shapes.filter(
    (issues) => !issues.some((issue) => issue.code === "invalid_type" && issue.path.length === 0),
  );
  return ofItsType[0] ?? shapes[0] ?? [];
}

function messageOf(issue: z.core.$ZodIssue, subject: string, found: unknown): string {
  if (issue.code === "invalid_type") {
    const isPlain = typeof found === "number" || typeof found === "boolean";
    const quotes = issue.expected === "string" && isPlain ? " Put it in quotes." : "";
    return `${subject} must be ${aWord(issue.expected)}, not ${isPlain ? quoted(found) : aWord(kindOf(found))}.${quotes}`;
  }
  if (issue.code === "invalid_value" || issue.code === "invalid_union") {
    const allowed = allowedBy(issue);
    const near = typeof found === "string" ? suggestion(found, allowed) : "";
    return `Cannot use ${quoted(found)} for ${subject}.${near} It takes ${allowed.join(", ")}.`;
  }
  return `Cannot use ${quoted(found)} for ${subject}. ${issue.message}`;
}

/** The words that an enumeration takes, or the key that decides between shapes. */
function allowedBy(issue: z.core.$ZodIssueInvalidValue | z.core.$ZodIssueInvalidUnion): string[] {
  const values = issue.code === "invalid_value" ? issue.values : "options" in issue ? (issue.options ?? []) : [];
  return values.filter((value) => value !== undefined).map(String);
}

function unknownKey(place: DocumentPath, key: string, knownKeys: KnownKeys): Problem {
  const known = typeof knownKeys === "function" ? knownKeys(place) : knownKeys;
  return {
    path: [...place, key],
    onKey: true,
    message: `Unknown key "${key}".${suggestion(key, known)}`,
    code: "definition.unknown_word",
  };
}

/** `"export"`, or `entry 2 of "export"`; a number alone says nothing to the author. */
function subjectOf(path: DocumentPath): string {
  const last = path.at(-1);
  if (last === undefined) return "the report";
  return typeof last === "number" ? `entry ${last + 1} of ${subjectOf(path.slice(0, -1))}` : `"${last}"`;
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function aWord(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    array: "a list",
    object: "a map of keys",
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    null: "empty",
  };
  return words[kind] ?? `a ${kind}`;
}
