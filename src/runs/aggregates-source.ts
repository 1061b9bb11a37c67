/** The port to the service's own sums. */
import type { AggregatesAnswer, AggregatesQuestion } from "../domain/aggregates-query.ts";

/** Reads aggregates. */
export interface AggregatesSource {
  /**
   * The groups of a question, in no order, each bucket a row; no figure of a group and bucket comes twice. A query that
   * the service cannot finish is put to it again as a job. Throws `genesys.forbidden` with the missing permission,
   * `genesys.unexpected_answer` when the answer has another shape, and what becomes of jobs: `genesys.job_failed`,
   * `genesys.job_unfinished`, `genesys.results_expired`.
   */
  read(question: AggregatesQuestion, signal: AbortSignal): Promise<AggregatesAnswer>;
}
