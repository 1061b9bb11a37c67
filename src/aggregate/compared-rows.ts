/**
 * Flat rows of two periods in one table. What belongs to the period before has its units, codes and agents in columns of
 * their own, so that one grouping gives the figures of both, for every group that either has.
 */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { contains } from "../domain/interval.ts";
import type { Periods } from "../domain/periods.ts";
import type { GroupedShape } from "../domain/report-definition.ts";
import type { Finding } from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import { AGENT_COLUMN, CODE_COLUMN, groupColumns, UNIT_COLUMNS } from "./group-rows.ts";
import { createShiftedBuckets, NO_COUNTERPART } from "./shift-buckets.ts";
import type { FactColumn, FactRow, Figure } from "./table-engine.ts";

/** The columns of which each period has its own. */
const OWN: ReadonlySet<string> = new Set([...Object.values(UNIT_COLUMNS), CODE_COLUMN, AGENT_COLUMN]);

/** Lays out rows; `counts` says whether a conversation is of either period. */
export interface PeriodRows {
  readonly columns: readonly FactColumn[];
  counts(record: ConversationRecord): boolean;
  rowsOf(record: ConversationRecord): readonly FactRow[];
  findings(): Finding[];
}

type RowsWith = (clock: Pick<LocalTime, "bucketOf">) => (record: ConversationRecord) => readonly FactRow[];

/** `rowsWith` makes the rows of a plain report, by a clock. */
export function createPeriodRows(
  { groupBy, measures }: GroupedShape,
  periods: Periods | undefined,
  localTime: LocalTime,
  rowsWith: RowsWith,
): PeriodRows {
  const columns = groupColumns(groupBy, measures);
  const rowsNow = rowsWith(localTime);
  const previous = periods?.previous;
  if (!periods || !previous) return { columns, counts: () => true, rowsOf: rowsNow, findings: () => [] };
  const rowsBefore = rowsWith(createShiftedBuckets(localTime, previous.shift));
  const own = columns.flatMap(({ name }, index) => (OWN.has(name) ? [index] : []));
  const none = own.map(() => null);
  let without = 0;
  const isNow = ({ startedAt }: ConversationRecord): boolean => contains(periods.window, startedAt);
  const counts = (record: ConversationRecord): boolean =>
    isNow(record) || contains(previous.interval, record.startedAt);
  return {
    columns: [...columns, ...own.flatMap((index) => previousColumn(columns[index]))],
    counts,
    rowsOf(record) {
      if (isNow(record)) return rowsNow(record).map((row) => [...row, ...none]);
      if (!counts(record)) return [];
      const rows = rowsBefore(record);
      if (rows.some((row) => row.includes(NO_COUNTERPART))) without += 1;
      return rows.map((row) => [
        ...row.map((value, index) => (own.includes(index) ? null : value)),
        ...own.map((index) => row[index] ?? null),
      ]);
    },
    findings: () => (without === 0 ? [] : [withoutCounterpart(without)]),
  };
}

/** The same figure of the period before. */
export function previousFigure(figure: Figure): Figure {
  switch (figure.kind) {
    case "sum":
      return { ...figure, unit: previousName(figure.unit) };
    case "percentile":
      return { ...figure, of: figure.of.map((of) => ({ ...of, unit: previousName(of.unit) })) };
    case "codes":
      return { ...figure, column: previousName(figure.column), unit: previousName(figure.unit) };
    case "distinct":
      return { ...figure, column: previousName(figure.column) };
  }
}

function previousColumn(column: FactColumn | undefined): FactColumn[] {
  return column ? [{ ...column, name: previousName(column.name) }] : [];
}

/** The column that the period before has of its own. */
export function previousName(column: string): string {
  return `previous_${column}`;
}

function withoutCounterpart(count: number): Finding {
  const message = `${count} conversations of the period before began on days that this window has no counterpart for, such as the 31st: they count in rows without a time, and in no other.`;
  return { code: "previous_without_counterpart", count, message };
}
