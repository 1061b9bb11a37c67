import fc from "fast-check";
import { expect, test } from "vitest";
import { chainPieces } from "./chain-pages.ts";

interface Piece {
  readonly first: number;
  readonly last: number;
}

const ascending = (left: number, right: number): number => left - right;
const chains = (pieces: readonly Piece[]): Piece[][] => chainPieces<number, Piece>(pieces, ascending);

function piece(first: number, last: number): Piece {
  return { first, last };
}

test("chainPieces() makes one chain of pages that follow each other, in whatever order they came", () => {
  expect(chains([piece(5, 9), piece(0, 4), piece(10, 10)])).toEqual([[piece(0, 4), piece(5, 9), piece(10, 10)]]);
});

test("chainPieces() keeps apart what overlaps, even in one item", () => {
  expect(chains([piece(0, 4), piece(4, 9), piece(5, 6)])).toEqual([[piece(0, 4), piece(5, 6)], [piece(4, 9)]]);
});

test("chainPieces() of nothing is nothing", () => {
  expect(chains([])).toEqual([]);
});

test("chainPieces() needs the fewest chains: every choice of up to four pieces in a small world", () => {
  const possible = [0, 1, 2, 3].flatMap((first) =>
    [0, 1, 2, 3].filter((last) => last >= first).map((last) => piece(first, last)),
  );
  for (let size = 1; size <= 4; size++)
    for (let code = 0; code < possible.length ** size; code++) {
      const pieces = Array.from(
        { length: size },
        (_, place) => possible[Math.floor(code / possible.length ** place) % possible.length] ?? piece(0, 0),
      );
      const found = chains(pieces);
      if (!isRight(found, pieces) || found.length !== mostAtOnce(pieces))
        throw new Error(`wrong for ${JSON.stringify(pieces)}`);
    }
});

test("chainPieces() needs the fewest chains, for many pieces", () => {
  const anyPiece = fc.tuple(fc.nat(200), fc.nat(30)).map(([first, width]) => piece(first, first + width));
  fc.assert(
    fc.property(fc.array(anyPiece, { maxLength: 60 }), (pieces) => {
      const found = chains(pieces);
      expect([isRight(found, pieces), found.length]).toEqual([true, mostAtOnce(pieces)]);
    }),
  );
});

/** Every piece once, and in each chain every piece begins after the end of the one before it. */
function isRight(found: readonly (readonly Piece[])[], pieces: readonly Piece[]): boolean {
  const inOrder = found.every((chain) =>
    chain.every((own, nth) => nth === 0 || (chain[nth - 1]?.last ?? 0) < own.first),
  );
  const all = new Set(found.flat());
  return inOrder && found.flat().length === pieces.length && pieces.every((own) => all.has(own));
}

/** No fewer chains are possible than pieces that share one instant; and so many are enough (Dilworth). */
function mostAtOnce(pieces: readonly Piece[]): number {
  return Math.max(
    0,
    ...pieces.map(({ first: at }) => pieces.filter(({ first, last }) => first <= at && at <= last).length),
  );
}
