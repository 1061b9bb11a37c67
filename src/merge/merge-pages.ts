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

/** A sorted page as the merge sees it; no two pages of a merge have the same sequence. */
export type SortedPage = Pick<StoredPage, "sliceId" | "sequence" | "first" | "last">;

/** What a merge reads from, and how many sources it may read at once. */
export interface MergeInput<P extends SortedPage = StoredPage> {
  readonly readPage: ReadPage<P>;
  readonly spills: SpillStore;
  readonly fanIn?: number;
}

/** Reads a sorted page: at once, or batch by batch. */
export type ReadPage<P extends SortedPage> = (
  page: P,
) => Promise<readonly ConversationRecord[]> | AsyncIterable<readonly ConversationRecord[]>;

/**
 * Yields batches of records; `counts` is complete when the stream has ended. What does not belong to its page, though
 * it was found there, counts as outside the window.
 */
export async function* mergePages<P extends SortedPage>(
  pages: readonly P[],
  { readPage, spills, fanIn = FAN_IN }: MergeInput<P>,
  window: Interval,
  counts: Map<string, MergeCounts>,
  belongs: (record: ConversationRecord, page: P) => boolean = () => true,
): AsyncGenerator<readonly ConversationRecord[], void, undefined> {
  const chains = chainPieces(pages, compareRecords).map((chain) => sourceOf(chain, readPage));
  const sources = await writeSpills(chains, compareFetched, spills, fanIn);
  const merged = mergeSorted(
    sources.map((source) => source.read()),
    compareFetched,
  );
  const bySequence = new Map(pages.map((page) => [page.sequence, page]));
  yield* clipAndDedupe(merged, bySequence, window, counts, belongs);
}

function sourceOf<P extends SortedPage>(chain: readonly P[], readPage: ReadPage<P>): Source {
  return {
    async *read() {
      for (const page of chain) {
        const { sequence } = page;
        const read = readPage(page);
        if (read instanceof Promise) yield (await read).map((record) => ({ record, sequence }));
        else for await (const records of read) yield records.map((record) => ({ record, sequence }));
      }
    },
  };
}

/** Of two copies of a conversation the one fetched later comes first. */
function compareFetched(left: FetchedRecord, right: FetchedRecord): number {
  return compareRecords(left.record, right.record) || right.sequence - left.sequence;
}

async function* clipAndDedupe<P extends SortedPage>(
  merged: AsyncIterable<readonly FetchedRecord[]>,
  pages: ReadonlyMap<number, P>,
  window: Interval,
  counts: Map<string, MergeCounts>,
  belongs: (record: ConversationRecord, page: P) => boolean,
): AsyncGenerator<readonly ConversationRecord[]> {
  let previous: ConversationRecord | undefined;
  for await (const batch of merged) {
    const kept: ConversationRecord[] = [];
    for (const { record, sequence } of batch) {
      const page = pages.get(sequence);
      assert(page, "every record comes from a page of the merge");
      const count = countsOf(counts, page.sliceId);
      if (!belongs(record, page)) {
        count.outsideWindow += 1;
        continue;
      }
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
