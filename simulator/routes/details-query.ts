/**
 * POST /api/v2/analytics/conversations/details/query: the body is validated, the matches are selected, one page of them
 * goes out, without the participants' attributes, which only results of a details job carry.
 */
import type { Centre } from "../conversations/centre.ts";
import { type DetailsQuery, QueryRefused } from "../conversations/details-query.ts";
import { createSelector, type Selection } from "../conversations/select-conversations.ts";
import type { Switches } from "../switches.ts";
import { type Answer, jsonAnswer, refuse } from "./answer.ts";
import { checkBody } from "./check-body.ts";
import { withoutAttributes } from "./conversation-view.ts";
import type { OpenApi } from "./openapi.ts";
import type { Route, RouteRequest } from "./route.ts";

const RESULTS_MAXIMUM = 100_000;
const DEFAULT_PAGING = { pageSize: 25, pageNumber: 1 };

/** The details query. */
export function detailsQueryRoute(centre: Centre, openApi: OpenApi, switches: Switches): Route {
  const validate = openApi.validator<DetailsQuery>("ConversationQuery");
  const select = createSelector(centre.conversations, switches);
  return {
    method: "POST",
    path: "/api/v2/analytics/conversations/details/query",
    answer(request) {
      const rules = { unknownKeys: switches.unknownKeys, report: request.report };
      const query = checkBody(request.bodyText, validate, rules);
      try {
        const paging = checkPaging(query.paging ?? DEFAULT_PAGING, switches);
        return pageOf(select(query, request.divisionIds), paging, centre, switches, request);
      } catch (error) {
        if (error instanceof QueryRefused) throw refuse(400, error.code, error.message);
        throw error;
      }
    },
  };
}

type Paging = NonNullable<DetailsQuery["paging"]>;

function checkPaging(paging: Paging, switches: Switches): Paging {
  const { pageSize, pageNumber } = paging;
  if (pageSize < 1 || pageNumber < 1) throw new QueryRefused("Page size and page number begin at 1");
  if (pageSize > switches.detailsPageSizeMaximum) {
    throw new QueryRefused(`Page size may not exceed ${switches.detailsPageSizeMaximum}`, switches.paginationErrorCode);
  }
  if (pageSize * pageNumber > RESULTS_MAXIMUM) {
    throw new QueryRefused(
      `Pagination may not exceed ${RESULTS_MAXIMUM} results. Tip: use smaller intervals, for example hour by hour`,
      switches.paginationErrorCode,
    );
  }
  return paging;
}

function pageOf(
  selection: Selection,
  paging: Paging,
  centre: Centre,
  switches: Switches,
  request: RouteRequest,
): Answer {
  const { indices, facets } = selection;
  const from = (paging.pageNumber - 1) * paging.pageSize;
  const window = request.moveRows({ indices, from, size: paging.pageSize, totalHits: indices.length });
  const page = window.indices.slice(window.from, window.from + window.size);
  const conversations = page.map((index) => withoutAttributes(centre.conversations.get(index)));
  return jsonAnswer({
    ...(page.length > 0 ? { conversations } : emptyPage(switches)),
    totalHits: window.totalHits,
    ...(facets === undefined ? {} : { aggregations: facets }),
  });
}

function emptyPage(switches: Switches): { conversations?: null | [] } {
  if (switches.emptyPage === "absent") return {};
  return { conversations: switches.emptyPage === "null" ? null : [] };
}
