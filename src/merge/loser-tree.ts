/**
 * A tournament of k players in which every inner node remembers the loser of its match. Replacing the winner
 * replays one path: log2 k comparisons for each record, whatever the others do.
 *
 *            winner ─► 2              leaves 0…3 hold the players' current items;
 *              (0)                    each (n) holds the loser of the match there
 *            /     \
 *         (1)       (3)
 *        /   \     /   \
 *       0     1   2     3
 */
export class LoserTree<T> {
  readonly #items: (T | undefined)[];
  readonly #losers: Int32Array;
  readonly #beats: (left: T, right: T) => number;
  #winner = 0;

  /** Starts the tournament; an undefined item has already run out. Ties go to the lower player. */
  constructor(items: readonly (T | undefined)[], compare: (left: T, right: T) => number) {
    this.#items = [...items];
    this.#losers = new Int32Array(Math.max(1, items.length));
    this.#beats = compare;
    this.#winner = items.length > 1 ? this.#play(1) : 0;
  }

  /** The player with the least item. */
  get player(): number {
    return this.#winner;
  }

  /** The least item; undefined when all have run out. */
  get item(): T | undefined {
    return this.#items[this.#winner];
  }

  /** Gives the winner its next item (undefined: it has run out) and replays its path to the root. */
  replace(item: T | undefined): void {
    let winner = this.#winner;
    this.#items[winner] = item;
    const size = this.#items.length;
    for (let node = (winner + size) >> 1; node >= 1; node >>= 1) {
      const challenger = this.#losers[node] ?? 0;
      if (this.#isBefore(challenger, winner)) {
        this.#losers[node] = winner;
        winner = challenger;
      }
    }
    this.#winner = winner;
  }

  /** Plays the matches below a node of the implicit tree; nodes from `size` on are leaves. */
  #play(node: number): number {
    const size = this.#items.length;
    if (node >= size) return node - size;
    const left = this.#play(2 * node);
    const right = this.#play(2 * node + 1);
    const leftWins = this.#isBefore(left, right);
    this.#losers[node] = leftWins ? right : left;
    return leftWins ? left : right;
  }

  #isBefore(left: number, right: number): boolean {
    const leftItem = this.#items[left];
    const rightItem = this.#items[right];
    if (leftItem === undefined) return rightItem === undefined && left < right;
    if (rightItem === undefined) return true;
    const order = this.#beats(leftItem, rightItem);
    return order < 0 || (order === 0 && left < right);
  }
}
