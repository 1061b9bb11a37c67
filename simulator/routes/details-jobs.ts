/**
 * The details jobs: the same filters as the details query, but matched by activity, over any interval, with the
 * participants' attributes, and only up to the watermark of the data lake, which has a call of its own.
 */
import type { Centre } from "../conversations/centre.ts";
import { QueryRefused } from "../conversations/details-query.ts";
import { type JobQuery, type JobRows, selectJobRows } from "../conversations/select-job-rows.ts";
import type { Switches } from "../switches.ts";
import { jsonAnswer, refuse } from "./answer.ts";
import { checkBody } from "./check-body.ts";
import type { JobRegistry } from "./job-registry.ts";
import { jobRoutes, pageSizeIn, type ResultPage } from "./job-routes.ts";
import type { OpenApi } from "./openapi.ts";
import type { Route, RouteRequest } from "./route.ts";

/** Where details jobs are submitted. */
const DETAILS_JOBS_PATH = "/api/v2/analytics/conversations/details/jobs";

/** The names of their limits; only the names are known, not the vendor's values. */
export const DETAILS_JOB_LIMITS = {
  namespace: "analytics",
  concurrentKey: "details.jobs.concurrent.access.max",
  rateKey: "details.jobs.rate.per.second",
};

/** What a submitted job works on. */
export interface DetailsJobWork {
  readonly rows: JobRows;
  /** The watermark when it was submitted, epoch milliseconds. */
  readonly watermarkAt: number;
}

const DEFAULT_PAGE_SIZE = 1000;

/** @param watermarkAt up to which instant the data lake is complete, asked for each submission */
export function detailsJobRoutes(
  centre: Centre,
  openApi: OpenApi,
  switches: Switches,
  registry: JobRegistry<DetailsJobWork>,
  watermarkAt: () => number,
): Route[] {
  const validate = openApi.validator<JobQuery>("AsyncConversationQuery");
  const code = switches.paginationErrorCode;

  function prepare(request: RouteRequest): DetailsJobWork {
    const query = checkBody(request.bodyText, validate, { unknownKeys: switches.unknownKeys, report: request.report });
    const at = watermarkAt();
    const view = { watermarkAt: at, openAtWatermark: switches.openAtWatermark, divisionIds: request.divisionIds };
    try {
      return { rows: selectJobRows(centre.conversations, query, view), watermarkAt: at };
    } catch (error) {
      if (error instanceof QueryRefused) throw refuse(400, error.code, error.message);
      throw error;
    }
  }

  function page(
    { rows, watermarkAt: at }: DetailsJobWork,
    from: number,
    size: number,
    request: RouteRequest,
  ): ResultPage {
    if (from + size > switches.jobResultsMaximum) {
      throw refuse(400, code, `Pagination may not exceed ${switches.jobResultsMaximum} results`);
    }
    const indices = rows.indices();
    const window = request.moveRows({ indices, from, size, totalHits: indices.length });
    const conversations = window.indices.slice(window.from, window.from + window.size).map((index) => rows.get(index));
    const isEmpty = conversations.length === 0;
    return {
      json: {
        ...(isEmpty && switches.emptyJobResults === "absent" ? {} : { conversations }),
        dataAvailabilityDate: new Date(at).toISOString(),
      },
      nextFrom: from + size < window.totalHits ? from + size : undefined,
    };
  }

  return [
    {
      method: "GET",
      path: `${DETAILS_JOBS_PATH}/availability`,
      answer: () => jsonAnswer({ dataAvailabilityDate: new Date(watermarkAt()).toISOString() }),
    },
    ...jobRoutes<DetailsJobWork>(
      {
        path: DETAILS_JOBS_PATH,
        registry,
        prepare,
        pageSizeOf: ({ query }) => pageSizeIn(query, DEFAULT_PAGE_SIZE, switches.jobPageSizeMaximum, code),
        page,
      },
      switches,
    ),
  ];
}
