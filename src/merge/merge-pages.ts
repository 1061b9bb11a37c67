/**
 * Pages on disk become one ordered stream: sorted by start, then by id, each conversation once (the copy that
 * was fetched last), only those that began in the window.
 */
import { compareRecords, type ConversationRecord } from "../domain/conversation-record.ts";
import { contains, type Interval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import { chainPieces } from "./chain-pages.ts";
import { mergeSorted } from "./merge-sorted.ts";

/** What the merge dropped and kept, counted per slice id. */
export interface MergeCounts {
  unique: number;
  duplicates: number;
  outsideWindow: number;
  open: number;
}

/** A record that remembers its page while it is being merged. */
interface Sourced {
  readonly record: ConversationRecord;
  readonly page: StoredPage;
}

/** Reads a sorted page: at once, or batch by batch. */
export type ReadPage = (
  page: StoredPage,
) => Promise<readonly ConversationRecord[]> | AsyncIterable<readonly ConversationRecord[]>;

/**
 * Yields batches of records; `counts` is complete when the stream has ended. What does not belong to its page, though
 * it was found there, counts as outside the window.
 */
export async function* mergePages(
  pages: readonly StoredPage[],
  readPage: ReadPage,
  window: Interval,
  counts: Map<string, MergeCounts>,
  belongs: (record: ConversationRecord, page: StoredPage) => boolean = () => true,
): AsyncGenerator<readonly ConversationRecord[], void, undefined> {
  const chains = chainPieces(pages, compareRecords);
  const merged = mergeSorted(
    chains.map((chain) => readChain(chain, readPage)),
    compareSourced,
  );
  yield* clipAndDedupe(merged, window, counts, belongs);
}

async function* readChain(chain: readonly StoredPage[], readPage: ReadPage): AsyncGenerator<readonly Sourced[]> {
  for (const page of chain) {
    const read = readPage(page);
    if (read instanceof Promise) yield (await read).map((record) => ({ record, page }));
    else for await (const records of read) yield records.map((record) => ({ record, page }));
  }
}

/** Of two copies of a conversation the one fetched later comes first. */
function compareSourced(left: Sourced, right: Sourced): number {
  return compareRecords(left.record, right.record) || right.page.sequence - left.page.sequence;
}

async function* clipAndDedupe(
  merged: AsyncIterable<readonly Sourced[]>,
  window: Interval,
  counts: Map<string, MergeCounts>,
  belongs: (record: ConversationRecord, page: StoredPage) => boolean,
): AsyncGenerator<readonly ConversationRecord[]> {
  let previous: ConversationRecord | undefined;
  for await (const batch of merged) {
    const kept: ConversationRecord[] = [];
    for (const { record, page } of batch) {
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
