/** The port to the service's own sums. */
import type { AggregateRow, AggregatesBody } from "../domain/reconciliation.ts";

/** Reads aggregates. */
export interface AggregatesSource {
  /**
   * The groups of a query, in no order, each bucket a row; one request. Throws `genesys.forbidden` with the missing
   * permission, `genesys.unexpected_answer` when the answer has another shape.
   */
  read(body: AggregatesBody, signal: AbortSignal): Promise<readonly AggregateRow[]>;
}
