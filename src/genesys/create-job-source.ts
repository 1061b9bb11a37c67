/**
 * Pages of conversations from a details job. A job is submitted, waited for, and read by cursor:
 *
 *   submit ─► QUEUED ─► PENDING ─► FULFILLED ─► page, cursor, page, … no cursor
 *                          └─► FAILED, CANCELLED: submitted once more; EXPIRED: the slice begins anew
 *
 * A job knows nothing beyond the end of its data: what it shows as still going on is asked for again by id.
 */
import type { Clock } from "../domain/clock.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { ReportError } from "../domain/errors.ts";
import type { Page } from "../domain/page.ts";
import {
  DETAILS_PATHS,
  detailsJobBody,
  JOB_PAGE_SIZE,
  type QueryPlan,
  type RecordNeeds,
} from "../domain/query-plan.ts";
import type { Slice } from "../domain/slice.ts";
import type { PagePlace, PageSource } from "../extract/page-source.ts";
import type { ApiClient } from "./api-client.ts";
import { parseConversation } from "./parse-conversation.ts";
import type { Answer } from "./strict-exchange.ts";

const JOBS = DETAILS_PATHS.details_job;
const BY_ID = "/api/v2/analytics/conversations/details";

/** Ids asked for at once; the service's maximum is not documented. */
const IDS_AT_ONCE = 50;

/** Waits between two looks at a job: short at first, since small jobs are ready at once. */
const POLL = { firstMs: 1000, growth: 1.5, maxMs: 30_000, totalMs: 3_600_000 } as const;

/** A job that failed is submitted once more. */
const MAX_SUBMITS = 2;

/** Makes the job's part of the page source on an API client. */
export function createJobSource(client: ApiClient, clock: Clock): PageSource {
  return {
    async availableUntil(signal) {
      const { json } = await client.get(`${JOBS}/availability`, signal);
      return instantOf(json, "dataAvailabilityDate");
    },
    async *pages(plan, slice, place, signal) {
      const jobId = await readyJob(client, clock, plan, slice, place, signal);
      let cursor = place.after?.cursor;
      const seen = new Set<string>(cursor === undefined ? [] : [cursor]);
      for (let number = (place.after?.number ?? 0) + 1; ; number++) {
        const answer = await readResults(client, jobId, cursor, signal);
        cursor = textOf(answer.json, "cursor");
        if (cursor !== undefined && seen.has(cursor)) throw goingRound(number);
        if (cursor !== undefined) seen.add(cursor);
        const page = parseResults(answer, number, plan.needs);
        if (page.records.length + page.rejects.length > 0 || number === 1) {
          const newest = await withNewestCopies(client, page, plan.needs, signal);
          yield { ...newest, ...(cursor === undefined ? { isLast: true } : { cursor }) };
        }
        if (cursor === undefined) return;
      }
    },
  };
}

/** The job that an earlier try noted, as long as the service has it; otherwise a new one. */
async function readyJob(
  client: ApiClient,
  clock: Clock,
  plan: QueryPlan,
  slice: Slice,
  place: PagePlace,
  signal: AbortSignal,
): Promise<string> {
  const noted = notedJob(place.note);
  if (noted !== undefined) return await notedJobReady(client, clock, noted, signal);
  if (place.after !== undefined) throw lapsed("nothing tells which job its pages are of");
  for (let submits = 1; ; submits++) {
    const jobId = await submit(client, plan, slice, place, signal);
    const failure = await waitUntilReady(client, clock, jobId, signal);
    if (failure === undefined) return jobId;
    if (submits === MAX_SUBMITS) throw failure;
  }
}

/** Waits for the job of an earlier try. One that is gone, or came to a bad end, takes its pages with it. */
async function notedJobReady(client: ApiClient, clock: Clock, jobId: string, signal: AbortSignal): Promise<string> {
  const failure = await waitUntilReady(client, clock, jobId, signal).catch((error: unknown) => {
    if (error instanceof ReportError && error.code === "genesys.query_rejected") return error;
    throw error;
  });
  if (failure !== undefined) throw lapsed(failure.message, failure);
  return jobId;
}

/**
 * Submits the slice. The intent is noted before and the id behind it, so that a later try goes on with this job. A
 * process that dies between the two leaves a job that nobody reads: the service lists no jobs to find it in, and drops
 * it by itself.
 */
async function submit(
  client: ApiClient,
  plan: QueryPlan,
  slice: Slice,
  place: PagePlace,
  signal: AbortSignal,
): Promise<string> {
  await place.keepNote(SUBMITTING);
  const { json } = await client.post(JOBS, detailsJobBody(plan, slice), signal);
  const jobId = textOf(json, "jobId");
  if (jobId === undefined)
    throw new ReportError("genesys.unexpected_answer", "A details job was accepted without an id");
  await place.keepNote(`${JOB}${jobId}`);
  return jobId;
}

/** The notes of a slice: that a job is being submitted, and which one was. */
const SUBMITTING = "submitting";
const JOB = "job ";

function notedJob(note: string | undefined): string | undefined {
  return note?.startsWith(JOB) ? note.slice(JOB.length) : undefined;
}

/** Undefined when the job is ready; the failure when it came to a bad end. */
async function waitUntilReady(
  client: ApiClient,
  clock: Clock,
  jobId: string,
  signal: AbortSignal,
): Promise<ReportError | undefined> {
  const startedAt = clock.elapsed();
  for (let waitMs: number = POLL.firstMs; ; waitMs = Math.min(POLL.maxMs, waitMs * POLL.growth)) {
    const { json } = await client.get(`${JOBS}/${encodeURIComponent(jobId)}`, signal);
    const state = textOf(json, "state");
    if (state === "FULFILLED") return undefined;
    if (state === "FAILED" || state === "CANCELLED" || state === "EXPIRED")
      return badEnd(state, textOf(json, "errorMessage"));
    if (clock.elapsed() - startedAt > POLL.totalMs) {
      throw new ReportError(
        "genesys.job_unfinished",
        `Details job ${jobId} is still ${state ?? "in an unknown state"} after ${POLL.totalMs / 60_000} minutes`,
        {
          hint: "Run again later, or choose `source: details_query`.",
        },
      );
    }
    await clock.sleep(waitMs, signal);
  }
}

function badEnd(state: string, message: string | undefined): ReportError {
  const said = message === undefined ? "" : `: ${message.slice(0, 500)}`;
  return new ReportError("genesys.job_failed", `A details job ended as ${state}${said}`, {
    hint: "Run again, or choose `source: details_query`.",
  });
}

/** A cursor or a job that the service no longer knows means that the results have lapsed. */
async function readResults(
  client: ApiClient,
  jobId: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const query = new URLSearchParams({ pageSize: String(JOB_PAGE_SIZE), ...(cursor === undefined ? {} : { cursor }) });
  try {
    return await client.get(`${JOBS}/${encodeURIComponent(jobId)}/results?${query.toString()}`, signal);
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== "genesys.query_rejected") throw error;
    throw lapsed(error.message, error);
  }
}

function lapsed(why: string, cause?: ReportError): ReportError {
  return new ReportError(
    "genesys.results_expired",
    `The results of a details job lapsed before they were read: ${why}`,
    {
      hint: "Run again.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function parseResults({ json, sizeBytes, headers }: Answer, number: number, needs: RecordNeeds): Page {
  const { conversations = [] } = json as { readonly conversations?: unknown };
  const isResults =
    typeof json === "object" && json !== null && ("conversations" in json || "dataAvailabilityDate" in json);
  if (!isResults || !(conversations === null || Array.isArray(conversations))) {
    const correlationId = headers["inin-correlation-id"];
    throw new ReportError(
      "genesys.unexpected_answer",
      "The results of a details job hold no conversations",
      correlationId === undefined ? {} : { correlationId },
    );
  }
  const parsed = (conversations ?? []).map((conversation: unknown) => parseConversation(conversation, needs));
  return {
    number,
    records: parsed.filter((entry) => "id" in entry),
    rejects: parsed.filter((entry) => "reason" in entry),
    sizeBytes,
  };
}

/** Conversations that the job shows as going on are asked for by id, which knows what happened since. */
async function withNewestCopies(client: ApiClient, page: Page, needs: RecordNeeds, signal: AbortSignal): Promise<Page> {
  const open = page.records.filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);
  const newest = new Map<string, ConversationRecord>();
  for (let from = 0; from < open.length; from += IDS_AT_ONCE) {
    const ids = open
      .slice(from, from + IDS_AT_ONCE)
      .map((id) => `id=${encodeURIComponent(id)}`)
      .join("&");
    const { json } = await client.get(`${BY_ID}?${ids}`, signal);
    const { conversations } = json as { readonly conversations?: unknown };
    for (const conversation of Array.isArray(conversations) ? conversations : []) {
      const record = parseConversation(conversation, needs);
      if ("id" in record) newest.set(record.id, record);
    }
  }
  return newest.size === 0 ? page : { ...page, records: page.records.map((record) => newest.get(record.id) ?? record) };
}

function goingRound(number: number): ReportError {
  return new ReportError(
    "genesys.unexpected_answer",
    `The results of a details job go round: page ${number} leads back to an earlier one`,
    { hint: "Run again. Nothing is called complete that was not." },
  );
}

function textOf(json: unknown, name: string): string | undefined {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function instantOf(json: unknown, name: string): number | undefined {
  const at = Date.parse(textOf(json, name) ?? "");
  return Number.isNaN(at) ? undefined : at;
}
