/** Reads a grouped report from its flat rows in the engine: sums by group, measures from sums. */
import { additivityOf } from "../domain/additivity.ts";
import type { Field } from "../domain/field.ts";
import type { Fact } from "../domain/fact.ts";
import { decimalsOf, factsOf, type Measure } from "../domain/measure.ts";
import { type GroupedShape, hasRowKinds } from "../domain/report-definition.ts";
import {
  type Cell,
  createIsGroup,
  type Finding,
  type ReportColumn,
  type ReportTable,
  ROW_KIND,
} from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import { type Cells, comparedColumns, createCells } from "./compute-change.ts";
import { previousName } from "./compared-rows.ts";
import { foldOthers } from "./fold-others.ts";
import { UNIT_COLUMNS } from "./group-rows.ts";
import { rowLevels } from "./row-levels.ts";
import { NO_COUNTERPART } from "./shift-buckets.ts";
import type { FactColumn, FactTable, GroupTable, TableEngine } from "./table-engine.ts";

/** What is read. */
export interface GroupedInput {
  /** Filled, and made by `openGroups`. */
  readonly table: GroupTable;
  /** The same where the report shows the first groups and others. */
  readonly foldable?: FactTable;
  /** Where the totals are read from, when the groups do not add up to them; laid out alike. */
  readonly totals?: GroupTable;
  /** Facts whose total nobody knows. */
  readonly withoutTotal?: readonly Fact[];
  readonly shape: GroupedShape;
  readonly localTime: LocalTime;
  /** What is known of the data already. */
  readonly findings: readonly Finding[];
}

/** Opens the table of a report; its columns are those of `groupColumns`, or of both periods. */
export async function openGroups(
  engine: TableEngine,
  columns: readonly FactColumn[],
  shape: GroupedShape,
): Promise<Pick<GroupedInput, "table" | "foldable">> {
  if (shape.top) {
    const foldable = await engine.createTable(columns);
    return { table: foldable, foldable };
  }
  const conversation = UNIT_COLUMNS.conversation;
  const asked = {
    keys: [...rowLevels(shape, false).map((level) => level.keys), []],
    figures: createCells(shape.measures, shape.compare !== undefined).figures,
    runs: shape.compare === undefined ? [conversation] : [conversation, previousName(conversation)],
  };
  return { table: await engine.createGroups(columns, asked) };
}

/** Describes the table; its rows are grouped again each time they are read. */
export async function readGroupedTable({
  table,
  foldable,
  totals = table,
  withoutTotal = [],
  shape,
  localTime,
  findings: known,
}: GroupedInput): Promise<ReportTable> {
  const { groupBy, measures } = shape;
  const columns = columnsOf(shape);
  const made = createCells(measures, shape.compare !== undefined);
  const total = await totalsOf(totals, made, measures, withoutTotal);
  const noKeys = groupBy.map(() => null);
  const mark = (kind: string): Cell[] => (hasRowKinds(shape) ? [kind] : []);
  const folded = shape.top && foldable && (await foldOthers(foldable, shape, shape.top));
  const readRows = async function* (): AsyncGenerator<Cell[]> {
    let rows = 0;
    for (const level of rowLevels(shape, folded !== undefined)) {
      const source = level.folded && folded ? folded : table;
      for await (const { keys, figures } of source.group(level.keys, made.figures)) {
        if (keys.includes(NO_COUNTERPART)) continue;
        rows += 1;
        const cells = groupBy.map((field, index) => keyCell(field, level.keyAt(index, keys), localTime));
        yield [...mark(level.kindOf(keys)), ...cells, ...made.cellsOf(figures)];
      }
    }
    if (shape.totals && rows > 0) yield [ROW_KIND.total, ...noKeys, ...total];
  };
  const { rowCount, findings, kept } = await inspect(readRows(), columns);
  return {
    columns,
    rowCount,
    totals: [...mark("").map(() => null), ...noKeys, ...total],
    findings: [...known, ...findings],
    rows: () => (kept ? fromMemory(kept) : readRows()),
  };
}

/** A measure of a fact without a total has none either. */
async function totalsOf(
  table: GroupTable,
  made: Cells,
  measures: readonly Measure[],
  without: readonly Fact[],
): Promise<Cell[]> {
  const lacking = new Set(without.map(({ name }) => name));
  for await (const group of table.group([], made.figures))
    return made.cellsOf(group.figures).map((cell, index) => {
      const measure = measures[index];
      return measure && factsOf([measure]).some(({ name }) => lacking.has(name)) ? null : cell;
    });
  return measures.map(() => null);
}

function columnsOf(shape: GroupedShape): ReportColumn[] {
  const { groupBy, measures } = shape;
  return [
    ...(hasRowKinds(shape) ? [{ name: ROW_KIND.column, role: "row", type: "text" } as const] : []),
    ...groupBy.map((field): ReportColumn => ({ name: field.path, role: "key", type: keyType(field) })),
    ...measures.flatMap((measure) => {
      const column = measureColumn(measure, groupBy);
      return shape.compare === undefined ? [column] : comparedColumns(column, measure);
    }),
  ];
}

function measureColumn(measure: Measure, groupBy: readonly Field[]): ReportColumn {
  return {
    name: measure.name,
    role: "measure",
    unit: measure.unit,
    type: measureType(measure),
    decimals: decimalsOf(measure),
    adds: additivityOf(measure, groupBy),
  };
}

function measureType(measure: Measure): ReportColumn["type"] {
  const { formula } = measure;
  if (formula.kind === "codes") return formula.counted ? "counts" : "list";
  if (formula.kind === "distribution") return "counts";
  return measure.unit === "count" && decimalsOf(measure) === 0 ? "integer" : "decimal";
}

function keyType({ bucket }: Field): ReportColumn["type"] {
  if (bucket === undefined) return "text";
  return bucket === "hour_of_day" || bucket === "day_of_week" ? "integer" : "bucket";
}

function keyCell({ bucket }: Field, key: string | number | null, localTime: LocalTime): Cell {
  if (key === null) return null;
  if (bucket === undefined || bucket === "hour_of_day" || bucket === "day_of_week") return key;
  return localTime.formatBucket(Number(key), bucket);
}

/** Results up to this many rows are kept, so that each format need not group again. */
const MAX_KEPT_ROWS = 50_000;

/** Counts the rows and the groups whose ratios cannot be right; `kept` holds all rows when they are few enough. */
async function inspect(
  rows: AsyncIterable<readonly Cell[]>,
  columns: readonly ReportColumn[],
): Promise<{ rowCount: number; findings: Finding[]; kept: readonly (readonly Cell[])[] | undefined }> {
  const ratios = columns.flatMap(({ name }, index) => (["talk_ratio", "hold_ratio"].includes(name) ? index : []));
  const isGroup = createIsGroup(columns);
  const kept: (readonly Cell[])[] = [];
  let [rowCount, over] = [0, 0];
  for await (const row of rows) {
    rowCount += 1;
    if (rowCount <= MAX_KEPT_ROWS) kept.push(row);
    else kept.length = 0;
    if (isGroup(row) && ratios.some((index) => Number(row[index]) > 1)) over += 1;
  }
  return { rowCount, findings: ratioFindings(over), kept: rowCount <= MAX_KEPT_ROWS ? kept : undefined };
}

function ratioFindings(count: number): Finding[] {
  if (count === 0) return [];
  const message = `${count} rows have more talk or hold time than conversation time: several legs ran at once, or the source is wrong. Their ratios are above 1, and efficiency_score is cut at 0.`;
  return [{ code: "ratio_over_one", count, message }];
}

async function* fromMemory(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly Cell[]> {
  yield* rows;
}
