/** Small questions before large ones: how much a question would bring, and whether it may be asked at all. */
import { z } from "zod";
import { AGGREGATES_PATHS, aggregatesBody } from "../domain/aggregates-query.ts";
import { ReportError } from "../domain/errors.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import { DETAILS_PATHS, type DetailsJobBody } from "../domain/query-plan.ts";
import type { ApiClient } from "./api-client.ts";

const QUERY = DETAILS_PATHS.details_query;
const AVAILABILITY = `${DETAILS_PATHS.details_job}/availability`;
const OWN_TOKEN = "/api/v2/tokens/me";

/** The id that stands for every division. */
const ALL_DIVISIONS = "*";

const TOKEN = z.object({
  OAuthClient: z.object({ roleDivisions: z.array(z.object({ divisionId: z.string() })) }),
});

/** Questions that cost one request each. */
export interface Probe {
  /** Conversations that the question finds, by a page of one row; needs analytics:conversationDetail:view. */
  totalHits(body: DetailsJobBody, signal: AbortSignal): Promise<number>;
  /** Whether details may be asked at all: any question about a short interval. Throws `genesys.forbidden` when not. */
  mayAskDetails(interval: Interval, signal: AbortSignal): Promise<void>;
  /** Whether aggregates may be asked at all. Throws `genesys.forbidden` when not. */
  mayAskAggregates(interval: Interval, signal: AbortSignal): Promise<void>;
  /** Whether details jobs may be used. Throws `genesys.forbidden` when not. */
  mayUseJobs(signal: AbortSignal): Promise<void>;
  /** Ids of the divisions in which the client has a role; undefined for all, or when the service does not tell. */
  divisionIds(signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
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
    async mayUseJobs(signal) {
      await client.get(AVAILABILITY, signal);
    },
    async divisionIds(signal) {
      const { json } = await client.get(OWN_TOKEN, signal);
      const ids = TOKEN.safeParse(json).data?.OAuthClient.roleDivisions.map(({ divisionId }) => divisionId);
      return ids === undefined || ids.includes(ALL_DIVISIONS) ? undefined : new Set(ids);
    },
  };
}
