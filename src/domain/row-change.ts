/** How the rows of two runs of one window differ. */
import type { Cell, ReportColumn } from "./report-table.ts";

/** A column as far as a comparison needs it. */
export type ComparedColumn = Pick<ReportColumn, "name" | "role">;

/** A row of a report by column name, as its JSON file has it. */
export type ReportRow = Readonly<Record<string, Cell>>;

/** One row that came, went or changed; `cells` are its figures, or details, that differ. */
export interface RowChange {
  readonly kind: "added" | "removed" | "changed";
  /** What names the row: its group, or the conversation that it is about. */
  readonly key: ReportRow;
  readonly cells: readonly { readonly column: string; readonly before: Cell; readonly after: Cell }[];
}

/** How many rows came, went and changed. */
export interface RowCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** How a run differs from an earlier one of the same report and window. */
export interface RunChanges {
  /** The earlier run. */
  readonly against: string;
  /** Absent when there are too many rows to compare. */
  readonly rows?: RowCounts;
  /** The first ones; `callsheet runs diff` lists all. */
  readonly list: readonly RowChange[];
}

/** Counts the changes by kind. */
export function countChanges(changes: readonly RowChange[]): RowCounts {
  const of = (kind: RowChange["kind"]): number => changes.filter((change) => change.kind === kind).length;
  return { added: of("added"), removed: of("removed"), changed: of("changed") };
}
