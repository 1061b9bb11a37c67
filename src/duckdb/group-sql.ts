/** Writes the one statement that groups a flat table. Column names are ours; no value of a person enters it. */
import type { Figure } from "../aggregate/table-engine.ts";

/**
 * Each unit (a conversation, a visit, a leg) may stand in several rows of a group; it is counted once. So every
 * kind of unit is first reduced to one row for each group and unit, then summed, then joined to the groups.
 */
export function groupSql(table: string, keys: readonly string[], figures: readonly Figure[]): string {
  const parts = partsOf(figures);
  const keyList = keys.map(quote).join(", ");
  const groups = keys.length > 0 ? `SELECT DISTINCT ${keyList} FROM ${quote(table)}` : "SELECT 1 AS one";
  const withs = [`groups AS (${groups})`, ...parts.map((part) => `${part.name} AS (${partSql(table, keys, part)})`)];
  const joins = parts.map(
    ({ name }) =>
      `LEFT JOIN ${name} ON ${keys.length > 0 ? keys.map((key) => `groups.${quote(key)} IS NOT DISTINCT FROM ${name}.${quote(key)}`).join(" AND ") : "TRUE"}`,
  );
  const shown = [
    ...keys.map((key) => `groups.${quote(key)}`),
    ...figures.flatMap((figure, index) =>
      figure.kind === "sum" ? [`figure_${index}`] : [`codes_${index}`, `counts_${index}`, `many_${index}`],
    ),
  ];
  const order = keys.map((key) => `groups.${quote(key)} ASC NULLS LAST`);
  return [
    `WITH ${withs.join(", ")}`,
    `SELECT ${shown.join(", ")} FROM groups`,
    ...joins,
    ...(order.length > 0 ? [`ORDER BY ${order.join(", ")}`] : []),
  ].join(" ");
}

/** Quotes an identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The figures of one kind of unit, computed together; each list of codes alone. */
interface Part {
  readonly name: string;
  readonly kind: Figure["kind"];
  readonly unit: string;
  readonly figures: readonly { readonly index: number; readonly column: string; readonly limit?: number }[];
}

function partsOf(figures: readonly Figure[]): Part[] {
  const sums = Map.groupBy(
    figures.map((figure, index) => ({ ...figure, index })).filter(({ kind }) => kind === "sum"),
    ({ unit }) => unit,
  );
  const parts: Part[] = [...sums].map(([unit, members]) => ({
    name: `sums_${unit}`,
    kind: "sum",
    unit,
    figures: members,
  }));
  for (const [index, figure] of figures.entries()) {
    if (figure.kind === "codes")
      parts.push({
        name: `list_${index}`,
        kind: "codes",
        unit: figure.unit,
        figures: [{ index, column: figure.column, limit: figure.limit }],
      });
  }
  return parts;
}

function partSql(table: string, keys: readonly string[], { kind, unit, figures }: Part): string {
  const keyList = keys.map((key) => `${quote(key)}, `).join("");
  const groupBy = keys.length > 0 ? ` GROUP BY ${keys.map(quote).join(", ")}` : "";
  if (kind === "sum") {
    const once = figures.map(({ column, index }) => `any_value(${quote(column)}) AS value_${index}`).join(", ");
    const inner = `SELECT ${keyList}${quote(unit)}, ${once} FROM ${quote(table)} WHERE ${quote(unit)} IS NOT NULL GROUP BY ${keyList}${quote(unit)}`;
    // A column holds whole numbers up to 2^53; their sum may be larger, and as doubles it would depend on their order.
    const sums = figures.map(({ index }) => `sum(CAST(value_${index} AS BIGINT)) AS figure_${index}`).join(", ");
    return `SELECT ${keyList}${sums} FROM (${inner})${groupBy}`;
  }
  return figures
    .map(({ column, index, limit = 0 }) => {
      const inner = `SELECT ${keyList}${quote(column)} AS code, CAST(count(DISTINCT ${quote(unit)}) AS DOUBLE) AS units FROM ${quote(table)} WHERE ${quote(column)} IS NOT NULL GROUP BY ${keyList}code`;
      // A list lies in memory whole; the windows that number and count its entries spill.
      const within = keys.length > 0 ? `PARTITION BY ${keys.map(quote).join(", ")}` : "";
      const first = `SELECT *, row_number() OVER (${within} ORDER BY code) AS place, count(*) OVER (${within}) AS many FROM (${inner}) QUALIFY place <= ${limit}`;
      return `SELECT ${keyList}list(code ORDER BY code) AS codes_${index}, list(units ORDER BY code) AS counts_${index}, any_value(many) AS many_${index} FROM (${first})${groupBy}`;
    })
    .join("");
}
