/**
 * The levels of a grouped report's rows: its groups, and what several groups are together. Each level is grouped from the
 * flat rows anew, so that a distinct count or a quotient over several groups is its own and no sum of theirs.
 */
import type { Field } from "../domain/field.ts";
import type { GroupedShape } from "../domain/report-definition.ts";
import { keyColumn } from "./group-rows.ts";
import type { FactRow } from "./table-engine.ts";

/** One level, in which the rows of the report come in the order of their keys. */
export interface RowLevel {
  /** The key columns that the engine groups by. */
  readonly keys: readonly string[];
  /** What a reader is told of a row. */
  kindOf(keys: FactRow): string;
  /** The value of the nth key of the report; null where the level is over all its values. */
  keyAt(index: number, keys: FactRow): FactRow[number];
}

/** The groups first, then the subtotals in the order in which they are asked for. */
export function rowLevels({ groupBy, subtotals = [] }: GroupedShape): RowLevel[] {
  return [levelOf(groupBy, groupBy, "group"), ...subtotals.map(({ by, label }) => levelOf(groupBy, by, label))];
}

function levelOf(groupBy: readonly Field[], by: readonly Field[], kind: string): RowLevel {
  const indexes = groupBy.flatMap((field, index) => (by.includes(field) ? [index] : []));
  return {
    keys: indexes.map(keyColumn),
    kindOf: () => kind,
    keyAt: (index, keys) => keys[indexes.indexOf(index)] ?? null,
  };
}
