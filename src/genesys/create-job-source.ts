/**
 * Pages of conversations from a details job, which is submitted, waited for, and read by cursor. When its results lapse
 * half-way, the slice begins anew. A job knows nothing beyond the end of its data: what it shows as still going on is
 * asked for again by id. That call brings no participant attributes: they are kept from the job's copy.
 */
import type { Clock } from "../domain/clock.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { ReportError } from "../domain/errors.ts";
import { memberKey } from "../domain/member.ts";
import type { Page } from "../domain/page.ts";
import { DETAILS_PATHS, detailsJobBody, type RecordNeeds } from "../domain/query-plan.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import type { PagePlace, PageSource } from "../extract/page-source.ts";
import type { ApiClient } from "./api-client.ts";
import {
  createCursorReader,
  type JobKind,
  lapsed,
  readResults,
  submitUntilReady,
  textOf,
  waitUntilReady,
} from "./await-job.ts";
import { createPageDecoder, DecodedPage } from "./decode-page.ts";
import { createJobSlots } from "./job-slots.ts";
import type { Answer, Decode } from "./strict-exchange.ts";

const JOBS = DETAILS_PATHS.details_job;
const BY_ID = "/api/v2/analytics/conversations/details";

const IDS_AT_ONCE = SERVICE_LIMITS.idsAtOnce.value;

const KIND: JobKind = { path: JOBS, words: "details job", instead: "choose `source: details_query`" };

/** Makes the job's part of the page source on an API client. */
export function createJobSource(client: ApiClient, clock: Clock): PageSource {
  const slots = createJobSlots(client);
  return {
    async availableUntil(signal) {
      const { json } = await client.get(`${JOBS}/availability`, signal);
      return instantOf(json, "dataAvailabilityDate");
    },
    async *pages(plan, slice, place, signal) {
      const body = detailsJobBody(plan, slice);
      const decode = createPageDecoder(plan.needs);
      const jobId = await slots.use(async () => await readyJob(client, clock, body, place, signal), signal);
      let cursor = place.after?.cursor;
      const cursorOf = createCursorReader(KIND, cursor);
      for (let number = (place.after?.number ?? 0) + 1; ; number++) {
        const query = {
          pageSize: String(SERVICE_LIMITS.jobPageSize.value),
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer = await readResults(client, KIND, jobId, query, signal, decode);
        const results = resultsOf(answer);
        cursor = cursorOf(results.members, number);
        const page = pageOf(results, number, answer.sizeBytes);
        if (page.records.length + page.rejects.length > 0 || number === 1) {
          const newest = await withNewestCopies(client, page, plan.needs, decode, signal);
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
  body: unknown,
  place: PagePlace,
  signal: AbortSignal,
): Promise<string> {
  const noted = notedJob(place.note);
  if (noted !== undefined) return await notedJobReady(client, clock, noted, signal);
  if (place.after !== undefined) throw lapsed(KIND, "nothing tells which job its pages are of");
  return await submitUntilReady(client, clock, KIND, body, signal, {
    // A process that dies between the two leaves a job that nobody reads: the service lists no jobs to find it in, and
    // drops it by itself.
    before: async () => await place.keepNote(SUBMITTING),
    accepted: async (jobId) => await place.keepNote(`${JOB}${jobId}`),
  });
}

/** Waits for the job of an earlier try. One that is gone, or came to a bad end, takes its pages with it. */
async function notedJobReady(client: ApiClient, clock: Clock, jobId: string, signal: AbortSignal): Promise<string> {
  const failure = await waitUntilReady(client, clock, KIND, jobId, signal).catch((error: unknown) => {
    if (error instanceof ReportError && error.code === "genesys.query_rejected") return error;
    throw error;
  });
  if (failure !== undefined) throw lapsed(KIND, failure.message, failure);
  return jobId;
}

/** The notes of a slice: that a job is being submitted, and which one was. */
const SUBMITTING = "submitting";
const JOB = "job ";

function notedJob(note: string | undefined): string | undefined {
  return note?.startsWith(JOB) ? note.slice(JOB.length) : undefined;
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
async function withNewestCopies(
  client: ApiClient,
  page: Page,
  needs: RecordNeeds,
  decode: Decode,
  signal: AbortSignal,
): Promise<Page> {
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
  if (newest.size === 0) return page;
  const keys = (needs.members ?? []).filter(({ at }) => at === "attribute").map(memberKey);
  return {
    ...page,
    records: page.records.map((record) => {
      const newer = newest.get(record.id);
      return newer ? withAttributes(newer, record, keys) : record;
    }),
  };
}

function withAttributes(
  newer: ConversationRecord,
  { members = {} }: ConversationRecord,
  keys: readonly string[],
): ConversationRecord {
  const attributes = Object.entries(members).filter(([key]) => keys.includes(key));
  return attributes.length === 0
    ? newer
    : { ...newer, members: { ...newer.members, ...Object.fromEntries(attributes) } };
}

function instantOf(json: unknown, name: string): number | undefined {
  const at = Date.parse(textOf(json, name) ?? "");
  return Number.isNaN(at) ? undefined : at;
}
