/**
 * A report file becomes a report definition, or one error that lists everything wrong with it: file, line,
 * column and the word that was probably meant. Also reads the tutorial's query document, unchanged.
 */
import { createHash } from "node:crypto";
import { assert } from "../domain/errors.ts";
import type { Field } from "../domain/field.ts";
import {
  type DetailRows,
  fieldsIn,
  fieldsShown,
  PARTING_PATHS,
  PLAIN_CSV,
  type ReportDefinition,
  type Shape,
  type SourceChoice,
  type WindowSpec,
} from "../domain/report-definition.ts";
import type { Schedule } from "../domain/schedule.ts";
import { aggregatesProblems } from "./aggregates-problems.ts";
import { REPORT_SCHEMA, type ReportSource, reportKeysAt } from "./definition-schema.ts";
import type { ParsedSql } from "./expression-parser.ts";
import { findField, unknownPath } from "./find-field.ts";
import { parseArrangement, refuseArrangement } from "./parse-arrangement.ts";
import type { ReadCron } from "./parse-cron.ts";
import { parseExpectations } from "./parse-expectations.ts";
import { parseFilters } from "./parse-filter.ts";
import { maskFilter, maskShape, parseMasks } from "./parse-masks.ts";
import { parseMeasures } from "./parse-measures.ts";
import { parseSchedule } from "./parse-schedule.ts";
import { parseTimeZone } from "./parse-time-zone.ts";
import { parseWindow } from "./parse-window.ts";
import { type Problem, throwProblems } from "./problems.ts";
import { type DocumentPath, readDocument, type SourceDocument } from "./read-document.ts";
import { parseRecipients } from "./parse-recipients.ts";
import { parseShape } from "./schema-problems.ts";
import { isTutorialQuery, translateTutorialQuery } from "./tutorial-dialect.ts";

const UNGUARDED =
  "csv.formulaGuard is false: a name that begins with =, +, - or @ will be run as a formula by the spreadsheet that opens the CSV file. Other people choose those names.";

/**
 * Parses the text of a report file; throws `definition.invalid`, `.unknown_word` or `.interval_invalid`. `parsed` are
 * the trees of its expressions, from the parser; `readCron` is needed where it has a schedule.
 */
export function parseDefinition(
  text: string,
  file: string,
  parsed: ReadonlyMap<string, ParsedSql> = new Map(),
  readCron?: ReadCron,
): ReportDefinition {
  const document = readDocument(text, file);
  const { source, notes, placeOf } = isTutorialQuery(document.value)
    ? translateTutorialQuery(document)
    : ownForm(document);
  const problems: Problem[] = [];
  const timeZone = parseTimeZone(source.timeZone, ["timeZone"], problems);
  const window = windowOf(source, problems);
  const mask = parseMasks(source.mask ?? {}, problems);
  const filter = maskFilter(parseFilters(source.filter, ["filter"], problems), mask);
  const shape = maskShape(shapeOf(source, parsed, problems), mask, problems);
  if (problems.length === 0) problems.push(...aggregatesProblems(source, shape, filter));
  const expectations = parseExpectations(source.expect ?? [], shape, problems);
  const schedule = scheduleOf(source, timeZone, readCron, problems);
  const recipients = parseRecipients(source, shape, problems);
  const definition: ReportDefinition = {
    name: source.report,
    title: source.title ?? source.report,
    timeZone,
    window,
    filter,
    source: sourceOf(source, [...fieldsIn(filter), ...fieldsShown(shape)], problems),
    timeBasis: source.timeBasis,
    filterScope: source.filterScope,
    shape,
    formats: [...new Set(source.export)],
    csv: { ...PLAIN_CSV, ...source.csv },
    parquetByDay: partsByDay(source, shape, problems),
    destinations: recipients.map(({ to }) => to),
    recipients,
    expectations,
    ...(schedule && { schedule }),
    notes: [...notes, ...notesOf(source, window)],
    hash: hashOf(source),
  };
  throwProblems(
    document,
    problems.map((problem) => ({ ...problem, path: placeOf(problem.path) })),
  );
  return Object.freeze(definition);
}

function ownForm(document: SourceDocument): {
  source: ReportSource;
  notes: string[];
  placeOf: (path: DocumentPath) => DocumentPath;
} {
  return { source: parseShape(REPORT_SCHEMA, document, reportKeysAt), notes: [], placeOf: (path) => path };
}

function windowOf(source: ReportSource, problems: Problem[]): WindowSpec {
  const window = parseWindow(source.interval);
  if (!("refused" in window)) return window;
  problems.push({ path: ["interval"], message: window.refused, code: "definition.interval_invalid" });
  return { kind: "to_date", unit: "day" };
}

function notesOf({ csv, schedule, interval }: ReportSource, { kind }: WindowSpec): string[] {
  const isFixed = kind === "instants" || kind === "local_days";
  return [
    ...(csv?.formulaGuard === false ? [UNGUARDED] : []),
    ...(schedule && isFixed
      ? [
          `The window ${interval} is the same in every run of the schedule. Write yesterday, last week or the like for one that moves.`,
        ]
      : []),
  ];
}

/** When a report runs is no part of what it asks. The schema has put the keys into its order, whatever the file's. */
function hashOf({ schedule: _when, ...asked }: ReportSource): string {
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex");
}

/** Loading what reads cron expressions is left to those who read reports: few reports have one. */
function scheduleOf(
  { schedule }: ReportSource,
  timeZone: string,
  readCron: ReadCron | undefined,
  problems: Problem[],
): Schedule | undefined {
  if (schedule === undefined) return undefined;
  assert(readCron !== undefined, "whoever reads a report with a schedule brings a reader of cron expressions");
  return parseSchedule(schedule, timeZone, readCron, problems);
}

/** The author's choice; where a field comes with jobs alone, it is jobs or a problem. */
function sourceOf({ source, timeBasis }: ReportSource, fields: readonly Field[], problems: Problem[]): SourceChoice {
  if (timeBasis === "eventTime") return "aggregates";
  const bound = fields.find(({ onlyFrom }) => onlyFrom !== undefined);
  if (bound === undefined) return source;
  if (!["auto", "conversations", "details_job"].includes(source))
    problems.push({
      path: ["source"],
      message: `Cannot read "${bound.path}" from ${source}: only details jobs bring it. Write "details_job", or leave "source" out.`,
    });
  return "only_jobs";
}

function shapeOf(source: ReportSource, parsed: ReadonlyMap<string, ParsedSql>, problems: Problem[]): Shape {
  if (source.rows !== undefined) {
    refuseArrangement(source, problems);
    for (const key of ["groupBy", "measures"] as const) {
      if (source[key])
        problems.push({
          path: [key],
          onKey: true,
          message: `Cannot use "${key}" together with "rows". Remove one of them.`,
        });
    }
    if (!source.columns?.length)
      problems.push({ path: ["columns"], message: `Missing key "columns": say which paths a line shows.` });
    return { kind: "detail", rows: source.rows, columns: columnsOf(source.columns ?? [], source.rows, problems) };
  }
  if (source.columns)
    problems.push({
      path: ["columns"],
      onKey: true,
      message: `"columns" belongs to a detail report. Add "rows", or use "groupBy" and "measures".`,
    });
  if (!source.measures?.length)
    problems.push({
      path: ["measures"],
      message: `Missing key "measures": say what to compute, such as conversation_count.`,
    });
  const groupBy = fieldsOf(source.groupBy ?? [], "groupBy", cannotGroup, problems);
  const measures = parseMeasures(source.measures ?? [], parsed, problems);
  return { kind: "grouped", groupBy, measures, ...parseArrangement(source, groupBy, measures, problems) };
}

/** Whether Parquet is parted into days; without a time in its lines that is a problem. */
function partsByDay({ parquet }: ReportSource, shape: Shape, problems: Problem[]): boolean {
  if (parquet?.partition === undefined) return false;
  const shown = fieldsShown(shape).map(({ path }) => path);
  if (!PARTING_PATHS.some((path) => shown.includes(path)))
    problems.push({
      path: ["parquet", "partition"],
      message: `Cannot part into days: no line has a time. ${shape.kind === "grouped" ? 'Group by "time.day" or "time.hour"' : 'Add "conversation.start" to the columns'}, or leave "partition" out.`,
    });
  return true;
}

function columnsOf(paths: readonly string[], rows: DetailRows, problems: Problem[]): Field[] {
  return fieldsOf(
    paths,
    "columns",
    ({ path, home }) =>
      home === "segment" && rows !== "segment"
        ? `Cannot show "${path}" on a line for a ${rows}. Write "rows: segment" for a line each.`
        : undefined,
    problems,
  );
}

function cannotGroup({ path, groupable }: Field): string | undefined {
  return groupable ? undefined : `Cannot group by "${path}". It can be a column of a detail report or a filter.`;
}

/** The fields of a list of paths; `objection` says why a known field cannot stand there. */
function fieldsOf(
  paths: readonly string[],
  key: string,
  objection: (field: Field) => string | undefined,
  problems: Problem[],
): Field[] {
  const fields: Field[] = [];
  for (const [index, path] of paths.entries()) {
    const refuse = (message: string, code?: Problem["code"]): void => {
      problems.push({ path: [key, index], message, ...(code === undefined ? {} : { code }) });
    };
    const field = findField(path);
    const why = field && objection(field);
    if (!field) {
      refuse(
        unknownPath(path, (known) => objection(known) === undefined),
        "definition.unknown_word",
      );
    } else if (why !== undefined) refuse(why);
    else if (fields.some((other) => other.path === path)) refuse(`"${path}" stands here twice. Remove one.`);
    else fields.push(field);
  }
  return fields;
}
