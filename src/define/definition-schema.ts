/** The shape of a report file: keys and plain types. What the words mean is checked behind it. */
import { z } from "zod";
import type { Field } from "../domain/field.ts";
import { PERSONAL_CLASSES } from "../domain/personal-data.ts";
import { CSV_PRESETS, EXPORT_FORMATS } from "../domain/report-definition.ts";
import { DECLARED_MEASURES } from "./declared-measures.ts";
import { EXPECTATION_KEYS, EXPECTATION_SCHEMA } from "./expectation-schema.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { type FilterSource, OPERATORS } from "./parse-filter.ts";
import { MASK_WORDS } from "./parse-masks.ts";
import type { DocumentPath } from "./read-document.ts";
import { SCHEDULE_SCHEMA, scheduleKeysAt } from "./schedule-schema.ts";
import { ATTRIBUTE, FIELDS } from "./vocabulary.ts";

const ROUND_RANGE = "Write a number of decimals from 0 to 9.";

/** So far, sums of a year of a large contact centre stay exact in whole thousandths. */
const MOST_SECONDS = 100_000;
const MOST_SCORE = 10_000;
const MOST_WEIGHT = 1000;
const MOST_STEPS = 20;
const MOST_EXPECTATIONS = 100;

/** What a person looks through; each is looked for in every row. */
const MOST_TOP = 1000;
const TOP_RANGE = `Write a whole number from 1 to ${MOST_TOP}.`;

const simpleFilter = z.strictObject({
  type: z.literal("simple").optional(),
  path: pathOf(({ filterable }) => filterable).describe("a path of `callsheet fields`"),
  operator: wordOf(OPERATORS).describe("which of them a path takes depends on its type"),
  value: z.unknown().optional().describe("a text, a number of seconds, or a list for in and not_in"),
});

const filter: z.ZodType<FilterSource> = z.lazy(() => z.discriminatedUnion("type", [compoundFilter, simpleFilter]));

const compoundFilter = z.strictObject({
  type: z.literal("compound"),
  operator: z.enum(["and", "or"]),
  filters: z.array(filter),
});

const measureName = wordOf([...MEASURES.keys(), ...DECLARED_MEASURES.keys()]);

const seconds = declaredNumber(0, MOST_SECONDS);
const score = declaredNumber(-MOST_SCORE, MOST_SCORE);
const secondsByField = byField(MOST_SECONDS);
const weightsByField = byField(MOST_WEIGHT);

const measureEntry = z.strictObject({
  name: z.string().describe("the column's name: that of a measure, or one's own beside `measure`"),
  expression: z
    .string()
    .optional()
    .describe("of one's own: a scalar SQL expression over measures; aggregates take fields"),
  unit: z.enum(["count", "seconds", "ratio", "score", "number"]).optional().describe("of an expression's result"),
  measure: measureName.optional().describe("the measure, where the column has a name of its own"),
  round: z.int().min(0, ROUND_RANGE).max(9, ROUND_RANGE).optional().describe("decimals to write"),
  target: z.union([seconds, secondsByField]).optional().describe("service_level: seconds, or seconds by a field"),
  formula: z
    .enum(["answered", "answered_and_abandoned", "without_short_abandons", "with_flow_outs"])
    .optional()
    .describe("service_level: what is divided by"),
  weights: weightsByField.optional().describe("weighted_aht_seconds"),
  edges: z.array(seconds).min(1).max(MOST_STEPS).optional().describe("…_counts: rising seconds"),
  scale: z
    .strictObject({ from: z.tuple([score, score]), to: z.tuple([score, score]) })
    .optional()
    .describe("csat_score: the survey's scale and the one to show"),
  mapping: z
    .array(z.strictObject({ atLeast: score, score }))
    .min(1)
    .max(MOST_STEPS)
    .optional()
    .describe("satisfaction_score: the score from each answer on"),
  of: z.enum(["survey.score", "survey.nps"]).optional().describe("satisfaction_score: the answers that are mapped"),
});

const measure = z.union([measureName, measureEntry]);

/** An entry of `measures`, as far as the schema goes. */
export type MeasureSource = z.infer<typeof measure>;

/** A number for each value of a field. */
export type ByFieldSource = z.infer<typeof secondsByField>;

const csvStyle = z.strictObject({
  preset: z
    .enum(CSV_PRESETS)
    .exactOptional()
    .describe("rfc: for programs; excel-en, excel-eu: for a double click in a spreadsheet"),
  formulaGuard: z.boolean().exactOptional().describe("false leaves texts that a spreadsheet would run as they are"),
});

const parquetStyle = z.strictObject({
  partition: z.literal("day").exactOptional().describe("a file for each local day, in folders day=2024-03-01"),
});

const groupPath = pathOf(({ groupable }) => groupable);

/** A key of the report, or several of them together. */
const keys = z.union([groupPath, z.array(groupPath).min(1, "Name at least one key.")]);

const top = z.strictObject({
  by: z.string().describe("a measure of the report"),
  count: z.int().min(1, TOP_RANGE).max(MOST_TOP, TOP_RANGE),
  of: keys.optional().describe("the keys that are counted; all but times when absent"),
});

const share = z.strictObject({
  to: z.string().describe("a name under destinations in callsheet.yaml"),
  only: z
    .record(
      pathOf(() => true),
      z.array(z.union([z.string(), z.null()])).min(1, "Name at least one value."),
    )
    .describe("the rows that show one of these values, by path; null is none"),
});

/** A report file in callsheet's own form. */
export const REPORT_SCHEMA = z.strictObject({
  report: z
    .string()
    .regex(
      // Windows makes no file of these names, whatever their ending.
      /^(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9-]{0,63}$/,
      "Write lower-case letters, digits and hyphens, at most 64, such as voice-by-queue; not con, nul and the like.",
    )
    .describe("the report's name: file names and object keys are made from it"),
  title: z.string().max(200).optional().describe("shown to readers; the name when absent"),
  timeZone: z
    .string()
    .default("UTC")
    .describe("IANA zone that decides windows, buckets and, unless it says otherwise, the schedule"),
  interval: z.string().describe("yesterday, last 7 days, 2024-01-01/2024-02-01, …"),
  filter: z.array(filter).default([]).describe("all must hold"),
  filterScope: z
    .enum(["figures", "conversation"])
    .default("figures")
    .describe("figures: keep the parts that meet the filter; conversation: keep whole conversations"),
  source: z
    .enum(["auto", "conversations", "details_query", "details_job", "aggregates"])
    .default("auto")
    .describe("where figures come from; aggregates needs timeBasis: eventTime"),
  timeBasis: z
    .enum(["conversationStart", "eventTime"])
    .default("conversationStart")
    .describe("conversationStart: a figure counts where its conversation began; eventTime: where it was emitted"),
  groupBy: z.array(groupPath).optional().describe("paths; an empty list gives one line for everything"),
  measures: z.array(measure).optional(),
  // Without defaults: a report that says nothing of these keeps its hash.
  fill: z.boolean().exactOptional().describe("true: a row for each time bucket of the window, also for the empty ones"),
  totals: z.boolean().exactOptional().describe("true: a last row over everything"),
  subtotals: z
    .union([groupPath, z.array(keys).min(1, "Name at least one key.")])
    .exactOptional()
    .describe("keys: a row for each of their values, over all others; a list in the list takes several keys together"),
  top: top.exactOptional().describe("groups of their own for the first by a measure; all others are one"),
  compare: z
    .literal("previous")
    .exactOptional()
    .describe(
      "beside each measure its value in the period before the window, the difference and the change in per cent",
    ),
  rows: z
    .enum(["conversation", "leg", "visit", "segment"])
    .optional()
    .describe("one line each, in chronological order, instead of groups"),
  columns: z
    .array(pathOf(() => true))
    .optional()
    .describe("paths of a detail report"),
  export: z
    .array(z.enum(EXPORT_FORMATS))
    .min(1, `List at least one of ${EXPORT_FORMATS.join(", ")}.`)
    .default(["csv", "json"]),
  // Without a default: a report that says nothing of it keeps its hash.
  csv: csvStyle.optional().describe("how csv is written"),
  parquet: parquetStyle.optional().describe("how parquet is written"),
  mask: z
    .record(
      pathOf(({ personal }) => personal !== undefined, Object.keys(PERSONAL_CLASSES)),
      z.enum(MASK_WORDS),
    )
    .optional()
    .describe(`what is shown instead of personal data, by class (${Object.keys(PERSONAL_CLASSES).join(", ")}) or path`),
  expect: z.array(EXPECTATION_SCHEMA).max(MOST_EXPECTATIONS).optional().describe("what must hold of the result"),
  schedule: SCHEDULE_SCHEMA.exactOptional().describe("when it runs by itself"),
  deliver: z
    .array(z.union([z.string(), share]))
    .default([])
    .describe("names under destinations in callsheet.yaml, or { to, only } for some of the rows"),
});

/** What the schema lets through. */
export type ReportSource = z.infer<typeof REPORT_SCHEMA>;

/** The keys that may stand at a place of a report file, for suggestions. */
export function reportKeysAt([first, second]: DocumentPath): readonly string[] {
  if (first === undefined) return Object.keys(REPORT_SCHEMA.shape);
  if (first === "filter") return [...Object.keys(simpleFilter.shape), "filters"];
  if (first === "deliver") return Object.keys(share.shape);
  if (first === "parquet") return Object.keys(parquetStyle.shape);
  if (first === "top") return Object.keys(top.shape);
  if (first === "csv") return Object.keys(csvStyle.shape);
  if (first === "expect") return EXPECTATION_KEYS;
  if (first === "schedule") return scheduleKeysAt(second);
  return first === "measures" ? Object.keys(measureEntry.shape) : [];
}

/** A number that is kept as whole thousandths. */
function declaredNumber(least: number, most: number): z.ZodNumber {
  const words = `Write a number from ${least} to ${most} with at most three decimals.`;
  return z
    .number()
    .min(least, words)
    .max(most, words)
    .refine((value) => Math.round(value * 1000) === Math.round(value * 1e6) / 1000, words);
}

/** A number for each value of a field that a leg has one value of. */
function byField(most: number): z.ZodObject<{
  by: z.ZodString;
  values: z.ZodRecord<z.ZodString, z.ZodNumber>;
  otherwise: z.ZodOptional<z.ZodNumber>;
}> {
  return z.strictObject({
    by: pathOf(({ groupable, multiple }) => groupable && multiple !== true),
    values: z.record(z.string(), declaredNumber(0, most)).describe("a number for each value"),
    otherwise: declaredNumber(0, most).optional().describe("the number of all other values"),
  });
}

/** A text to us, who answer a wrong one with a suggestion; to editors the words that it may be. */
function wordOf(words: readonly string[]): z.ZodString {
  return z.string().meta({ enum: [...words] });
}

/** The same for the paths that may stand at a place; keys of attributes are anybody's words. */
function pathOf(mayStand: (field: Field) => boolean, besides: readonly string[] = []): z.ZodString {
  const fields = [...FIELDS.values()].filter((field) => field !== ATTRIBUTE && mayStand(field));
  const paths = [...besides, ...fields.map(({ path }) => path)];
  const prefix = ATTRIBUTE.path.replace("<key>", "");
  return z.string().meta({ anyOf: [{ enum: paths }, { pattern: `^${prefix.replaceAll(".", "\\.")}.` }] });
}

/** The JSON Schema of a report file, for editors. */
export function reportJsonSchema(): unknown {
  return { title: "A callsheet report", ...z.toJSONSchema(REPORT_SCHEMA, { io: "input" }) };
}
