/**
 * The query document of the tutorial that callsheet grew from: `query.timeRange`, `interval`, `groupBy`,
 * `metrics`, `filter`. It is no request of the real API; here it becomes a report of the same six columns.
 * Its `interval` is what the vendor calls granularity, and the only place in callsheet with that meaning.
 */
import { basename } from "node:path";
import { z } from "zod";
import { REPORT_SCHEMA, reportKeysAt, type ReportSource } from "./definition-schema.ts";
import type { DocumentPath, SourceDocument } from "./read-document.ts";
import { parseShape } from "./schema-problems.ts";

/** The columns that the tutorial computes from each of its metrics. */
const COLUMNS_OF_METRIC = {
  "conversation.duration.seconds": ["conversation_count", "avg_duration_seconds"],
  "agent.talk.seconds": ["talk_ratio"],
  "agent.hold.seconds": ["hold_ratio", "efficiency_score"],
  "wrapup.code": ["unique_wrapup_codes"],
} as const;

const METRICS = Object.keys(COLUMNS_OF_METRIC) as (keyof typeof COLUMNS_OF_METRIC)[];

const TIME_RANGE = z.strictObject({ start: z.string(), end: z.string() });
const QUERY = z.strictObject({ type: z.literal("conversation"), timeRange: TIME_RANGE });

const TUTORIAL_SCHEMA = z.strictObject({
  query: QUERY,
  interval: z
    .string()
    .regex(/^P(T\d+[HM]|\d+D)$/, "Write a granularity such as PT1H.")
    .optional(),
  groupBy: z.array(z.string()),
  metrics: z.array(z.enum(METRICS)).min(1),
  filter: REPORT_SCHEMA.shape.filter,
});

/** Whether the document is the tutorial's: it has `query`, which a report of our own never has. */
export function isTutorialQuery(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.hasOwn(value, "query") && !Object.hasOwn(value, "report")
  );
}

/** The report that the tutorial's script meant to make; `placeOf` leads a problem back to the document's own keys. */
export function translateTutorialQuery(document: SourceDocument): {
  source: ReportSource;
  notes: string[];
  placeOf: (path: DocumentPath) => DocumentPath;
} {
  const query = parseShape(TUTORIAL_SCHEMA, document, keysAt);
  const measures = METRICS.filter((metric) => query.metrics.includes(metric)).flatMap((metric) => [
    ...COLUMNS_OF_METRIC[metric],
  ]);
  const source = REPORT_SCHEMA.parse({
    report: nameOf(document.file),
    title: "The tutorial's report",
    interval: `${query.query.timeRange.start}/${query.query.timeRange.end}`,
    filter: query.filter,
    groupBy: query.groupBy,
    measures,
  });
  return { source, notes: notesOn(query.interval, query.groupBy), placeOf };
}

function keysAt([first, second]: DocumentPath): readonly string[] {
  if (first === undefined) return Object.keys(TUTORIAL_SCHEMA.shape);
  if (first === "query") return Object.keys(second === "timeRange" ? TIME_RANGE.shape : QUERY.shape);
  return reportKeysAt([first]);
}

function placeOf(path: DocumentPath): DocumentPath {
  const [key] = path;
  if (key === "interval") return ["query", "timeRange"];
  return key === "measures" ? ["metrics"] : path;
}

function notesOn(granularity: string | undefined, groupBy: readonly string[]): string[] {
  if (granularity === undefined || groupBy.some((path) => path.startsWith("time."))) return [];
  return [
    `interval ${granularity} is a granularity, which the tutorial asks for and never uses; add time.hour to groupBy to split the rows by it.`,
  ];
}

function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name.slice(0, 64) || "query";
}
