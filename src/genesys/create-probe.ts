/** Small questions before large ones: how much a question would bring, and whether it may be asked at all. */
import { ReportError } from "../domain/errors.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import { DETAILS_PATHS, type DetailsJobBody } from "../domain/query-plan.ts";
import type { ApiClient } from "./api-client.ts";

const QUERY = DETAILS_PATHS.details_query;

/** Questions that cost one request each. */
export interface Probe {
  /** Conversations that the question finds, by a page of one row; needs analytics:conversationDetail:view. */
  totalHits(body: DetailsJobBody, signal: AbortSignal): Promise<number>;
  /** Whether details may be asked at all: any question about a short interval. Throws `genesys.forbidden` when not. */
  mayAskDetails(interval: Interval, signal: AbortSignal): Promise<void>;
}

/** Makes a probe on an API client. */
export function createProbe(client: ApiClient): Probe {
  async function totalHits(body: DetailsJobBody, signal: AbortSignal): Promise<number> {
    const { json } = await client.post(QUERY, { ...body, paging: { pageSize: 1, pageNumber: 1 } }, signal);
    const { totalHits: hits } = json as { readonly totalHits?: unknown };
    if (typeof hits !== "number")
      throw new ReportError("genesys.unexpected_answer", "The details query answered without totalHits");
    return hits;
  }

  return {
    totalHits,
    async mayAskDetails(interval, signal) {
      await totalHits({ interval: formatInterval(interval), order: "asc", orderBy: "conversationStart" }, signal);
    },
  };
}
