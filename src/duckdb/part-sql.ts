/**
 * The inner queries of a grouping statement: one for the sums of each kind of unit, one for the percentiles of each
 * set of columns, one for each list of codes. Every one yields the keys and its figures, a row for each group.
 */
import type { Figure, UnitColumn } from "../aggregate/table-engine.ts";
import { quote } from "./quote.ts";

/** One inner query and the figures that it yields, by their index in the statement. */
export type Part = Unnamed & { readonly name: string };

type Unnamed =
  | { readonly kind: "sums"; readonly unit: string; readonly figures: readonly Indexed<{ column: string }>[] }
  | {
      readonly kind: "percentiles";
      readonly of: readonly UnitColumn[];
      readonly figures: readonly Indexed<{ percent: number }>[];
    }
  | {
      readonly kind: "codes";
      readonly column: string;
      readonly unit: string;
      readonly limit: number;
      readonly index: number;
    }
  | { readonly kind: "distinct"; readonly column: string; readonly index: number };

type Indexed<T> = Readonly<T> & { readonly index: number };

/** So many columns are added up at once: a row of the engine's own hash table holds a state for each. */
const MOST_SUMS = 12;

/** The figures that one query computes together stand in one part; names are those of tables that exist once. */
export function partsOf(table: string, figures: readonly Figure[]): Part[] {
  const indexed = figures.map((figure, index) => ({ figure, index }));
  const sums = Map.groupBy(
    indexed.flatMap(({ figure, index }) => (figure.kind === "sum" ? { ...figure, index } : [])),
    ({ unit }) => unit,
  );
  const percentiles = Map.groupBy(
    indexed.flatMap(({ figure, index }) => (figure.kind === "percentile" ? { ...figure, index } : [])),
    ({ of }) => JSON.stringify(of),
  );
  const parts: Unnamed[] = [
    ...[...sums].flatMap(([unit, own]) =>
      chunks(own, MOST_SUMS).map((some): Unnamed => ({ kind: "sums", unit, figures: some })),
    ),
    ...[...percentiles.values()].map((own): Unnamed => ({ kind: "percentiles", of: own[0]?.of ?? [], figures: own })),
    ...indexed.flatMap(({ figure, index }): Unnamed[] => {
      if (figure.kind === "codes") return [{ ...figure, index }];
      return figure.kind === "distinct" ? [{ ...figure, index }] : [];
    }),
  ];
  return parts.map((part, index) => ({ ...part, name: `part_${index}_of_${table}` }));
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/** Its query. */
export function partSql(table: string, keys: readonly string[], part: Part): string {
  const keyList = keys.map((key) => `${quote(key)}, `).join("");
  const groupBy = keys.length > 0 ? ` GROUP BY ${keys.map(quote).join(", ")}` : "";
  switch (part.kind) {
    case "sums": {
      const once = part.figures.map(({ column, index }) => ({ column, as: `value_${index}` }));
      // A column holds whole numbers up to 2^53; their sum may be larger, and as doubles it would depend on their order.
      const sums = part.figures.map(({ index }) => `sum(CAST(value_${index} AS BIGINT)) AS figure_${index}`).join(", ");
      return `SELECT ${keyList}${sums} FROM (${unitSql(table, keyList, part.unit, once)})${groupBy}`;
    }
    case "percentiles":
      return percentilesSql(table, keys, part.of, part.figures);
    case "codes": {
      const { column, unit, limit, index } = part;
      const inner = `SELECT ${keyList}${quote(column)} AS code, CAST(count(DISTINCT ${quote(unit)}) AS DOUBLE) AS units FROM ${quote(table)} WHERE ${quote(column)} IS NOT NULL GROUP BY ${keyList}code`;
      // A list lies in memory whole; the windows that number and count its entries spill.
      const within = keys.length > 0 ? `PARTITION BY ${keys.map(quote).join(", ")}` : "";
      const first = `SELECT *, row_number() OVER (${within} ORDER BY code) AS place, count(*) OVER (${within}) AS many FROM (${inner}) QUALIFY place <= ${limit}`;
      return `SELECT ${keyList}list(code ORDER BY code) AS codes_${index}, list(units ORDER BY code) AS counts_${index}, any_value(many) AS many_${index} FROM (${first})${groupBy}`;
    }
    case "distinct":
      return `SELECT ${keyList}count(DISTINCT ${quote(part.column)}) AS figure_${part.index} FROM ${quote(table)}${groupBy}`;
  }
}

/** One row for each group and unit. */
function unitSql(
  table: string,
  keyList: string,
  unit: string,
  once: readonly { readonly column: string; readonly as: string }[],
): string {
  const values = once.map(({ column, as }) => `any_value(${quote(column)}) AS ${as}`).join(", ");
  return `SELECT ${keyList}${quote(unit)}, ${values} FROM ${quote(table)} WHERE ${quote(unit)} IS NOT NULL GROUP BY ${keyList}${quote(unit)}`;
}

/**
 * The units of a group stand in a line, by value. A percentile lies between two neighbours; it is told in hundredths,
 * which are whole numbers: (100 − rest) × the lower one + rest × the upper one. Sorting spills where memory is short,
 * which the engine's own quantiles do not.
 */
function percentilesSql(
  table: string,
  keys: readonly string[],
  of: readonly UnitColumn[],
  figures: readonly Indexed<{ percent: number }>[],
): string {
  const keyList = keys.map((key) => `${quote(key)}, `).join("");
  const partition = keys.length > 0 ? `PARTITION BY ${keys.map(quote).join(", ")}` : "";
  const units = of.map(
    ({ column, unit }) =>
      `SELECT ${keyList}CAST(value AS BIGINT) AS value FROM (${unitSql(table, keyList, unit, [{ column, as: "value" }])}) WHERE value IS NOT NULL`,
  );
  const line = `SELECT ${keyList}value, row_number() OVER (${partition} ORDER BY value) - 1 AS place, count(*) OVER (${partition}) - 1 AS last FROM (${units.join(" UNION ALL ")})`;
  const shares = figures.map(({ percent, index }) => {
    const lower = `(last * ${percent}) // 100`;
    const rest = `(last * ${percent}) % 100`;
    return `sum(CASE WHEN place = ${lower} THEN value * (100 - ${rest}) WHEN place = ${lower} + 1 THEN value * (${rest}) ELSE 0 END) AS figure_${index}`;
  });
  const groupBy = keys.length > 0 ? ` GROUP BY ${keys.map(quote).join(", ")}` : "";
  return `SELECT ${keyList}${shares.join(", ")} FROM (${line})${groupBy}`;
}
