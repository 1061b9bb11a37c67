/**
 * What a person asked for, validated and frozen. Made only by `define/`; every name in it has been looked up,
 * so that the stages behind need no vocabulary of their own.
 */
import type { Expectation } from "./expectation.ts";
import type { Field } from "./field.ts";
import type { Measure } from "./measure.ts";
import type { Schedule } from "./schedule.ts";

/**
 * How one field is compared. `range` holds for numbers: each bound that is present must hold. `part` holds for texts
 * and codes, whatever the case of the letters.
 */
export type Condition =
  | { readonly kind: "is_one_of"; readonly values: readonly string[] }
  | { readonly kind: "exists" }
  | { readonly kind: "part"; readonly operator: "contains" | "starts_with"; readonly text: string }
  | {
      readonly kind: "range";
      readonly gt?: number;
      readonly gte?: number;
      readonly lt?: number;
      readonly lte?: number;
    };

/** A condition on one field; `negated` turns it round (ne, not_in, not_exists). */
export interface Predicate {
  readonly kind: "predicate";
  readonly field: Field;
  readonly condition: Condition;
  readonly negated: boolean;
}

/** Predicates joined by and/or, to any depth. An `and` of nothing is true. */
export type Filter = Predicate | { readonly kind: "and" | "or"; readonly filters: readonly Filter[] };

/** What a grouped report shows besides its groups; absent is no. */
export interface Arrangement {
  /** A row for each time bucket of the window, also for the empty ones. */
  readonly fill?: true;
  /** A last row over everything. */
  readonly totals?: true;
  /** Rows over all groups that are alike in some keys. */
  readonly subtotals?: readonly Subtotal[];
  /** Only the first by a measure have groups of their own. */
  readonly top?: Top;
  /** Beside each measure what it was in the period before the window. */
  readonly compare?: "previous";
}

/** A level of subtotals. */
export interface Subtotal {
  /** Keys of the report, with the ids and names of the same things, and not all of them. */
  readonly by: readonly Field[];
  /** Its keys in the author's words. */
  readonly label: string;
}

/** The first `count` of what some keys name, by a measure over the window; all others are one. */
export interface Top {
  readonly by: Measure;
  readonly count: number;
  readonly of: readonly Field[];
}

/** Whether lines of the report are not all groups: each then says what it is. */
export function hasRowKinds({ totals, subtotals = [], top }: Arrangement): boolean {
  return totals === true || top !== undefined || subtotals.length > 0;
}

/** A report of which one line is a group. */
export interface GroupedShape extends Arrangement {
  readonly kind: "grouped";
  readonly groupBy: readonly Field[];
  readonly measures: readonly Measure[];
}

/** One line of a grouped report is a group; of a detail report a conversation, a leg, a visit or a segment. */
export type Shape =
  | GroupedShape
  | { readonly kind: "detail"; readonly rows: DetailRows; readonly columns: readonly Field[] };

/** What a line of a detail report is. */
export type DetailRows = "conversation" | "leg" | "visit" | "segment";

/**
 * Where figures come from. `conversations` chooses between the two details sources, as `auto` does; `define/` turns
 * `auto` into `aggregates` where figures count when they were emitted, and into `only_jobs`, which authors do not write,
 * where the report reads what no other source brings.
 */
export type SourceChoice = "auto" | "conversations" | "details_query" | "details_job" | "only_jobs" | "aggregates";

/** Which clock decides the window and the bucket of a figure: the start of its conversation, or its own emission. */
export type TimeBasis = "conversationStart" | "eventTime";

/** Formats that this version writes, in the order in which help names them. */
export const EXPORT_FORMATS = ["csv", "json", "ndjson", "parquet", "xlsx", "html"] as const;

/** A format of a file. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Who opens a CSV file: programs, or a spreadsheet whose language writes `0.5`, or one that writes `0,5`. */
export const CSV_PRESETS = ["rfc", "excel-en", "excel-eu"] as const;

/** How CSV is written. */
export interface CsvStyle {
  readonly preset: (typeof CSV_PRESETS)[number];
  /** Whether a text that a spreadsheet might run gets an apostrophe in front. */
  readonly formulaGuard: boolean;
}

/** CSV as RFC 4180 has it, with the guard. */
export const PLAIN_CSV: CsvStyle = Object.freeze({ preset: "rfc", formulaGuard: true });

/**
 * The window in words. `instants`: epoch milliseconds; `local_days`: calendar days of the report's zone, the last
 * one excluded; `last`: whole calendar units before the one that contains now; `to_date`: from the start of the
 * unit that contains now, up to now.
 */
export type WindowSpec =
  | { readonly kind: "instants"; readonly startAt: number; readonly endAt: number }
  | { readonly kind: "local_days"; readonly startDay: string; readonly endDay: string }
  | { readonly kind: "last"; readonly count: number; readonly unit: CalendarUnit }
  | { readonly kind: "to_date"; readonly unit: CalendarUnit };

/** Weeks begin on Monday (ISO 8601). */
export type CalendarUnit = "day" | "week" | "month" | "quarter";

/** A report as asked for; `plan/resolve-window` turns its window into instants. */
export interface ReportDefinition {
  readonly name: string;
  readonly title: string;
  readonly timeZone: string;
  readonly window: WindowSpec;
  readonly filter: Filter;
  /** Where figures come from; `auto` lets the plan choose what gives the same figures for the fewest requests. */
  readonly source: SourceChoice;
  readonly timeBasis: TimeBasis;
  /** `figures`: a filter keeps the parts that meet it; `conversation`: it keeps whole conversations. */
  readonly filterScope: "figures" | "conversation";
  readonly shape: Shape;
  readonly formats: readonly ExportFormat[];
  readonly csv: CsvStyle;
  /** Parquet as one file for each local day of one of `PARTING_PATHS`. */
  readonly parquetByDay: boolean;
  /** Names of the destinations. */
  readonly destinations: readonly string[];
  readonly recipients: readonly Recipient[];
  /** What must hold of the result before it is handed out. */
  readonly expectations: readonly Expectation[];
  /** When it runs by itself; never when absent. */
  readonly schedule?: Schedule;
  /** What the author should know about how the definition was read. */
  readonly notes: readonly string[];
  /** SHA-256 of the definition as written but for its schedule, normalised; the same question has the same hash. */
  readonly hash: string;
}

/** Rows that show one of these values; null is none. */
export interface RowsOf {
  readonly path: string;
  readonly values: readonly (string | null)[];
}

/** Who gets the report, or, where `only` names some, the rows that fulfil every part of it. */
export interface Recipient {
  /** The name of a destination. */
  readonly to: string;
  readonly only: readonly RowsOf[];
}

/** The filter that keeps everything. */
export const EVERYTHING: Filter = Object.freeze({ kind: "and", filters: Object.freeze([]) });

/** The paths that can part a report into days: the first of them that its lines show does. */
export const PARTING_PATHS = ["time.day", "time.hour", "time.minute30", "time.minute15", "conversation.start"] as const;

/** Every field that the lines of a report show. */
export function fieldsShown(shape: Shape): readonly Field[] {
  return shape.kind === "grouped" ? shape.groupBy : shape.columns;
}

/** Every field that a filter reads. */
export function fieldsIn(filter: Filter): Field[] {
  return filter.kind === "predicate" ? [filter.field] : filter.filters.flatMap(fieldsIn);
}

/** The filters that must all hold, nested `and`s opened. */
export function conjunctsOf(filter: Filter): Filter[] {
  return filter.kind === "and" ? filter.filters.flatMap(conjunctsOf) : [filter];
}
