import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareRecords, type ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import { type MergeCounts, mergePages, type SortedPage } from "./merge-pages.ts";
import type { FetchedRecord, SpillStore } from "./spill-store.ts";

const WINDOW = createInterval(1_000, 2_000);

function record(id: string, startedAt: number, members: Partial<ConversationRecord> = {}): ConversationRecord {
  return { id, startedAt, endedAt: startedAt + 1, divisionIds: [], parts: [], ...members };
}

interface Given {
  readonly sliceId?: string;
  readonly records: readonly ConversationRecord[];
}

/** Spills that wait in memory; `waiting` counts those that were not discarded. */
function spillsInMemory(): SpillStore & { waiting: number; written: number } {
  const store = {
    waiting: 0,
    written: 0,
    async write(batches: AsyncIterable<readonly FetchedRecord[]>) {
      const kept = await Array.fromAsync(batches);
      store.waiting += 1;
      store.written += 1;
      return {
        async *read() {
          yield* kept;
        },
        async discard() {
          store.waiting -= 1;
        },
      };
    },
  };
  return store;
}

/** Stores the pages in memory in this order, and merges them. */
async function merge(
  given: readonly Given[],
  fanIn = 3,
  spills: SpillStore = spillsInMemory(),
): Promise<{ records: ConversationRecord[]; counts: Map<string, MergeCounts> }> {
  const contents = new Map<string, ConversationRecord[]>();
  const pages = given.flatMap(({ sliceId = "slice", records }, index): StoredPage[] => {
    const sorted = records.toSorted(compareRecords);
    const [first, last, file] = [sorted[0], sorted.at(-1), String(index)];
    if (!first || !last) return [];
    contents.set(file, sorted);
    return [
      {
        sliceId,
        number: index,
        sequence: index + 1,
        file,
        offset: 0,
        bytes: 0,
        sha256: "",
        rowCount: sorted.length,
        first,
        last,
      },
    ];
  });
  const counts = new Map<string, MergeCounts>();
  const batches = mergePages(
    pages,
    { readPage: async ({ file }) => contents.get(file) ?? [], spills, fanIn },
    WINDOW,
    counts,
  );
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
  const page = (sliceId: string, sequence: number, records: readonly ConversationRecord[]): SortedPage => ({
    sliceId,
    sequence,
    first: records[0] ?? stored,
    last: records.at(-1) ?? stored,
  });
  async function* batches(): AsyncGenerator<readonly ConversationRecord[]> {
    for (const each of [stored, ...others]) yield [each];
    await Promise.resolve();
  }
  const counts = new Map<string, MergeCounts>();
  const merged = mergePages(
    [page("store", -1, [stored, ...others]), page("slice", 7, [fetched])],
    {
      readPage: ({ sliceId }) => (sliceId === "store" ? batches() : Promise.resolve([fetched])),
      spills: spillsInMemory(),
    },
    WINDOW,
    counts,
    (_, { sliceId }) => sliceId === "store",
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

test("mergePages() spills in as many passes as the fan-in asks for, and frees what was read", async () => {
  const pages = Array.from({ length: 20 }, (_, nth) => ({
    records: [record(`a${nth}`, 1_000), record(`b${nth}`, 1_900)],
  }));
  const spills = spillsInMemory();
  const { records } = await merge(pages, 3, spills);
  expect(records).toEqual(pages.flatMap((page) => page.records).sort(compareRecords));
  // 20 chains → 7 spills → 3 spills: what is left fits.
  expect([spills.written, spills.waiting]).toEqual([10, 3]);
});

test("mergePages() does not spill what follows each other, however many pages there are", async () => {
  const spills = spillsInMemory();
  const pages = Array.from({ length: 500 }, (_, nth) => ({ records: [record(`id-${nth}`, 1_000 + nth)] }));
  expect((await merge(pages, 2, spills)).records).toHaveLength(500);
  expect(spills.written).toBe(0);
});

/** Runs of the property below: 1,000 in all, each another arrangement of the same conversations. */
const ARRANGEMENTS = 1_000;

test("INV8: a thousand arrangements of pages, sizes, slices, copies and fan-ins give one SHA-256", async () => {
  const all = Array.from({ length: 120 }, (_, nth) => record(`id-${(nth * 7919) % 120}`, 1_000 + Math.floor(nth / 3)));
  const expected = all.toSorted(compareRecords);
  const sums = new Set([sha256(expected)]);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(119), { maxLength: 30 }),
      fc.integer({ min: 2, max: 6 }),
      fc.boolean(),
      async (shuffled, sizes, copied, fanIn, sortedByServer) => {
        const rows = [...(sortedByServer ? expected : shuffled), ...copied.flatMap((nth) => all[nth] ?? [])];
        const pages: Given[] = [];
        for (let at = 0, nth = 0; at < rows.length; nth++) {
          const size = sizes[nth % sizes.length] ?? 1;
          pages.push({ sliceId: `slice-${nth % 4}`, records: rows.slice(at, at + size) });
          at += size;
        }
        const { records, counts } = await merge(pages, fanIn);
        sums.add(sha256(records));
        expect(sums.size).toBe(1);
        const duplicates = [...counts.values()].reduce((sum, count) => sum + count.duplicates, 0);
        expect(duplicates).toBe(copied.length);
      },
    ),
    { numRuns: ARRANGEMENTS },
  );
});

test("INV8: the newest copy wins in every small world: each way to deal three versions to pages, with spills", async () => {
  const versions = ["first", "second", "third"].map((direction) => record("a", 1_500, { direction }));
  const others = [record("z", 1_400), record("y", 1_500), record("x", 1_600)];
  for (let deal = 0; deal < 2 ** 9; deal++) {
    const has = (page: number, nth: number): boolean => ((deal >> (3 * page + nth)) & 1) === 1;
    const pages = versions.map((version, page) => ({
      records: [version, ...others.filter((_, nth) => has(page, nth))],
    }));
    const { records } = await merge(pages, 2);
    expect(
      records.find(({ id }) => id === "a"),
      String(deal),
    ).toBe(versions[2]);
    expect(records, String(deal)).toEqual(records.toSorted(compareRecords));
    expect(new Set(records.map(({ id }) => id)).size, String(deal)).toBe(records.length);
  }
});

function sha256(records: readonly ConversationRecord[]): string {
  return createHash("sha256").update(JSON.stringify(records)).digest("hex");
}
