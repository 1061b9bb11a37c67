/**
 * The asynchronous aggregates: the same query as a job, and its groups in pages. The page size belongs to the body of
 * the submission, not to the request for results.
 */

import type { Aggregator } from "../conversations/aggregates/aggregate.ts";
import type { AggregateQuery, AggregateResult } from "../conversations/aggregates/aggregate-query.ts";
import type { Switches } from "../switches.ts";
import { prepare } from "./aggregates-query.ts";
import { checkBody } from "./check-body.ts";
import type { JobRegistry } from "./job-registry.ts";
import { checkedPageSize, jobRoutes } from "./job-routes.ts";
import type { OpenApi } from "./openapi.ts";
import type { Route } from "./route.ts";

/** What a submitted job works on. */
export interface AggregateJobWork {
  readonly pageSize: number;
  /** Worked out at the first question. */
  results(): readonly AggregateResult[];
}

const DEFAULT_PAGE_SIZE = 1000;

/** The calls about aggregate jobs. */
export function aggregatesJobRoutes(
  aggregator: Aggregator,
  openApi: OpenApi,
  switches: Switches,
  registry: JobRegistry<AggregateJobWork>,
): Route[] {
  const schema = "ConversationAsyncAggregationQuery";
  const validate = openApi.validator<AggregateQuery & { readonly pageSize?: number }>(schema);
  return jobRoutes<AggregateJobWork>(
    {
      path: "/api/v2/analytics/conversations/aggregates/jobs",
      registry,
      prepare(request) {
        const rules = { unknownKeys: switches.unknownKeys, report: request.report };
        const { pageSize = DEFAULT_PAGE_SIZE, ...query } = checkBody(request.bodyText, validate, rules);
        const work = prepare(aggregator, query, request);
        let results: readonly AggregateResult[] | undefined;
        return {
          pageSize: checkedPageSize(pageSize, switches.jobPageSizeMaximum, switches.paginationErrorCode),
          results() {
            results ??= work();
            return results;
          },
        };
      },
      pageSizeOf: (_request, { pageSize }) => pageSize,
      page(work, from, pageSize) {
        const results = work.results();
        const page = results.slice(from, from + pageSize);
        return {
          json: page.length === 0 && switches.emptyAggregates === "absent" ? {} : { results: page },
          nextFrom: from + pageSize < results.length ? from + pageSize : undefined,
        };
      },
    },
    switches,
  );
}
