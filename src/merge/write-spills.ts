/**
 * Brings many sorted sources down to a few. A source costs memory for the batch in hand, so no more than a fan-in of
 * them is merged at once: the others are merged into spills on disk first, pass by pass, until what is left fits.
 *
 *   5,000 sources ─ pass 1 ─► 157 spills ─ pass 2 ─► 5 spills ─► one merge
 */
import { mergeSorted } from "./merge-sorted.ts";
import type { FetchedRecord, Spill, SpillStore } from "./spill-store.ts";

/** A sorted source; a spill is one that can be discarded when it has been read. */
export type Source = Pick<Spill, "read"> & Partial<Pick<Spill, "discard">>;

/**
 * Sources merged at once. A source that is a page of a job holds 1,000 records of some 2 kB in memory, so a merge stays
 * near 64 MB; log32 of a million sources is four passes.
 */
export const FAN_IN = 32;

/** Sources with the same records, at most `fanIn` of them, in memory for no more than `fanIn` batches. */
export async function writeSpills(
  sources: readonly Source[],
  compare: (left: FetchedRecord, right: FetchedRecord) => number,
  spills: SpillStore,
  fanIn: number,
): Promise<readonly Source[]> {
  let left = sources;
  while (left.length > fanIn) {
    const merged: Source[] = [];
    for (const group of groupsOf(left, fanIn)) merged.push(await mergeInto(group, compare, spills));
    left = merged;
  }
  return left;
}

/** A group of one is left as it is: copying it would change nothing. */
async function mergeInto(
  group: readonly Source[],
  compare: (left: FetchedRecord, right: FetchedRecord) => number,
  spills: SpillStore,
): Promise<Source> {
  const [only, ...others] = group;
  if (only && others.length === 0) return only;
  const spill = await spills.write(
    mergeSorted(
      group.map((source) => source.read()),
      compare,
    ),
  );
  for (const source of group) await source.discard?.();
  return spill;
}

/** As few groups as the fan-in allows, of sizes that differ by at most one. */
function groupsOf(sources: readonly Source[], fanIn: number): readonly (readonly Source[])[] {
  const count = Math.ceil(sources.length / fanIn);
  const bound = (nth: number): number => Math.floor((nth * sources.length) / count);
  return Array.from({ length: count }, (_, nth) => sources.slice(bound(nth), bound(nth + 1)));
}
