/**
 * Finds the order that is already there. A service that sorts its answers gives pages that follow each other;
 * such pages form one chain, read one after another. Only what really overlaps costs the merge a source.
 */

/** Something sorted inside, with its first and last item. */
export interface SortedPiece<T> {
  readonly first: T;
  readonly last: T;
}

/** The fewest chains in which each piece begins after the end of the one before it. */
export function chainPieces<T, P extends SortedPiece<T>>(
  pieces: readonly P[],
  compare: (left: T, right: T) => number,
): P[][] {
  const chains: { last: T; readonly pieces: P[] }[] = [];
  for (const piece of pieces.toSorted((left, right) => compare(left.first, right.first))) {
    const chain = chains.find(({ last }) => compare(last, piece.first) < 0);
    if (chain) {
      chain.pieces.push(piece);
      chain.last = piece.last;
    } else chains.push({ last: piece.last, pieces: [piece] });
  }
  return chains.map((chain) => chain.pieces);
}
