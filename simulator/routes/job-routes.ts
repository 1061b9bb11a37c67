/**
 * The four calls that every kind of asynchronous job has: submit, ask, read a page of results, delete. What a job works
 * out, and how one page of it looks, is the kind's own.
 */
import type { Switches } from "../switches.ts";
import { type Answer, jsonAnswer, notFound, refuse } from "./answer.ts";
import { FIRST_PAGE, type PagePlace, readCursor, writeCursor } from "./cursor.ts";
import { ORDINARY_FATE } from "./job-fate.ts";
import type { Job, JobRegistry } from "./job-registry.ts";
import type { Route, RouteRequest } from "./route.ts";

/** One kind of job. */
export interface JobKind<Work> {
  /** The path at which jobs are submitted. */
  readonly path: string;
  readonly registry: JobRegistry<Work>;
  /** Checks a submission. @throws Refusal for one that makes no sense */
  prepare(request: RouteRequest): Work;
  /** How many rows a request for results asks for. @throws Refusal for too many */
  pageSizeOf(request: RouteRequest, work: Work): number;
  /** Rows from `from` on; undefined `nextFrom` ends the results. */
  page(work: Work, from: number, pageSize: number, request: RouteRequest): ResultPage;
}

/** One page of results, still without its cursor. */
export interface ResultPage {
  readonly json: object;
  readonly nextFrom: number | undefined;
}

/** The calls about jobs of one kind. */
export function jobRoutes<Work>(kind: JobKind<Work>, switches: Switches): Route[] {
  const { path, registry } = kind;
  const job = ({ params, token }: RouteRequest): Job<Work> | undefined =>
    registry.find(params.jobId ?? "", token.client.id);
  return [
    {
      method: "POST",
      path,
      answer(request) {
        const work = kind.prepare(request);
        const { id } = registry.submit(request.token.client.id, work, request.decideFate(ORDINARY_FATE));
        return jsonAnswer({ jobId: id }, 202);
      },
    },
    {
      method: "GET",
      path: `${path}/{jobId}`,
      answer(request) {
        const found = job(request);
        return found === undefined ? notFound() : status(registry, found, switches);
      },
    },
    {
      method: "GET",
      path: `${path}/{jobId}/results`,
      answer(request) {
        const found = job(request);
        return found === undefined ? notFound() : results(kind, found, request);
      },
    },
    {
      method: "DELETE",
      path: `${path}/{jobId}`,
      answer(request) {
        const found = job(request);
        if (found === undefined) return notFound();
        registry.remove(found);
        return { status: 204 };
      },
    },
  ];
}

function status<Work>(registry: JobRegistry<Work>, job: Job<Work>, switches: Switches): Answer {
  const seen = registry.poll(job);
  if (seen.state === "EXPIRED" && switches.expiredJob === "notFound") return notFound();
  const isRunning = seen.state === "QUEUED" || seen.state === "PENDING";
  return jsonAnswer(seen, isRunning ? switches.runningJobStatus : 200);
}

function results<Work>(kind: JobKind<Work>, job: Job<Work>, request: RouteRequest): Answer {
  const place = placeOf(job, request.query.get("cursor"));
  const pageSize = kind.pageSizeOf(request, job.work);
  const { expiresAfterPages = Number.POSITIVE_INFINITY } = job.fate;
  if (kind.registry.stateOf(job) === "FULFILLED" && place.page > expiresAfterPages) job.isSpent = true;
  const state = kind.registry.stateOf(job);
  if (state === "EXPIRED") return notFound();
  if (state !== "FULFILLED") throw refuse(400, "bad.request", `Job ${job.id} has no results, its state is ${state}`);
  const { json, nextFrom } = kind.page(job.work, place.from, pageSize, request);
  if (nextFrom === undefined) return jsonAnswer(json);
  return jsonAnswer({ ...json, cursor: writeCursor(job.id, { page: place.page + 1, from: nextFrom }) });
}

function placeOf({ id, fate }: Job<unknown>, cursor: string | null): PagePlace {
  if (cursor === null) return FIRST_PAGE;
  const place = readCursor(id, cursor);
  if (place !== undefined && place.page < (fate.refusesPage ?? Number.POSITIVE_INFINITY)) return place;
  throw refuse(400, "bad.request", "The cursor is not valid for this job");
}

/** The `pageSize` of a query string. @throws Refusal when it is below 1 or above `maximum` */
export function pageSizeIn(query: URLSearchParams, otherwise: number, maximum: number, code: string): number {
  return checkedPageSize(Number(query.get("pageSize") ?? otherwise), maximum, code);
}

/** @throws Refusal when a page size is below 1 or above `maximum` */
export function checkedPageSize(pageSize: number, maximum: number, code: string): number {
  if (pageSize < 1) throw refuse(400, "bad.request", "Page size must be at least 1");
  if (pageSize > maximum) throw refuse(400, code, `Page size may not exceed ${maximum}`);
  return pageSize;
}
