/** What a plan asks as one: a slice of conversations, or a question to the aggregates, each with its first request. */
import {
  AGGREGATES_PATHS,
  type AggregatesBody,
  aggregatesBody,
  type AggregatesJobBody,
  aggregatesJobBody,
  type AggregatesQuestion,
} from "../domain/aggregates-query.ts";
import type { Interval } from "../domain/interval.ts";
import {
  DETAILS_PATHS,
  type DetailsJobBody,
  detailsJobBody,
  type DetailsQueryBody,
  detailsQueryBody,
  type QueryPlan,
} from "../domain/query-plan.ts";
import type { Slice } from "../domain/slice.ts";

/** Requests that a piece takes at least: a page; and for a job to be submitted, looked at and read. */
export const LEAST_REQUESTS = { details_query: 1, details_job: 3, aggregates_query: 1, aggregates_job: 3 } as const;

/** A request as it will be sent. */
export interface PlannedRequest {
  readonly path: string;
  readonly body: DetailsQueryBody | DetailsJobBody | AggregatesBody | AggregatesJobBody;
}

/** One piece. */
export interface Piece {
  readonly id: string;
  readonly source: keyof typeof LEAST_REQUESTS;
  readonly interval: Interval;
  readonly request: PlannedRequest;
}

/** All pieces in order of time; the totals of aggregates come last. */
export function piecesOf(plan: QueryPlan): Piece[] {
  if (!plan.aggregates) return plan.slices.map((slice) => slicePiece(plan, slice));
  const { questions, totals } = plan.aggregates;
  return [
    ...questions.map((question, index) => questionPiece(question, `groups-${index + 1}`)),
    ...(totals ? [questionPiece(totals, "totals")] : []),
  ];
}

function slicePiece(plan: QueryPlan, slice: Slice): Piece {
  const { id, source, interval } = slice;
  const body = source === "details_job" ? detailsJobBody(plan, slice) : detailsQueryBody(plan, slice, 1);
  return { id, source, interval, request: { path: DETAILS_PATHS[source], body } };
}

function questionPiece(question: AggregatesQuestion, id: string): Piece {
  const { form, interval } = question;
  const body = form === "job" ? aggregatesJobBody(question) : aggregatesBody(question);
  return { id, source: `aggregates_${form}`, interval, request: { path: AGGREGATES_PATHS[form], body } };
}
