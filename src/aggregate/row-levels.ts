/**
 * The levels of a grouped report's rows: its groups, and what several groups are together. Each level is grouped from the
 * flat rows anew, so that a distinct count or a quotient over several groups is its own and no sum of theirs.
 */
import type { Field } from "../domain/field.ts";
import type { GroupedShape } from "../domain/report-definition.ts";
import { ROW_KIND } from "../domain/report-table.ts";
import { keyColumn, OTHERS_COLUMN } from "./group-rows.ts";
import type { FactRow } from "./table-engine.ts";

/** One level, in which the rows of the report come in the order of their keys. */
export interface RowLevel {
  /** Whether it is of the table whose others are folded. */
  readonly folded: boolean;
  /** The key columns that the engine groups by. */
  readonly keys: readonly string[];
  /** What a reader is told of a row. */
  kindOf(keys: FactRow): string;
  /** The value of the nth key of the report; null where the level is over all its values. */
  keyAt(index: number, keys: FactRow): FactRow[number];
}

/**
 * The groups first, then the subtotals in the order in which they are asked for. `folded`: there are others. A subtotal
 * by some of the keys that name them is over all, as they have lost these keys.
 */
export function rowLevels({ groupBy, subtotals = [], top }: GroupedShape, folded: boolean): RowLevel[] {
  const of = folded ? (top?.of ?? []) : [];
  return [
    levelOf(groupBy, groupBy, of, ROW_KIND.group, ROW_KIND.others),
    ...subtotals.map(({ by, label }) =>
      levelOf(groupBy, by, of, `subtotal by ${label}`, `subtotal of others by ${label}`),
    ),
  ];
}

function levelOf(
  groupBy: readonly Field[],
  by: readonly Field[],
  of: readonly Field[],
  kind: string,
  ofOthers: string,
): RowLevel {
  const indexes = groupBy.flatMap((field, index) => (by.includes(field) ? [index] : []));
  const columns = indexes.map(keyColumn);
  const folded = of.length > 0 && of.every((field) => by.includes(field));
  // Behind the keys that name what is folded: others come after what has no name.
  const mark = folded ? indexes.findLastIndex((index) => of.some((field) => field === groupBy[index])) + 1 : -1;
  if (folded) columns.splice(mark, 0, OTHERS_COLUMN);
  return {
    folded,
    keys: columns,
    kindOf: (keys) => (folded && keys[mark] === 1 ? ofOthers : kind),
    keyAt: (index, keys) => keys[columns.indexOf(keyColumn(index))] ?? null,
  };
}
