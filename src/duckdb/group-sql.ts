/** Writes the statements that group a flat table. Column names are ours; no value of a person enters them. */
import type { Figure } from "../aggregate/table-engine.ts";
import { partSql, partsOf } from "./part-sql.ts";
import { quote } from "./quote.ts";

/** What groups a table: tables that are made one by one and dropped afterwards, and the query that reads the groups. */
export interface GroupStatements {
  readonly tables: readonly { readonly create: string; readonly drop: string }[];
  readonly query: string;
}

/**
 * Each unit (a conversation, a visit, a leg) may stand in several rows of a group; it is counted once. So every
 * kind of unit is first reduced to one row for each group and unit, then summed. Every such part is a table of its own,
 * and the groups are laid together from all of them without a join: a report of many measures would else hold more
 * memory at once than the engine may have.
 */
export function groupStatements(table: string, keys: readonly string[], figures: readonly Figure[]): GroupStatements {
  const parts = partsOf(table, figures);
  const keyList = keys.map(quote);
  const shown = figures.flatMap((figure, index) =>
    figure.kind === "codes" ? [`codes_${index}`, `counts_${index}`, `many_${index}`] : [`figure_${index}`],
  );
  const groups = keys.length > 0 ? `SELECT DISTINCT ${keyList.join(", ")} FROM ${quote(table)}` : "SELECT 1 AS one";
  const sources = [groups, ...parts.map(({ name }) => `SELECT * FROM ${name}`)];
  const columns = [...keyList, ...shown.map((name) => `any_value(${name})`)];
  return {
    tables: parts.map((part) => ({
      create: `CREATE TEMP TABLE ${part.name} AS ${partSql(table, keys, part)}`,
      drop: `DROP TABLE IF EXISTS ${part.name}`,
    })),
    query: [
      `SELECT ${columns.join(", ")} FROM (${sources.join(" UNION ALL BY NAME ")})`,
      ...(keys.length > 0 ? [`GROUP BY ${keyList.join(", ")}`] : []),
      ...(keys.length > 0 ? [`ORDER BY ${keyList.map((key) => `${key} ASC NULLS LAST`).join(", ")}`] : []),
    ].join(" "),
  };
}
