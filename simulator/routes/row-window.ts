/** The rows of a details query and the part of them that makes the page: what a fault may move under the client. */
export interface RowWindow {
  /** Places in the store of all matches, in the order asked for. */
  readonly indices: readonly number[];
  /** The first row of the page, from 0, and the most rows that it may hold. */
  readonly from: number;
  readonly size: number;
  readonly totalHits: number;
}
