/** The list `measures` of a report: names of the catalogue, with decimals, own names and what they declare. */
import type { ByField } from "../domain/fact.ts";
import type { Measure } from "../domain/measure.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { DECLARED_MEASURES, type DeclaredMeasure, type Settings } from "./declared-measures.ts";
import type { ByFieldSource, MeasureSource } from "./definition-schema.ts";
import type { ParsedSql } from "./expression-parser.ts";
import { findField, unknownPath } from "./find-field.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { ownMeasure } from "./own-measure.ts";
import type { Problem } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** Everything that an entry can declare. */
const SETTINGS = ["target", "formula", "weights", "edges", "scale", "mapping", "of"] as const;

/** A name that a column may have beside those of the catalogue. */
const OWN_NAME = /^[a-z][a-z0-9_]{0,63}$/;

type Entry = Exclude<MeasureSource, string>;

/** The measures, in the order of the list; what is wrong is added to the problems. */
export function parseMeasures(
  sources: readonly MeasureSource[],
  parsed: ReadonlyMap<string, ParsedSql>,
  problems: Problem[],
): Measure[] {
  const measures: Measure[] = [];
  for (const [index, source] of sources.entries()) {
    const path = ["measures", index];
    const entry: Entry = typeof source === "string" ? { name: source } : source;
    const known =
      entry.expression === undefined
        ? measureOf(entry, path, problems)
        : expressionOf(entry, parsed, measures, path, problems);
    if (known === undefined) continue;
    if (measures.some(({ name }) => name === entry.name)) {
      const other = DECLARED_MEASURES.has(known.name)
        ? `, or name it otherwise: { name: …, measure: ${known.name}, … }.`
        : ".";
      problems.push({ path, message: `"${entry.name}" stands here twice. Remove one${other}` });
      continue;
    }
    const { name, round } = entry;
    measures.push({ ...known, name, ...(round === undefined ? {} : { round }) });
  }
  return measures;
}

function expressionOf(
  { name, expression = "", unit, measure, ...entry }: Entry,
  parsed: ReadonlyMap<string, ParsedSql>,
  above: readonly Measure[],
  path: DocumentPath,
  problems: Problem[],
): Measure | undefined {
  if (!isFree(name, path, problems)) return undefined;
  const foreign = measure === undefined ? SETTINGS.find((key) => entry[key] !== undefined) : "measure";
  if (foreign !== undefined) {
    problems.push({
      path: [...path, foreign],
      onKey: true,
      message: `Cannot use "${foreign}" beside "expression". Remove it, or declare a measure of its own above and name it in the expression.`,
    });
    return undefined;
  }
  if (unit === undefined) {
    problems.push({ path, message: `Missing "unit" of "${name}": count, seconds, ratio, score or number.` });
    return undefined;
  }
  const own = ownMeasure({ name, expression, unit }, parsed.get(expression), above);
  if (!("message" in own)) return own;
  problems.push({
    path: [...path, "expression"],
    message: own.message,
    caret: { text: expression, offset: own.offset },
  });
  return undefined;
}

function measureOf(entry: Entry, path: DocumentPath, problems: Problem[]): Measure | undefined {
  const { name, measure: base = name } = entry;
  if (entry.unit !== undefined) {
    problems.push({ path: [...path, "unit"], onKey: true, message: `"unit" belongs to an "expression". Remove it.` });
    return undefined;
  }
  const given = SETTINGS.filter((key) => entry[key] !== undefined);
  const declared = DECLARED_MEASURES.get(base);
  const plain = MEASURES.get(base);
  if (base !== name && !isFree(name, path, problems)) return undefined;
  if (declared && (given.length > 0 || plain === undefined)) return declaredOf(declared, entry, given, path, problems);
  if (plain && given.length === 0) return plain;
  if (plain) {
    problems.push({
      path: [...path, given[0] ?? ""],
      onKey: true,
      message: `"${base}" takes no "${given[0] ?? ""}". Remove it.`,
    });
    return undefined;
  }
  problems.push({
    path: entry.measure === undefined ? path : [...path, "measure"],
    message: `Unknown measure "${base}".${suggestion(base, [...MEASURES.keys(), ...DECLARED_MEASURES.keys()])} See \`callsheet fields\`.`,
    code: "definition.unknown_word",
  });
  return undefined;
}

/** A column of one's own may not pass for another measure. */
function isFree(name: string, path: DocumentPath, problems: Problem[]): boolean {
  const why =
    MEASURES.has(name) || DECLARED_MEASURES.has(name)
      ? `"${name}" is another measure. Choose a name of your own.`
      : OWN_NAME.test(name)
        ? undefined
        : `Cannot use "${name}" as a name. Write lower-case letters, digits and underscores, at most 64, a letter first.`;
  if (why !== undefined) problems.push({ path: [...path, "name"], message: why });
  return why === undefined;
}

function declaredOf(
  { sample, takes, needs, example, formulaOf }: DeclaredMeasure,
  entry: Entry,
  given: readonly (keyof Settings)[],
  path: DocumentPath,
  problems: Problem[],
): Measure | undefined {
  const before = problems.length;
  for (const key of given)
    if (!takes.includes(key))
      problems.push({
        path: [...path, key],
        onKey: true,
        message: `"${sample.name}" takes no "${key}". It is written ${example}.`,
      });
  for (const key of needs)
    if (!given.includes(key))
      problems.push({ path, message: `Missing "${key}" of "${sample.name}". It is written ${example}.` });
  const settings = settingsOf(entry, path, problems);
  return problems.length > before ? undefined : { ...sample, formula: formulaOf(settings, entry.name) };
}

function settingsOf(entry: Entry, path: DocumentPath, problems: Problem[]): Settings {
  const { target, formula, weights, edges, scale, mapping, of } = entry;
  return {
    ...(target === undefined
      ? {}
      : {
          target:
            typeof target === "number"
              ? thousandths(target)
              : byField(target, [...path, "target"], undefined, problems),
        }),
    ...(formula === undefined ? {} : { formula }),
    ...(weights === undefined ? {} : { weights: byField(weights, [...path, "weights"], 1, problems) }),
    ...(edges === undefined ? {} : { edges: ascending(edges, [...path, "edges"], problems) }),
    ...(scale === undefined ? {} : { scale: scaleOf(scale, [...path, "scale"], problems) }),
    ...(mapping === undefined
      ? {}
      : {
          mapping: mapping.map(({ atLeast, score }) => ({ atLeast: thousandths(atLeast), score: thousandths(score) })),
        }),
    ...(of === undefined ? {} : { of }),
  };
}

/** A leg has one value of the field: what it can have several of would weigh it several times. */
function byField(
  source: ByFieldSource,
  path: DocumentPath,
  fallback: number | undefined,
  problems: Problem[],
): ByField {
  const { by, values, otherwise = fallback } = source;
  const field = findField(by);
  const refuse = (key: string, message: string, code?: Problem["code"]): void => {
    problems.push({ path: [...path, key], message, ...(code === undefined ? {} : { code }) });
  };
  if (field === undefined)
    refuse(
      "by",
      unknownPath(by, ({ groupable }) => groupable),
      "definition.unknown_word",
    );
  else if (field.multiple || field.bucket || !field.groupable || field.home === "segment")
    refuse(
      "by",
      `Cannot tell legs apart by "${by}": a leg has no single value of it. Use conversation.media.type, routing.queue.name or agent.name.`,
    );
  if (otherwise === undefined) refuse("otherwise", `Missing "otherwise": say what holds for all others.`);
  return {
    field: field ?? NO_FIELD,
    values: new Map(Object.entries(values).map(([value, number]) => [value, thousandths(number)])),
    otherwise: thousandths(otherwise ?? 0),
  };
}

const NO_FIELD: ByField["field"] = {
  path: "",
  type: "text",
  home: "conversation",
  column: "direction",
  groupable: false,
  filterable: false,
  meaning: "",
};

function ascending(edges: readonly number[], path: DocumentPath, problems: Problem[]): number[] {
  const whole = edges.map(thousandths);
  if (whole.some((edge, index) => edge <= (whole[index - 1] ?? 0)))
    problems.push({ path, message: `"edges" must rise from above 0, such as [10, 20, 60].` });
  return whole;
}

function scaleOf(
  { from, to }: NonNullable<Entry["scale"]>,
  path: DocumentPath,
  problems: Problem[],
): NonNullable<Settings["scale"]> {
  if (from[0] === from[1])
    problems.push({ path: [...path, "from"], message: `"from" must be two different numbers, such as [0, 100].` });
  return { from: [thousandths(from[0]), thousandths(from[1])], to: [thousandths(to[0]), thousandths(to[1])] };
}

function thousandths(value: number): number {
  return Math.round(value * 1000);
}
