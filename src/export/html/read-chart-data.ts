/**
 * What a chart can be drawn from: the keys that tell rows apart, one or two measures, and the rows reduced to
 * those. Two columns that name the same thing (an id and its name) are one key; a key with a single value is none.
 */
import { type Cell, createIsGroup, type ReportColumn, type ReportTable } from "../../domain/report-table.ts";

/** `label` is the column to show; the cells of all `columns` together say which one it is. */
export interface ChartKey {
  readonly label: ReportColumn;
  readonly kind: "text" | "bucket" | "hour_of_day" | "day_of_week";
}

/** One row: for each key what to show and what makes it different, for each measure its number. */
export interface ChartRow {
  readonly shown: readonly (string | number | null)[];
  readonly identities: readonly string[];
  readonly values: readonly (number | null)[];
}

/** Keys, measures and rows, all in the order of the table. */
export interface ChartData {
  readonly keys: readonly ChartKey[];
  readonly measures: readonly ReportColumn[];
  readonly rows: readonly ChartRow[];
}

/** Beyond this nothing is drawn: the page would hold more than a screen can show, and memory has a limit. */
const MAX_ROWS = 50_000;

/** Reads the rows once; undefined when there is nothing that a chart could show. */
export async function readChartData(table: ReportTable): Promise<ChartData | undefined> {
  const groups = keyGroups(table.columns);
  const measures = chooseMeasures(table.columns);
  if (groups.length === 0 || measures.length === 0 || table.rowCount < 2 || table.rowCount > MAX_ROWS) return undefined;
  const rows: ChartRow[] = [];
  const isGroup = createIsGroup(table.columns);
  // What several groups are together is no group beside them.
  for await (const row of table.rows()) if (isGroup(row)) rows.push(reduceRow(row, groups, measures));
  const telling = groups.flatMap((_, index) =>
    new Set(rows.map(({ identities }) => identities[index])).size > 1 ? [index] : [],
  );
  // Bars, areas and colours begin at zero; what goes below it is left to the table.
  const drawable = measures.flatMap((_, index) => (rows.some(({ values }) => (values[index] ?? 0) < 0) ? [] : [index]));
  return telling.length === 0 || drawable.length === 0
    ? undefined
    : {
        keys: pick(groups, telling).map(({ label, kind }) => ({ label, kind })),
        measures: pick(measures, drawable).map(({ column }) => column),
        rows: rows.map((row) => ({
          shown: pick(row.shown, telling),
          identities: pick(row.identities, telling),
          values: pick(row.values, drawable),
        })),
      };
}

function pick<T>(items: readonly T[], indexes: readonly number[]): T[] {
  return items.filter((_, index) => indexes.includes(index));
}

interface Placed {
  readonly column: ReportColumn;
  readonly index: number;
}

interface KeyGroup extends ChartKey {
  readonly shownIndex: number;
  readonly indexes: readonly number[];
}

/** A name and its id are one thing, under the name. */
function keyGroups(columns: readonly ReportColumn[]): KeyGroup[] {
  const keys = columns.flatMap((column, index) => (column.role === "key" ? [{ column, index }] : []));
  const thingOf = ({ column }: Placed): string => column.name.replace(/\.(?:id|name|code)$/, "");
  return [...Map.groupBy(keys, thingOf).values()].flatMap((same) => {
    const shown = same.find(({ column }) => column.name.endsWith(".name")) ?? same[0];
    return shown
      ? [
          {
            label: shown.column,
            kind: kindOf(shown.column),
            shownIndex: shown.index,
            indexes: same.map(({ index }) => index),
          },
        ]
      : [];
  });
}

function kindOf({ name, type }: ReportColumn): ChartKey["kind"] {
  if (name === "time.hour_of_day") return "hour_of_day";
  if (name === "time.day_of_week") return "day_of_week";
  return type === "bucket" ? "bucket" : "text";
}

/** The first count whose rows add up, or else the first number; beside it the first share or mean. */
function chooseMeasures(columns: readonly ReportColumn[]): Placed[] {
  const numbers = columns.flatMap((column, index) =>
    column.role === "measure" &&
    column.compares === undefined &&
    (column.type === "integer" || column.type === "decimal")
      ? [{ column, index }]
      : [],
  );
  const main =
    numbers.find(({ column }) => column.unit === "count" && column.adds === "additive") ??
    numbers.find(({ column }) => column.unit === "count") ??
    numbers.find(({ column }) => column.adds === "additive") ??
    numbers[0];
  const beside = numbers.find(
    (placed) => placed !== main && placed.column.adds === "ratio" && placed.column.unit !== "score",
  );
  return [main, beside].filter((placed) => placed !== undefined);
}

function reduceRow(row: readonly Cell[], groups: readonly KeyGroup[], measures: readonly Placed[]): ChartRow {
  return {
    shown: groups.map(({ shownIndex }) => plain(row[shownIndex])),
    identities: groups.map(({ indexes }) => JSON.stringify(indexes.map((index) => row[index] ?? null))),
    values: measures.map(({ index }) => {
      const value = row[index];
      return typeof value === "number" && Number.isFinite(value) ? value : null;
    }),
  };
}

function plain(cell: Cell | undefined): string | number | null {
  return typeof cell === "string" || typeof cell === "number" ? cell : null;
}
