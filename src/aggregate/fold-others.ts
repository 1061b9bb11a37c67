/**
 * The first groups by a figure, and all others together: the flat rows of what is not among the first lose the keys that
 * name it, so the engine makes one group of them, and its figures are its own and no sum of rows.
 */
import type { GroupedShape, Top } from "../domain/report-definition.ts";
import { createCompute, figuresOf } from "./compute-measure.ts";
import { keyColumn, OTHERS_COLUMN } from "./group-rows.ts";
import { NO_COUNTERPART } from "./shift-buckets.ts";
import type { FactRow, FactTable } from "./table-engine.ts";

/** The table with the others folded; undefined when there are none. */
export async function foldOthers(
  table: FactTable,
  { groupBy }: GroupedShape,
  top: Top,
): Promise<FactTable | undefined> {
  const keys = groupBy.flatMap((field, index) => (top.of.includes(field) ? [keyColumn(index)] : []));
  const { first, areAll } = await firstBy(table, keys, top);
  return areAll ? undefined : await table.fold(keys, first, OTHERS_COLUMN);
}

interface Ranked {
  readonly keys: FactRow;
  readonly value: number;
}

/** By the figure as it is shown, the largest first; of equal ones the first in order, and last what has none. */
async function firstBy(
  table: FactTable,
  keys: readonly string[],
  { by, count }: Top,
): Promise<{ readonly first: readonly FactRow[]; readonly areAll: boolean }> {
  const compute = createCompute([by]);
  const ranked: Ranked[] = [];
  let groups = 0;
  for await (const { keys: values, figures } of table.group(keys, figuresOf([by]))) {
    if (values.includes(NO_COUNTERPART)) continue;
    groups += 1;
    const [cell] = compute(figures);
    const value = typeof cell === "number" ? cell : Number.NEGATIVE_INFINITY;
    if (ranked.length === count && value <= (ranked[count - 1]?.value ?? value)) continue;
    const place = ranked.findIndex((other) => value > other.value);
    ranked.splice(place < 0 ? ranked.length : place, 0, { keys: values, value });
    if (ranked.length > count) ranked.pop();
  }
  return { first: ranked.map((each) => each.keys), areAll: groups <= count };
}
