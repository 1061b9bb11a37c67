import fc from "fast-check";
import { expect, test } from "vitest";
import { LoserTree } from "./loser-tree.ts";

const ascending = (left: number, right: number): number => left - right;

/** Plays a whole tournament: which player gave each item. */
function play(sources: readonly (readonly number[])[]): (readonly [number, number])[] {
  const rests = sources.map((source) => [...source]);
  const tree = new LoserTree(
    rests.map((rest) => rest.shift()),
    ascending,
  );
  const played: (readonly [number, number])[] = [];
  for (let { item } = tree; item !== undefined; { item } = tree) {
    played.push([item, tree.player]);
    tree.replace(rests[tree.player]?.shift());
  }
  return played;
}

/** What a tournament must give: all items in order, equal ones by player. */
function sorted(sources: readonly (readonly number[])[]): (readonly [number, number])[] {
  return sources
    .flatMap((source, player) => source.map((item): readonly [number, number] => [item, player]))
    .sort(([left, leftPlayer], [right, rightPlayer]) => left - right || leftPlayer - rightPlayer);
}

test("LoserTree plays three players", () => {
  expect(
    play([
      [1, 4, 4],
      [2, 4],
      [0, 9],
    ]),
  ).toEqual([
    [0, 2],
    [1, 0],
    [2, 1],
    [4, 0],
    [4, 0],
    [4, 1],
    [9, 2],
  ]);
});

test("LoserTree without players, or with players that have nothing, has no winner", () => {
  expect([play([]), play([[]]), play([[], [], []])]).toEqual([[], [], []]);
});

test("LoserTree gives all items in order and ties to the lower player: every small world", () => {
  let worlds = 0;
  for (const sources of smallWorlds()) {
    expect(play(sources)).toEqual(sorted(sources));
    worlds += 1;
  }
  expect(worlds).toBe(1 + 10 + 10 ** 2 + 10 ** 3 + 10 ** 4);
});

test("LoserTree gives all items in order, for any number of players", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 20 })), { maxLength: 40 }), (unsorted) => {
      const sources = unsorted.map((source) => source.toSorted(ascending));
      expect(play(sources)).toEqual(sorted(sources));
    }),
  );
});

test("R-40, R-41: LoserTree compares about log2 k times for each item, not k times", () => {
  let comparisons = 0;
  const counted = (left: number, right: number): number => {
    comparisons += 1;
    return left - right;
  };
  const [players, rounds] = [1024, 20];
  const tree = new LoserTree(
    Array.from({ length: players }, (_, player) => player),
    counted,
  );
  for (let round = 0; round < rounds * players; round++) tree.replace((tree.item ?? 0) + players);
  expect(comparisons).toBeLessThanOrEqual(players + rounds * players * 10);
});

/** Up to four sources, each one of the ten sorted sequences of up to three of the numbers 0 and 1. */
function* smallWorlds(): Generator<readonly (readonly number[])[]> {
  const sequences = [[], [0], [1], [0, 0], [0, 1], [1, 1], [0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]];
  for (let size = 0; size <= 4; size++)
    for (let code = 0; code < sequences.length ** size; code++)
      yield Array.from(
        { length: size },
        (_, place) => sequences[Math.floor(code / sequences.length ** place) % sequences.length] ?? [],
      );
}
