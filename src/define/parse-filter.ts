/**
 * Turns the `filter:` of a report into predicates over fields of the vocabulary. Each path has a type; an
 * operator or a value that does not fit it is a problem with a line, never a filter that quietly widens.
 */
import type { Field } from "../domain/field.ts";
import { type Condition, EVERYTHING, type Filter } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { findField, unknownPath } from "./find-field.ts";
import { type Problem, quoted } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** A filter as its author wrote it, after the schema has checked the shape. */
export type FilterSource =
  | { readonly type: "compound"; readonly operator: "and" | "or"; readonly filters: readonly FilterSource[] }
  | {
      readonly type?: "simple" | undefined;
      readonly path: string;
      readonly operator: string;
      readonly value?: unknown;
    };

const LIST_OPERATORS = ["in", "not_in"];
const RANGE_OPERATORS = ["gt", "gte", "lt", "lte"] as const;
const PART_OPERATORS = ["contains", "starts_with"] as const;
/** Every operator of filters; which of them a path takes depends on its type. */
export const OPERATORS = ["eq", "ne", ...LIST_OPERATORS, ...RANGE_OPERATORS, ...PART_OPERATORS, "exists", "not_exists"];

/** Some thirty years: longer than any conversation, and far from where numbers lose their milliseconds. */
const MAX_SECONDS = 1e9;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Parses a list of filters, joined by and; what is wrong is added to `problems`. */
export function parseFilters(sources: readonly FilterSource[], path: DocumentPath, problems: Problem[]): Filter {
  const filters = sources.map((source, index) => parseFilter(source, [...path, index], problems));
  const [only] = filters;
  // A compound `and` keeps its own node: its conditions concern one and the same part.
  return filters.length === 1 && only && (only.kind !== "and" || only.filters.length === 0)
    ? only
    : { kind: "and", filters };
}

function parseFilter(source: FilterSource, path: DocumentPath, problems: Problem[]): Filter {
  if (source.type === "compound") {
    if (source.filters.length === 0) {
      problems.push({
        path: [...path, "filters"],
        message: `Cannot use an empty list of filters: "${source.operator}" needs at least one.`,
      });
    }
    const filters = source.filters.map((inner, index) => parseFilter(inner, [...path, "filters", index], problems));
    return { kind: source.operator, filters };
  }
  const field = findField(source.path);
  const refuse = (
    key: string,
    message: string,
    code: Problem["code"] = "definition.invalid",
    entry?: number,
  ): Filter => {
    problems.push({ path: [...path, key, ...(entry === undefined ? [] : [entry])], message, code });
    return EVERYTHING;
  };
  if (!field)
    return refuse(
      "path",
      unknownPath(source.path, ({ filterable }) => filterable),
      "definition.unknown_word",
    );
  if (!field.filterable) return refuse("path", `Cannot filter on "${field.path}".${insteadOfFilter(field)}`);
  const allowed = operatorsFor(field);
  if (!allowed.includes(source.operator)) {
    const known = OPERATORS.includes(source.operator) ? "" : suggestion(source.operator, allowed);
    return refuse(
      "operator",
      `Cannot use operator "${source.operator}" on "${field.path}".${known} It takes ${allowed.join(", ")}.`,
    );
  }
  const parsed = parseCondition(field, source.operator, source.value);
  if ("refused" in parsed) return refuse("value", parsed.refused, "definition.invalid", parsed.entry);
  return {
    kind: "predicate",
    field,
    condition: parsed,
    negated: ["ne", "not_in", "not_exists"].includes(source.operator),
  };
}

function operatorsFor(field: Field): readonly string[] {
  if (isNumber(field)) return ["eq", "ne", ...RANGE_OPERATORS, "exists", "not_exists"];
  const parts = field.type === "uuid" ? [] : PART_OPERATORS;
  return ["eq", "ne", ...LIST_OPERATORS, ...parts, "exists", "not_exists"];
}

/** Why a value cannot be used; `entry` counts from 0 in a list. */
interface Refusal {
  readonly refused: string;
  readonly entry?: number;
}

/** The condition, or the reason why there is none. */
function parseCondition(field: Field, operator: string, value: unknown): Condition | Refusal {
  if (operator === "exists" || operator === "not_exists") {
    return value === undefined || value === null
      ? { kind: "exists" }
      : { refused: `Cannot give "${operator}" a value. Leave the value out.` };
  }
  if (value === undefined || value === null)
    return { refused: `Missing value: "${operator}" on "${field.path}" needs one.` };
  if (LIST_OPERATORS.includes(operator)) return parseList(field, operator, value);
  if (Array.isArray(value)) {
    const listed = operator === "eq" ? `"in" for a list, or ` : operator === "ne" ? `"not_in" for a list, or ` : "";
    const instead = isNumber(field) ? "one number" : `${listed}one value`;
    return { refused: `Cannot use a list with "${operator}". Write ${instead}.` };
  }
  if (isNumber(field)) return parseNumber(field, operator, value);
  const part = PART_OPERATORS.find((known) => known === operator);
  if (part) return parsePart(field, part, value);
  const text = parseText(field, value);
  return typeof text === "string" ? { kind: "is_one_of", values: [text] } : text;
}

function parseList(field: Field, operator: string, value: unknown): Condition | Refusal {
  if (!Array.isArray(value)) {
    const instead = operator === "in" ? "eq" : "ne";
    return { refused: `"${operator}" needs a list. Write [${quoted(value)}], or use "${instead}".` };
  }
  if (value.length === 0) {
    const meaning = operator === "in" ? "match nothing" : "exclude nothing";
    return {
      refused: `Cannot use an empty list: it would ${meaning}. Remove the filter to take all, or list at least one value.`,
    };
  }
  const values: string[] = [];
  for (const [entry, each] of value.entries()) {
    const text = parseText(field, each);
    if (typeof text !== "string") return { ...text, entry };
    values.push(text);
  }
  return { kind: "is_one_of", values: [...new Set(values)] };
}

function isNumber({ type }: Field): boolean {
  return type === "number" || type === "score";
}

function parseNumber(field: Field, operator: string, value: unknown): Condition | Refusal {
  const [one, several] = field.type === "score" ? ["a number", "numbers"] : ["a number of seconds", "seconds"];
  if (typeof value !== "number")
    return { refused: `"${field.path}" is compared with ${one}, not with ${quoted(value)}.` };
  if (!(Math.abs(value) <= MAX_SECONDS))
    return { refused: `"${field.path}" is compared with ${several} up to ${MAX_SECONDS}, not with ${quoted(value)}.` };
  if (operator === "eq" || operator === "ne") return { kind: "range", gte: value, lte: value };
  return { kind: "range", [operator]: value };
}

function parsePart(field: Field, operator: (typeof PART_OPERATORS)[number], value: unknown): Condition | Refusal {
  if (typeof value === "string" && value !== "") return { kind: "part", operator, text: value };
  return refuseText(field, value);
}

function refuseText(field: Field, value: unknown): Refusal {
  const quotes = typeof value === "number" || typeof value === "boolean" ? " Put it in quotes." : "";
  return { refused: `"${field.path}" is compared with a text, not with ${quoted(value)}.${quotes}` };
}

function parseText(field: Field, value: unknown): string | Refusal {
  if (typeof value !== "string" || value === "") return refuseText(field, value);
  if (field.type === "uuid" && !UUID.test(value)) {
    const namePath = field.path.replace(/\.id$/, ".name");
    const byName = findField(namePath) && namePath !== field.path ? ` To use a name, write path ${namePath}.` : "";
    return {
      refused: `"${value}" is not a valid id for "${field.path}": an id has the form 8-4-4-4-12 of the digits 0-9 and a-f.${byName}`,
    };
  }
  if (field.values && !field.values.includes(value)) {
    return {
      refused: `"${value}" is not a value of "${field.path}".${suggestion(value, field.values)} It takes ${field.values.join(", ")}.`,
    };
  }
  // The vendor writes ids in lower case; a wrap-up code is an id or a literal such as ININ-WRAP-UP-TIMEOUT.
  return field.type !== "text" && UUID.test(value) ? value.toLowerCase() : value;
}

function insteadOfFilter(field: Field): string {
  if (field.type === "bucket" || field.type === "instant") return " The window is chosen by `interval`.";
  return " It is a column of detail reports.";
}
