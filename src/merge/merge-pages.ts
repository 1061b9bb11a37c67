/**
 * Pages on disk become one ordered stream: sorted by start, then by id, each conversation once (the copy that
 * was fetched last), only those that began in the window.
 */
import { compareRecords, type ConversationRecord } from "../domain/conversation-record.ts";
import { assert } from "../domain/errors.ts";
import { contains, type Interval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import { chainPieces } from "./chain-pages.ts";
import { mergeSorted } from "./merge-sorted.ts";
import type { FetchedRecord, SpillStore } from "./spill-store.ts";
import { FAN_IN, type Source, writeSpills } from "./write-spills.ts";

/** What the merge dropped and kept, counted per slice id. */
export interface MergeCounts {
  unique: number;
  duplicates: number;
  outsideWindow: number;
  open: number;
}

/** What a merge reads from, and how many sources it may read at once. */
export interface MergeInput {
  readonly readPage: (page: StoredPage) => Promise<ConversationRecord[]>;
  readonly spills: SpillStore;
  readonly fanIn?: number;
}

/** Yields batches of records; `counts` is complete when the stream has ended. */
export async function* mergePages(
  pages: readonly StoredPage[],
  { readPage, spills, fanIn = FAN_IN }: MergeInput,
  window: Interval,
  counts: Map<string, MergeCounts>,
): AsyncGenerator<readonly ConversationRecord[], void, undefined> {
  const chains = chainPieces(pages, compareRecords).map((chain) => sourceOf(chain, readPage));
  const sources = await writeSpills(chains, compareFetched, spills, fanIn);
  const merged = mergeSorted(
    sources.map((source) => source.read()),
    compareFetched,
  );
  const sliceIds = new Map(pages.map(({ sequence, sliceId }) => [sequence, sliceId]));
  yield* clipAndDedupe(merged, sliceIds, window, counts);
}

function sourceOf(chain: readonly StoredPage[], readPage: MergeInput["readPage"]): Source {
  return {
    async *read() {
      for (const page of chain) {
        const { sequence } = page;
        yield (await readPage(page)).map((record) => ({ record, sequence }));
      }
    },
  };
}

/** Of two copies of a conversation the one fetched later comes first. */
function compareFetched(left: FetchedRecord, right: FetchedRecord): number {
  return compareRecords(left.record, right.record) || right.sequence - left.sequence;
}

async function* clipAndDedupe(
  merged: AsyncIterable<readonly FetchedRecord[]>,
  sliceIds: ReadonlyMap<number, string>,
  window: Interval,
  counts: Map<string, MergeCounts>,
): AsyncGenerator<readonly ConversationRecord[]> {
  let previous: ConversationRecord | undefined;
  for await (const batch of merged) {
    const kept: ConversationRecord[] = [];
    for (const { record, sequence } of batch) {
      const sliceId = sliceIds.get(sequence);
      assert(sliceId !== undefined, "every record comes from a page of the merge");
      const count = countsOf(counts, sliceId);
      if (previous?.id === record.id) count.duplicates += 1;
      else if (!contains(window, record.startedAt)) count.outsideWindow += 1;
      else {
        kept.push(record);
        count.unique += 1;
        if (record.endedAt === undefined) count.open += 1;
      }
      previous = record;
    }
    if (kept.length > 0) yield kept;
  }
}

function countsOf(counts: Map<string, MergeCounts>, sliceId: string): MergeCounts {
  let count = counts.get(sliceId);
  if (!count) {
    count = { unique: 0, duplicates: 0, outsideWindow: 0, open: 0 };
    counts.set(sliceId, count);
  }
  return count;
}
