import fc from "fast-check";
import { expect, test } from "vitest";
import { compareRecords, type ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import { mergePages, type MergeCounts } from "./merge-pages.ts";

const WINDOW = createInterval(1_000, 2_000);

function record(id: string, startedAt: number, members: Partial<ConversationRecord> = {}): ConversationRecord {
  return { id, startedAt, endedAt: startedAt + 1, divisionIds: [], parts: [], ...members };
}

interface Given {
  readonly sliceId?: string;
  readonly records: readonly ConversationRecord[];
}

/** Stores the pages in memory in this order, and merges them. */
async function merge(
  given: readonly Given[],
): Promise<{ records: ConversationRecord[]; counts: Map<string, MergeCounts> }> {
  const contents = new Map<string, ConversationRecord[]>();
  const pages = given.flatMap(({ sliceId = "slice", records }, index): StoredPage[] => {
    const sorted = records.toSorted(compareRecords);
    const [first, last, file] = [sorted[0], sorted.at(-1), String(index)];
    if (!first || !last) return [];
    contents.set(file, sorted);
    return [{ sliceId, number: index, sequence: index + 1, file, rowCount: sorted.length, first, last }];
  });
  const counts = new Map<string, MergeCounts>();
  const batches = mergePages(pages, async ({ file }) => contents.get(file) ?? [], WINDOW, counts);
  return { records: (await Array.fromAsync(batches)).flat(), counts };
}

test("G1: mergePages() orders by instant, then by id", async () => {
  const { records } = await merge([
    { records: [record("b", 1_500), record("c", 1_000), record("e", 1_600)] },
    { records: [record("a", 1_500), record("d", 1_001), record("f", 1_600)] },
  ]);
  expect(records.map(({ id }) => id)).toEqual(["c", "d", "a", "b", "e", "f"]);
});

test("C12: of two copies the one that was fetched last is kept, wherever it stands", async () => {
  const [old, young] = [record("a", 1_500, { direction: "old" }), record("a", 1_500, { direction: "young" })];
  const others = [record("z", 1_400), record("y", 1_600)];
  for (const pages of [
    [{ records: [old, ...others] }, { records: [young] }],
    [{ records: [old] }, { records: [young, ...others] }],
    [{ records: others }, { records: [old] }, { records: [young] }],
  ]) {
    const { records, counts } = await merge(pages);
    expect(records.find(({ id }) => id === "a")).toBe(young);
    expect(counts.get("slice")).toMatchObject({ unique: 3, duplicates: 1 });
  }
});

test("mergePages() reads a page batch by batch, and does not let what belongs elsewhere hide it", async () => {
  const [stored, fetched] = [record("a", 1_500, { direction: "stored" }), record("a", 1_500, { direction: "fetched" })];
  const others = [record("b", 1_600), record("c", 1_700)];
  const page = (file: string, sequence: number, records: readonly ConversationRecord[]): StoredPage => ({
    sliceId: file,
    number: 1,
    sequence,
    file,
    rowCount: records.length,
    first: records[0] ?? stored,
    last: records.at(-1) ?? stored,
  });
  async function* batches(): AsyncGenerator<readonly ConversationRecord[]> {
    for (const each of [stored, ...others]) yield [each];
    await Promise.resolve();
  }
  const counts = new Map<string, MergeCounts>();
  const merged = mergePages(
    [page("store", 0, [stored, ...others]), page("slice", 7, [fetched])],
    ({ file }) => (file === "store" ? batches() : Promise.resolve([fetched])),
    WINDOW,
    counts,
    (_, { file }) => file === "store",
  );
  expect((await Array.fromAsync(merged)).flat()).toEqual([stored, ...others]);
  expect([counts.get("store"), counts.get("slice")]).toEqual([
    { unique: 3, duplicates: 0, outsideWindow: 0, open: 0 },
    { unique: 0, duplicates: 0, outsideWindow: 1, open: 0 },
  ]);
});

test("mergePages() keeps what began in the window: its start belongs to it, its end does not", async () => {
  const { records, counts } = await merge([
    { records: [record("a", 999), record("b", 1_000), record("c", 1_999), record("d", 2_000)] },
  ]);
  expect(records.map(({ id }) => id)).toEqual(["b", "c"]);
  expect(counts.get("slice")).toEqual({ unique: 2, duplicates: 0, outsideWindow: 2, open: 0 });
});

test("mergePages() counts each slice: a copy belongs to the slice that brought it", async () => {
  const { endedAt: _open, ...open } = record("b", 1_200);
  const { counts } = await merge([
    { sliceId: "one", records: [record("a", 1_100), open] },
    { sliceId: "two", records: [record("a", 1_100), record("c", 1_300), record("e", 5_000)] },
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    one: { unique: 1, duplicates: 1, outsideWindow: 0, open: 1 },
    two: { unique: 2, duplicates: 0, outsideWindow: 1, open: 0 },
  });
});

test("mergePages() of nothing is nothing", async () => {
  expect(await merge([])).toEqual({ records: [], counts: new Map() });
});

test("INV8: 300 conversations come out the same, whatever the pages, their order, the slices and the copies", async () => {
  const all = Array.from({ length: 300 }, (_, nth) => record(`id-${(nth * 7919) % 300}`, 1_000 + Math.floor(nth / 3)));
  const expected = all.toSorted(compareRecords);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(all, { minLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(299), { maxLength: 30 }),
      fc.boolean(),
      async (shuffled, sizes, copied, sortedByServer) => {
        const rows = [...(sortedByServer ? expected : shuffled), ...copied.flatMap((nth) => all[nth] ?? [])];
        const pages: Given[] = [];
        for (let at = 0, nth = 0; at < rows.length; nth++) {
          const size = sizes[nth % sizes.length] ?? 1;
          pages.push({ sliceId: `slice-${nth % 4}`, records: rows.slice(at, at + size) });
          at += size;
        }
        const { records, counts } = await merge(pages);
        expect(records).toEqual(expected);
        const duplicates = [...counts.values()].reduce((sum, count) => sum + count.duplicates, 0);
        expect(duplicates).toBe(copied.length);
      },
    ),
    { numRuns: 60 },
  );
});
