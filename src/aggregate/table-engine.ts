/** The port to the columnar engine that holds flat rows and sums them. */

/** Types of flat columns: text, whole number up to 2^53, row key. */
export interface FactColumn {
  readonly name: string;
  readonly type: "text" | "integer";
}

/** A flat row; one value for each column, in their order. */
export type FactRow = readonly (string | number | null)[];

/**
 * An integer column with the column of the keys of its units: a unit has one value, however many rows it has, and rows
 * whose unit is null have none.
 */
export interface UnitColumn {
  readonly column: string;
  readonly unit: string;
}

/**
 * A figure of a group. `sum`: the sum of a column over its units; null when none had a value. `percentile`: the value
 * at `percent` (a whole number up to 100) of the units of all columns in one line, by continuous linear interpolation,
 * times 100; null when none had a value. `codes`: the distinct non-null texts of a column, the first `limit` by code
 * point, each with its number of distinct units. `distinct`: how many distinct texts a column has.
 */
export type Figure =
  | ({ readonly kind: "sum" } & UnitColumn)
  | { readonly kind: "percentile"; readonly percent: number; readonly of: readonly UnitColumn[] }
  | ({ readonly kind: "codes"; readonly limit: number } & UnitColumn)
  | { readonly kind: "distinct"; readonly column: string };

/** The codes of a group, each with its number of units, and how many more there are. */
export interface CodeCounts {
  readonly units: ReadonlyMap<string, number>;
  readonly cut: number;
}

/** A figure's value: exact whole numbers. */
export type FigureValue = bigint | null | CodeCounts;

/** One group: its keys and its figures, in the order asked for. */
export interface Group {
  readonly keys: FactRow;
  readonly figures: readonly FigureValue[];
}

/** A table of which groups are read once it is filled. */
export interface GroupTable {
  append(rows: readonly FactRow[]): Promise<void>;
  /** Groups ordered by their keys, nulls last; text by code point. With no keys there is exactly one group. */
  group(keys: readonly string[], figures: readonly Figure[]): AsyncIterable<Group>;
  close(): Promise<void>;
}

/** A table that is filled once and then read. */
export interface FactTable extends GroupTable {
  /**
   * The same rows in a table of their own, with one more column, `mark`: 0 on rows that have one of the `kept` values
   * in `keys`, 1 on all others, which have null in these keys there. Both tables can be read.
   */
  fold(keys: readonly string[], kept: readonly FactRow[], mark: string): Promise<FactTable>;
  /** All rows in the order in which they were appended. */
  scan(): AsyncIterable<FactRow>;
  readonly rowCount: number;
}

/** What will be asked of a table, and nothing else. */
export interface Asked {
  /** Each time it is grouped, the keys it is grouped by. */
  readonly keys: readonly (readonly string[])[];
  readonly figures: readonly Figure[];
  /** Unit columns: rows that share a value in one of them are appended in one go and one behind the other, and no unit of
   * any column occurs in two such runs. */
  readonly runs: readonly string[];
}

/** Makes tables. Memory is bounded; what does not fit spills to disk. */
export interface TableEngine {
  createTable(columns: readonly FactColumn[]): Promise<FactTable>;
  /** A table that need not keep its rows, as it is known what will be asked. */
  createGroups(columns: readonly FactColumn[], asked: Asked): Promise<GroupTable>;
}
