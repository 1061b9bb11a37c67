/**
 * Fetches a plan's slices into pages on disk. A page counts only when it is durable. A slice whose first page shows
 * that it holds many conversations is cut by days; one that is too large, or that the service fails over again and
 * again, is cut in two, by time or by the longest list of its filter; what
 * other slices have fetched stays. The first error that cannot be mended here ends the fetch, and nothing of it is
 * called complete.
 */
import { ReportError } from "../domain/errors.ts";
import { formatInterval } from "../domain/interval.ts";
import type { Reject, StoredPage } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { cutSlice, halveList, type Slice, wantedPieces } from "../domain/slice.ts";
import type { PageSource } from "./page-source.ts";

/** What was fetched of one slice. */
export interface ExtractedSlice {
  readonly slice: Slice;
  readonly pages: readonly StoredPage[];
  readonly requests: number;
  readonly received: number;
  /** Distinct conversations among the received; where the service states no total, all of them. */
  readonly distinct: number;
  /** As the service said last. */
  readonly totalHits: number;
  readonly rejected: number;
  readonly bytes: number;
}

/** A slice that is asked for in pieces instead; what came of it does not count. */
interface Cut {
  readonly pieces: readonly Slice[];
}

/** A page has reached the disk. */
export interface PageStored {
  readonly kind: "page_stored";
  readonly sliceId: string;
  readonly rows: number;
  readonly totalHits: number;
  readonly pageNumber: number;
}

/** Slices fetched at the same time, at most: how many of them really ask is up to the rate budget and the latency. */
const SLICES_IN_FLIGHT = 16;

/** Jobs that one slice may use up. */
const MAX_JOBS = 3;

/** Above this share of rejects (and above the number) a report would be about other data than was asked for. */
const MAX_REJECT_SHARE = 0.01;
const MAX_REJECTS = 10;

/** Fetches all slices; the answer is in order of time. */
export async function extractPlan(
  plan: QueryPlan,
  source: PageSource,
  folder: RunFolder,
  onPage: (event: PageStored) => void,
  signal: AbortSignal,
): Promise<ExtractedSlice[]> {
  const waiting = [...plan.slices];
  const done: ExtractedSlice[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);

  async function work(): Promise<void> {
    for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
      either.throwIfAborted();
      const result = await extractOrCut(slice);
      if ("pieces" in result) waiting.unshift(...result.pieces);
      else done.push(result);
    }
  }

  async function extractOrCut(slice: Slice): Promise<ExtractedSlice | Cut> {
    try {
      return await extractAgain(plan, slice, source, folder, onPage, either);
    } catch (error) {
      if (!(error instanceof ReportError) || error.recourse !== "narrow") throw error;
      const pieces = halvesOf(slice, error, plan.longestList?.size ?? 0);
      if (pieces) return { pieces };
      throw atTheFloor(slice, error);
    }
  }

  const workers = Array.from({ length: Math.min(SLICES_IN_FLIGHT, waiting.length) }, () =>
    work().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  await Promise.all(
    workers.map(async (worker) => await worker.catch((error: unknown) => rethrowFirst(error, stop.signal))),
  );
  checkRejects(done);
  return done.sort(
    (left, right) =>
      left.slice.interval.startAt - right.slice.interval.startAt ||
      (left.slice.part?.from ?? 0) - (right.slice.part?.from ?? 0),
  );
}

/** A request that is too long gets shorter by its list; an answer that is too large gets smaller by time first. */
function halvesOf(slice: Slice, { code }: ReportError, listSize: number): readonly Slice[] | undefined {
  return code === "genesys.request_too_large"
    ? (halveList(slice, listSize) ?? cutSlice(slice, 2))
    : (cutSlice(slice, 2) ?? halveList(slice, listSize));
}

/** Results that expired half-way are asked for again from the first page: pages of two jobs are never mixed. */
async function extractAgain(...args: Parameters<typeof extractSlice>): Promise<ExtractedSlice | Cut> {
  for (let tries = 1; ; tries++) {
    try {
      return await extractSlice(...args);
    } catch (error) {
      if (!(error instanceof ReportError) || error.code !== "genesys.results_expired" || tries === MAX_JOBS)
        throw error;
    }
  }
}

async function extractSlice(
  plan: QueryPlan,
  slice: Slice,
  source: PageSource,
  folder: RunFolder,
  onPage: (event: PageStored) => void,
  signal: AbortSignal,
): Promise<ExtractedSlice | Cut> {
  const pages: StoredPage[] = [];
  const rejects: Reject[] = [];
  const ids = new Set<string>();
  let [requests, received, uncounted, totalHits, bytes] = [0, 0, 0, 0, 0];
  for await (const page of source.pages(plan, slice, signal)) {
    const pieces = page.number === 1 ? wantedPieces(slice, page.totalHits ?? 0) : undefined;
    if (pieces) return { pieces };
    const stored = await folder.writePage(slice.id, page);
    if (stored) pages.push(stored);
    // Only the query states a total to be held against; a job's slice may be a month, too many ids for memory.
    if (page.totalHits !== undefined) for (const { id } of page.records) ids.add(id);
    else uncounted += page.records.length;
    rejects.push(...page.rejects);
    requests += 1;
    received += page.records.length + page.rejects.length;
    totalHits = page.totalHits ?? totalHits;
    bytes += page.sizeBytes;
    onPage({ kind: "page_stored", sliceId: slice.id, rows: page.records.length, totalHits, pageNumber: page.number });
  }
  if (rejects.length > 0) await folder.writeRejects(slice.id, rejects);
  return {
    slice,
    pages,
    requests,
    received,
    distinct: ids.size + uncounted,
    totalHits,
    rejected: rejects.length,
    bytes,
  };
}

/** Workers that were stopped fail too; the person is told of the error that stopped them. */
function rethrowFirst(error: unknown, stopped: AbortSignal): never {
  throw stopped.aborted ? stopped.reason : error;
}

/** No narrower slice is worth asking for: says which one failed, and why. */
function atTheFloor(slice: Slice, cause: ReportError): ReportError {
  if (cause.code === "genesys.request_too_large") {
    return new ReportError(cause.code, `${cause.message}, even with one value of the longest list of the filter`, {
      hint: "Shorten the other lists of the filter, or ask the operator of the gateway which size it takes.",
      ...(cause.correlationId === undefined ? {} : { correlationId: cause.correlationId }),
      cause,
    });
  }
  if (cause.cause instanceof ReportError && cause.cause.code === "genesys.unavailable") {
    return new ReportError(
      "genesys.unavailable",
      `No answer even for the narrowest interval, ${formatInterval(slice.interval)}: ${cause.message}`,
      {
        hint: "Run again later.",
        ...(cause.correlationId === undefined ? {} : { correlationId: cause.correlationId }),
        cause,
      },
    );
  }
  return new ReportError(
    "genesys.query_rejected",
    `More than ${SERVICE_LIMITS.detailsQueryHits.value.toLocaleString("en")} conversations in ${formatInterval(slice.interval)}: the details query cannot page through them`,
    {
      hint: "Add a filter on queue, media type or direction, and make one report of each part.",
      cause,
    },
  );
}

function checkRejects(slices: readonly ExtractedSlice[]): void {
  const rejected = slices.reduce((sum, slice) => sum + slice.rejected, 0);
  const received = slices.reduce((sum, slice) => sum + slice.received, 0);
  if (rejected > MAX_REJECTS && rejected > MAX_REJECT_SHARE * received) {
    throw new ReportError("record.too_many_rejects", `${rejected} of ${received} conversations could not be read`, {
      hint: "Look into rejects.ndjson in the run folder for the reasons.",
    });
  }
}
