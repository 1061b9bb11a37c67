/** Small questions before large ones: how much a question would bring, and how often the service may be asked. */
import { AGGREGATES_PATHS, aggregatesBody } from "../domain/aggregates-query.ts";
import { ReportError } from "../domain/errors.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import { DETAILS_PATHS, type DetailsJobBody } from "../domain/query-plan.ts";
import type { ApiClient } from "./api-client.ts";

const QUERY = DETAILS_PATHS.details_query;
const LIMITS = "/api/v2/organizations/limits/namespaces/platform.api";

/** The limits that bound one client's token; the lower one counts. */
const RATE_KEYS = new Set(["client.credentials.token.rate.per.minute", "token.rate.per.minute"]);

/** Questions that cost one request each. */
export interface Probe {
  /** Conversations that the question finds, by a page of one row; needs analytics:conversationDetail:view. */
  totalHits(body: DetailsJobBody, signal: AbortSignal): Promise<number>;
  /** Whether details may be asked at all: any question about a short interval. Throws `genesys.forbidden` when not. */
  mayAskDetails(interval: Interval, signal: AbortSignal): Promise<void>;
  /** Whether aggregates may be asked at all. Throws `genesys.forbidden` when not. */
  mayAskAggregates(interval: Interval, signal: AbortSignal): Promise<void>;
  /** Requests a minute that the organisation's limits allow; undefined when it does not tell. */
  requestsPerMinute(signal: AbortSignal): Promise<number | undefined>;
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
    async mayAskAggregates(interval, signal) {
      const ask = { timeZone: "UTC", metrics: ["nOffered"] };
      await client.post(AGGREGATES_PATHS.query, aggregatesBody({ form: "query", interval, buckets: 1, ask }), signal);
    },
    async requestsPerMinute(signal) {
      try {
        const { json } = await client.get(LIMITS, signal);
        return lowestRate(json);
      } catch (error) {
        // An estimate is worth having without this figure.
        if (signal.aborted || !(error instanceof ReportError)) throw error;
        return undefined;
      }
    },
  };
}

function lowestRate(json: unknown): number | undefined {
  const { entities } = json as { readonly entities?: unknown };
  const rates = (Array.isArray(entities) ? entities : []).flatMap((limit: unknown) => {
    const { key, value } = (limit ?? {}) as { key?: unknown; value?: unknown };
    return typeof key === "string" && RATE_KEYS.has(key) && typeof value === "number" && value > 0 ? [value] : [];
  });
  return rates.length === 0 ? undefined : Math.min(...rates);
}
