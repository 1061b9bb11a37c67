/** POST /api/v2/analytics/conversations/aggregates/query: the body is validated, worked out and answered in one piece. */

import type { Aggregation, Aggregator } from "../conversations/aggregates/aggregate.ts";
import type { AggregateQuery } from "../conversations/aggregates/aggregate-query.ts";
import { QueryRefused } from "../conversations/details-query.ts";
import type { Switches } from "../switches.ts";
import { jsonAnswer, refuse } from "./answer.ts";
import { checkBody } from "./check-body.ts";
import type { OpenApi } from "./openapi.ts";
import type { Route, RouteRequest } from "./route.ts";

/** The aggregates query. */
export function aggregatesQueryRoute(aggregator: Aggregator, openApi: OpenApi, switches: Switches): Route {
  const validate = openApi.validator<AggregateQuery>("ConversationAggregationQuery");
  return {
    method: "POST",
    path: "/api/v2/analytics/conversations/aggregates/query",
    answer(request) {
      const rules = { unknownKeys: switches.unknownKeys, report: request.report };
      const results = prepare(aggregator, checkBody(request.bodyText, validate, rules), request)();
      return jsonAnswer(results.length === 0 && switches.emptyAggregates === "absent" ? {} : { results });
    },
  };
}

/** @throws Refusal with status 400 for a query that makes no sense */
export function prepare(aggregator: Aggregator, query: AggregateQuery, request: RouteRequest): Aggregation {
  try {
    return aggregator.prepare(query, request.divisionIds);
  } catch (error) {
    if (error instanceof QueryRefused) throw refuse(400, error.code, error.message);
    throw error;
  }
}
