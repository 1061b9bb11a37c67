/**
 * Fetches a plan's slices into pages on disk. A page counts only when it is durable, and one that an earlier try of
 * the run made durable is not asked for again. A slice whose first page shows that it holds many conversations is cut
 * by days; one that is too large, or that the service fails over again and again, is cut in two, by time or by the
 * longest list of its filter; what other slices have fetched stays. The first error that cannot be mended here ends the
 * fetch, and nothing of it is called complete.
 */
import { assert, ReportError } from "../domain/errors.ts";
import { formatInterval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { cutSlice, halveList, type Slice, wantedPieces } from "../domain/slice.ts";
import { createSpaceCheck } from "./check-space.ts";
import { type Cut, type ExtractedSlice, extractSlice, type PageStored, type SliceRestarted } from "./extract-slice.ts";
import type { PageSource } from "./page-source.ts";

/** Slices fetched at the same time, at most: how many of them really ask is up to the rate budget and the latency. */
const SLICES_IN_FLIGHT = 16;

/** Above this share of rejects (and above the number) a report would be about other data than was asked for. */
const MAX_REJECT_SHARE = 0.01;
const MAX_REJECTS = 10;

/** Fetches all slices; the answer is in order of time. */
export async function extractPlan(
  plan: QueryPlan,
  source: PageSource,
  folder: RunFolder,
  onEvent: (event: PageStored | SliceRestarted) => void,
  signal: AbortSignal,
): Promise<ExtractedSlice[]> {
  const waiting = [...plan.slices];
  const done: ExtractedSlice[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const space = createSpaceCheck(folder);

  async function work(): Promise<void> {
    for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
      either.throwIfAborted();
      const result = await extractOrCut(slice);
      if ("pieces" in result) waiting.unshift(...result.pieces);
      else done.push(result);
    }
  }

  async function extractOrCut(slice: Slice): Promise<ExtractedSlice | Cut> {
    const listSize = plan.longestList?.size ?? 0;
    const desk = await folder.openSlice(slice.id);
    if (desk.restarted !== undefined) onEvent({ kind: "slice_restarted", sliceId: slice.id, reason: desk.restarted });
    const { end } = desk.progress;
    if (end !== undefined && end.kind !== "done") {
      const pieces = end.kind === "cut" ? wantedPieces(slice, end.totalHits) : halvedBy(slice, end.by, listSize);
      assert(pieces, "a slice that was cut can be cut again");
      return { pieces };
    }
    try {
      return await extractSlice({ plan, source, folder, onEvent, space }, slice, desk, either);
    } catch (error) {
      if (!(error instanceof ReportError) || error.recourse !== "narrow") throw error;
      const [by, pieces] = halvesOf(slice, error, listSize);
      if (!pieces) throw atTheFloor(slice, error);
      await desk.end({ kind: "halved", by });
      return { pieces };
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
  await keepRejects(done, folder);
  return done.sort(
    (left, right) =>
      left.slice.interval.startAt - right.slice.interval.startAt ||
      (left.slice.part?.from ?? 0) - (right.slice.part?.from ?? 0),
  );
}

/** A request that is too long gets shorter by its list; an answer that is too large gets smaller by time first. */
function halvesOf(
  slice: Slice,
  { code }: ReportError,
  listSize: number,
): readonly ["time" | "list", readonly Slice[] | undefined] {
  const [first, second] =
    code === "genesys.request_too_large" ? (["list", "time"] as const) : (["time", "list"] as const);
  const halves = halvedBy(slice, first, listSize);
  return halves ? [first, halves] : [second, halvedBy(slice, second, listSize)];
}

function halvedBy(slice: Slice, by: "time" | "list", listSize: number): readonly Slice[] | undefined {
  return by === "time" ? cutSlice(slice, 2) : halveList(slice, listSize);
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

/** Writes the rejects of all slices, without customer data; too many of them end the run. */
async function keepRejects(slices: readonly ExtractedSlice[], folder: RunFolder): Promise<void> {
  const all = slices.flatMap(({ slice, rejects }) => rejects.map((reject) => ({ slice: slice.id, ...reject })));
  if (all.length > 0) await folder.writeRejects(all);
  const rejected = all.length;
  const received = slices.reduce((sum, slice) => sum + slice.received, 0);
  if (rejected > MAX_REJECTS && rejected > MAX_REJECT_SHARE * received) {
    throw new ReportError("record.too_many_rejects", `${rejected} of ${received} conversations could not be read`, {
      hint: "Look into rejects.ndjson in the run folder for the reasons.",
    });
  }
}
