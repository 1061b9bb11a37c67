/** Many sorted streams become one. Each is read a batch at a time; memory holds one batch of each source. */
import { assert } from "../domain/errors.ts";
import { LoserTree } from "./loser-tree.ts";

/** Records handed on at once: a promise for each record would cost more than the merge. */
const BATCH_SIZE = 512;

/**
 * Yields the items of all sources in one order, equal items in the order of their sources. Each source must be
 * sorted; one that is not is our own broken promise. All sources are closed when the reader stops early.
 */
export async function* mergeSorted<T extends object>(
  sources: readonly AsyncIterable<readonly T[]>[],
  compare: (left: T, right: T) => number,
): AsyncGenerator<readonly T[], void, undefined> {
  const readers = sources.map((source) => createReader(source));
  try {
    // One after another: a thousand sources opened at once would be a thousand open files.
    const first: (T | undefined)[] = [];
    for (const reader of readers) first.push(await reader.next());
    const tree = new LoserTree<T>(first, compare);
    let batch: T[] = [];
    for (let item = tree.item; item !== undefined; item = tree.item) {
      batch.push(item);
      const reader = readers[tree.player];
      assert(reader, "the winner of a merge is one of its sources");
      const next = reader.buffered() ?? (await reader.next());
      assert(next === undefined || compare(item, next) <= 0, "every source of a merge is sorted");
      tree.replace(next);
      if (batch.length === BATCH_SIZE) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    await Promise.all(readers.map(async (reader) => await reader.close()));
  }
}

interface Reader<T> {
  /** The next item of the batch in hand, without waiting. */
  buffered(): T | undefined;
  next(): Promise<T | undefined>;
  close(): Promise<void>;
}

function createReader<T>(source: AsyncIterable<readonly T[]>): Reader<T> {
  const iterator = source[Symbol.asyncIterator]();
  let batch: readonly T[] = [];
  let position = 0;
  return {
    buffered: () => (position < batch.length ? batch[position++] : undefined),
    async next() {
      while (position >= batch.length) {
        const answer = await iterator.next();
        if (answer.done) return undefined;
        [batch, position] = [answer.value, 0];
      }
      return batch[position++];
    },
    async close() {
      await iterator.return?.();
    },
  };
}
