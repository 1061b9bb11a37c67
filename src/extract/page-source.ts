/** The port to whatever answers with pages of conversations. */
import type { Page, PageMark } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { Slice } from "../domain/slice.ts";

/** Where the reading of a slice goes on, and what its source remembers across the death of the process. */
export interface PagePlace {
  /** The last page that is safe; absent at the beginning. */
  readonly after?: PageMark;
  /** What was noted last; absent when nothing was. */
  readonly note?: string;
  /** Durable when it answers. */
  keepNote(text: string): Promise<void>;
}

/** Reads a slice page by page, in the order of page numbers. */
export interface PageSource {
  /** The instant (epoch milliseconds) up to which jobs are complete; undefined when the service does not tell. */
  availableUntil(signal: AbortSignal): Promise<number | undefined>;
  /**
   * Yields every page of the slice; given `after`, it continues behind that page, which is not the last one. Waits and
   * retries inside its budget; throws a ReportError whose recourse says what happens next.
   * `genesys.query_too_large` may come behind some pages: the slice is asked for again in halves
   * and those pages do not count. Its cause is `genesys.unavailable` when the service failed over the size of the
   * question rather than refused it. Behind `genesys.results_expired` too the pages so far do not count.
   */
  pages(plan: QueryPlan, slice: Slice, place: PagePlace, signal: AbortSignal): AsyncIterable<Page>;
}
