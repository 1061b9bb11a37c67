/**
 * Groups rows as they come and keeps none of them. The groups that are met first are summed in memory; when there are
 * too many, the rows of all further ones go to the large engine, which groups them in the end. A group is in one place
 * or the other, so both together are what the large engine alone would have said.
 *
 * Each unit counts once in each group. Rows that share a unit stand one behind the other, in one run, so no more is
 * remembered for that than a run.
 */
import { assert } from "../domain/errors.ts";
import { compareKeys, placeOf } from "./group-in-memory.ts";
import { GroupSums } from "./group-sums.ts";
import type { Asked, FactColumn, FactRow, FactTable, Group, GroupTable } from "./table-engine.ts";

/** Groups of all groupings together, and codes in them, that memory holds: some 50 MB. */
const MAX_HELD = 100_000;

/** Whether every figure can be summed as rows come: a percentile needs all values, a distinct count all texts. */
export function canGroupAsTheyCome({ figures }: Asked): boolean {
  return figures.every(({ kind }) => kind === "sum" || kind === "codes");
}

/** Makes a table; `createLarge` is called by each grouping that outgrows memory. */
export function groupAsTheyCome(
  columns: readonly FactColumn[],
  asked: Asked,
  createLarge: () => Promise<FactTable>,
  maxHeld = MAX_HELD,
): GroupTable {
  const runPlaces = asked.runs.map((name) => placeOf(columns, name));
  const held = { count: 0, most: maxHeld };
  const groupings = asked.keys.map((by) => ({
    by,
    sums: new GroupSums(columns, by, asked.figures, held),
    further: undefined as FactTable | undefined,
  }));
  return {
    async append(rows) {
      const runs = runsOf(rows, runPlaces);
      for (const grouping of groupings) {
        const rest = runs.flatMap((run) => grouping.sums.add(run));
        if (rest.length === 0) continue;
        grouping.further ??= await createLarge();
        await grouping.further.append(rest);
      }
    },
    async *group(keys, figures) {
      const grouping = groupings.find(({ by }) => by.join(" ") === keys.join(" "));
      assert(grouping && figures.length === asked.figures.length, "a table is asked what was announced");
      const groups = grouping.sums.groups();
      yield* grouping.further ? inOneOrder(groups, grouping.further.group(keys, figures)) : groups;
    },
    async close() {
      for (const { further } of groupings) await further?.close();
    },
  };
}

/** Rows that share their unit, run by run; a row without a unit is alone. */
function runsOf(rows: readonly FactRow[], places: readonly number[]): FactRow[][] {
  const runs: FactRow[][] = [];
  let run: FactRow[] = [];
  for (const row of rows) {
    const last = run[0];
    if (last && places.some((place) => (row[place] ?? null) !== null && row[place] === last[place])) run.push(row);
    else {
      run = [row];
      runs.push(run);
    }
  }
  return runs;
}

/** Groups of two places, none of them in both, each in order. */
async function* inOneOrder(held: readonly Group[], large: AsyncIterable<Group>): AsyncGenerator<Group> {
  let place = 0;
  for await (const group of large) {
    for (let next = held[place]; next && compareKeys(next.keys, group.keys) < 0; next = held[++place]) yield next;
    yield group;
  }
  yield* held.slice(place);
}
