import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, WeightedChoice } from "./random.ts";

describe("Random", () => {
  it("uuid() writes version-4 UUIDs, and never the same one twice", () => {
    const random = new Random(1, "ids", 1);
    const ids = Array.from({ length: 20_000 }, () => random.uuid());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("streams differ when the seed, the purpose or the index differs", () => {
    const streams = [
      new Random(1, "story", 1),
      new Random(2, "story", 1),
      new Random(1 + 2 ** 32, "story", 1),
      new Random(1, "ids", 1),
      new Random(1, "story", 2),
      new Random(1, "story", 1 + 2 ** 32),
    ];
    expect(new Set(streams.map((stream) => stream.uuid())).size).toBe(streams.length);
  });

  it("first draws of neighbouring streams are spread evenly", () => {
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index++) {
      const bucket = Math.floor(new Random(1, "start", index).fraction() * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const size of buckets) expect(Math.abs(size - 1000)).toBeLessThan(160);
  });

  it("whole() stays within its bounds and reaches both", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -5, max: 5 }), fc.nat(4), (seed, least, span) => {
        const random = new Random(seed, "story");
        const draws = new Set(Array.from({ length: 400 }, () => random.whole(least, least + span)));
        expect([...draws].sort((left, right) => left - right)).toEqual(
          Array.from({ length: span + 1 }, (_, index) => least + index),
        );
      }),
    );
  });

  it("waitingMs() and handlingMs() keep their mean, their median and their floor", () => {
    const random = new Random(5, "story");
    const waits = Array.from({ length: 20_000 }, () => random.waitingMs(30_000, 400));
    const handles = Array.from({ length: 20_000 }, () => random.handlingMs(200_000, 1500)).sort((a, b) => a - b);
    expect(Math.abs(waits.reduce((sum, wait) => sum + wait, 0) / waits.length - 30_000)).toBeLessThan(1000);
    expect(Math.min(...waits)).toBe(400);
    expect(Math.abs((handles[10_000] ?? 0) - 200_000)).toBeLessThan(5000);
    expect(waits.every(Number.isInteger)).toBe(true);
  });

  it("shuffle() keeps the members and the list it was given", () => {
    const list = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = new Random(3, "story").shuffle(list);
    expect(list).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((left, right) => left - right)).toEqual(list);
  });

  it("pick() of nothing is our own mistake", () => {
    expect(() => new Random(1, "story").pick([])).toThrow("Cannot pick from an empty list");
  });
});

describe("WeightedChoice", () => {
  it("draws in proportion to the weights, and never what weighs nothing", () => {
    const choice = new WeightedChoice([
      ["seldom", 1],
      ["never", 0],
      ["often", 9],
    ]);
    const random = new Random(8, "story");
    const draws = Array.from({ length: 10_000 }, () => choice.draw(random));
    expect(draws).not.toContain("never");
    expect(Math.abs(draws.filter((draw) => draw === "seldom").length - 1000)).toBeLessThan(130);
  });
});
