/** Writes the statement that copies a flat table and folds its others. Column names are ours; no value enters them. */
import { quote } from "./quote.ts";

/** The rows of `table` with those keys that `kept`, a table of keys, does not have set to null, and a mark behind each. */
export function foldSql(
  table: string,
  into: string,
  columns: readonly string[],
  keys: readonly string[],
  kept: string,
): string {
  const found = "found IS NOT NULL";
  const shown = columns.map((column) =>
    keys.includes(column) ? `CASE WHEN ${found} THEN r.${quote(column)} END` : `r.${quote(column)}`,
  );
  const alike = keys.map((key) => `r.${quote(key)} IS NOT DISTINCT FROM k.${quote(key)}`).join(" AND ");
  return [
    `INSERT INTO ${quote(into)} SELECT ${shown.join(", ")}, CASE WHEN ${found} THEN 0 ELSE 1 END`,
    `FROM ${quote(table)} r LEFT JOIN (SELECT *, true AS found FROM ${quote(kept)}) k ON ${alike}`,
  ].join(" ");
}
