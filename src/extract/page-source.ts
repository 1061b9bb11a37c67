/** The port to whatever answers with pages of conversations. */
import type { Page } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { Slice } from "../domain/slice.ts";

/** Reads a slice page by page, in the order of page numbers. */
export interface PageSource {
  /** The instant (epoch milliseconds) up to which jobs are complete; undefined when the service does not tell. */
  availableUntil(signal: AbortSignal): Promise<number | undefined>;
  /**
   * Yields every page of the slice. Waits and retries inside its budget; throws a ReportError whose recourse says
   * what happens next. `genesys.query_too_large` may come behind some pages: the slice is asked for again in halves
   * and those pages do not count. Its cause is `genesys.unavailable` when the service failed over the size of the
   * question rather than refused it. Behind `genesys.results_expired` too the pages so far do not count.
   */
  pages(plan: QueryPlan, slice: Slice, signal: AbortSignal): AsyncIterable<Page>;
}
