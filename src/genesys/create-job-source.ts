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
import { DETAILS_PATHS, detailsJobBody, JOB_PAGE_SIZE, type QueryPlan } from "../domain/query-plan.ts";
import type { Slice } from "../domain/slice.ts";
import type { PageSource } from "../extract/page-source.ts";
import type { ApiClient } from "./api-client.ts";
import { createPageDecoder, DecodedPage } from "./decode-page.ts";
import type { Answer, Decode } from "./strict-exchange.ts";

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
    async *pages(plan, slice, signal) {
      const jobId = await submitUntilReady(client, clock, plan, slice, signal);
      const seen = new Set<string>();
      const decode = createPageDecoder(plan.needs);
      let cursor: string | undefined;
      for (let number = 1; ; number++) {
        const answer = await readResults(client, jobId, cursor, signal, decode);
        const results = resultsOf(answer);
        cursor = textOf(results.members, "cursor");
        if (cursor !== undefined && seen.has(cursor)) throw goingRound(number);
        if (cursor !== undefined) seen.add(cursor);
        const page = pageOf(results, number, answer.sizeBytes);
        if (page.records.length + page.rejects.length > 0 || number === 1)
          yield await withNewestCopies(client, page, decode, signal);
        if (cursor === undefined) return;
      }
    },
  };
}

async function submitUntilReady(
  client: ApiClient,
  clock: Clock,
  plan: QueryPlan,
  slice: Slice,
  signal: AbortSignal,
): Promise<string> {
  for (let submits = 1; ; submits++) {
    const { json } = await client.post(JOBS, detailsJobBody(plan, slice), signal);
    const jobId = textOf(json, "jobId");
    if (jobId === undefined)
      throw new ReportError("genesys.unexpected_answer", "A details job was accepted without an id");
    const failure = await waitUntilReady(client, clock, jobId, signal);
    if (failure === undefined) return jobId;
    if (submits === MAX_SUBMITS) throw failure;
  }
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
  decode: Decode,
): Promise<Answer> {
  const query = new URLSearchParams({ pageSize: String(JOB_PAGE_SIZE), ...(cursor === undefined ? {} : { cursor }) });
  try {
    return await client.get(`${JOBS}/${encodeURIComponent(jobId)}/results?${query.toString()}`, signal, decode);
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== "genesys.query_rejected") throw error;
    throw new ReportError(
      "genesys.results_expired",
      `The results of a details job lapsed while they were read: ${error.message}`,
      { hint: "Run again.", cause: error },
    );
  }
}

function resultsOf({ json, headers }: Answer): DecodedPage {
  if (json instanceof DecodedPage) {
    const { members, entries } = json;
    const isResults = "conversations" in members || "dataAvailabilityDate" in members;
    if (isResults && (entries !== undefined || (members["conversations"] ?? null) === null)) return json;
  }
  const correlationId = headers["inin-correlation-id"];
  throw new ReportError(
    "genesys.unexpected_answer",
    "The results of a details job hold no conversations",
    correlationId === undefined ? {} : { correlationId },
  );
}

function pageOf({ entries = [] }: DecodedPage, number: number, sizeBytes: number): Page {
  return {
    number,
    records: entries.filter((entry) => "id" in entry),
    rejects: entries.filter((entry) => "reason" in entry),
    sizeBytes,
  };
}

/** Conversations that the job shows as going on are asked for by id, which knows what happened since. */
async function withNewestCopies(client: ApiClient, page: Page, decode: Decode, signal: AbortSignal): Promise<Page> {
  const open = page.records.filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);
  const newest = new Map<string, ConversationRecord>();
  for (let from = 0; from < open.length; from += IDS_AT_ONCE) {
    const ids = open
      .slice(from, from + IDS_AT_ONCE)
      .map((id) => `id=${encodeURIComponent(id)}`)
      .join("&");
    const { json } = await client.get(`${BY_ID}?${ids}`, signal, decode);
    for (const entry of json instanceof DecodedPage ? (json.entries ?? []) : [])
      if ("id" in entry) newest.set(entry.id, entry);
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
