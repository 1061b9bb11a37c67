import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeSorted } from "./merge-sorted.ts";

interface Item {
  readonly key: number;
  readonly from: string;
}

const byKey = (left: Item, right: Item): number => left.key - right.key;

/** A source that yields its items in batches and remembers whether it was closed. */
class Source implements AsyncIterable<readonly Item[]> {
  readonly batches: readonly (readonly Item[])[];
  read = 0;
  closed = false;

  constructor(...batches: readonly (readonly Item[])[]) {
    this.batches = batches;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Item[]> {
    try {
      for (const batch of this.batches) {
        this.read += 1;
        yield batch;
      }
    } finally {
      this.closed = true;
    }
  }
}

function items(from: string, ...keys: readonly number[]): Item[] {
  return keys.map((key) => ({ key, from }));
}

async function merged(sources: readonly AsyncIterable<readonly Item[]>[]): Promise<Item[]> {
  return (await Array.fromAsync(mergeSorted(sources, byKey))).flat();
}

test("mergeSorted() merges records of batches, not batches", async () => {
  const result = await merged([
    new Source(items("a", 1, 4), items("a", 7)),
    new Source(items("b", 2), items("b", 4, 9)),
  ]);
  expect(result.map(({ key, from }) => `${key}${from}`)).toEqual(["1a", "2b", "4a", "4b", "7a", "9b"]);
});

test("mergeSorted() keeps the order of equal keys: by source, then as they came", async () => {
  const result = await merged([
    new Source(items("a", 5), items("b", 5)),
    new Source(items("c", 5, 5)),
    new Source(items("d", 5)),
  ]);
  expect(result.map(({ from }) => from)).toEqual(["a", "b", "c", "c", "d"]);
});

test.each([0, 1, 2, 3, 1000])("R-36, R-37: mergeSorted() merges %i sources", async (count) => {
  const sources = Array.from(
    { length: count },
    (_, source) => new Source(items("s", source, source + count), [], items("s", source + 2 * count)),
  );
  const result = await merged(sources);
  expect(result.map(({ key }) => key)).toEqual(Array.from({ length: 3 * count }, (_, key) => key));
  expect(sources.every(({ closed }) => closed)).toBe(true);
});

test("mergeSorted() gives what sorting everything gives: every way to deal six items to three sources", async () => {
  for (let deal = 0; deal < 3 ** 6; deal++) {
    const hands: Item[][] = [[], [], []];
    for (let nth = 0; nth < 6; nth++)
      hands[Math.floor(deal / 3 ** nth) % 3]?.push({ key: Math.floor(nth / 2), from: `${nth}` });
    const sources = hands.map((hand) => new Source(...hand.map((item) => [item])));
    expect(await merged(sources)).toEqual(hands.flat().sort(byKey));
  }
});

test("R-39, R-40: mergeSorted() gives what sorting everything gives, whatever the batches", async () => {
  const source = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 8 }), async (shapes) => {
      let nth = 0;
      const dealt = shapes.map((batches) => {
        const keys = batches.flat().sort((left, right) => left - right);
        return batches.map((batch) => batch.map(() => ({ key: keys.shift() ?? 0, from: `${nth++}` })));
      });
      expect(await merged(dealt.map((batches) => new Source(...batches)))).toEqual(dealt.flat(2).sort(byKey));
    }),
  );
});

test("mergeSorted() holds one batch of each source, and closes all when its reader stops", async () => {
  const many = Array.from({ length: 40 }, (_, batch) =>
    items("a", ...Array.from({ length: 100 }, (__, key) => batch * 100 + key)),
  );
  const sources = [new Source(...many), new Source(items("b", 1), items("b", 1_000_000)), new Source()];
  for await (const batch of mergeSorted(sources, byKey)) {
    expect(batch).toHaveLength(512);
    break;
  }
  expect(sources.map(({ read }) => read)).toEqual([6, 2, 0]);
  expect(sources.map(({ closed }) => closed)).toEqual([true, true, true]);
});

test("mergeSorted() closes all sources when one breaks, at its first batch or later", async () => {
  for (const batches of [0, 1]) {
    const well = new Source(items("a", 1, 2, 3));
    const broken = (async function* (): AsyncGenerator<readonly Item[]> {
      for (let batch = 0; batch < batches; batch++) yield items("b", 0);
      throw new Error("a page is gone");
    })();
    await expect(merged([well, broken])).rejects.toThrow("a page is gone");
    expect([well.read, well.closed]).toEqual([1, true]);
  }
});

test("R-40: mergeSorted() does not believe that a source is sorted", async () => {
  await expect(merged([new Source(items("a", 2, 1))])).rejects.toThrow(
    "Broken promise: every source of a merge is sorted",
  );
  await expect(merged([new Source(items("a", 2), items("a", 1))])).rejects.toMatchObject({ code: "internal" });
});
