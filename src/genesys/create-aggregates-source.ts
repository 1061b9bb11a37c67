/**
 * The service's own sums, from a query or from a job. What a query cannot finish is asked again as a job; what a job
 * lost half-way is asked again from its first page, so that nothing is counted twice.
 */
import {
  AGGREGATES_PATHS,
  type AggregateRow,
  type AggregatesAnswer,
  aggregatesBody,
  aggregatesJobBody,
  type AggregatesQuestion,
} from "../domain/aggregates-query.ts";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { contains } from "../domain/interval.ts";
import type { AggregatesSource } from "../runs/aggregates-source.ts";
import type { ApiClient } from "./api-client.ts";
import { createCursorReader, type JobKind, readResults, submitUntilReady } from "./await-job.ts";
import { OverwhelmedError } from "./overwhelmed-error.ts";
import { otherShape, parseAggregates } from "./parse-aggregates.ts";

const KIND: JobKind = {
  path: AGGREGATES_PATHS.job,
  words: "aggregates job",
  instead: "make the window shorter or the buckets wider",
};

/** Jobs that one question may use up when results lapse. */
const MAX_JOBS = 3;

/** Pages of one job; more would be an answer without an end. */
const MAX_PAGES = 10_000;

/** Groups and buckets of one question that are held in memory, below a kilobyte each. */
const MAX_ROWS = 500_000;

/** Makes the source on an API client. */
export function createAggregatesSource(client: ApiClient, clock: Clock): AggregatesSource {
  return {
    async read(question, signal) {
      const counted = countRequests(client);
      const pages = question.form === "query" ? byQueryElseJob(counted, clock, question, signal) : undefined;
      const { rows, bytes } = await (pages ?? byJob(counted, clock, question, signal));
      requireEachOnce(rows, question);
      return { rows, bytes, requests: counted.requests };
    },
  };
}

type Read = Pick<AggregatesAnswer, "rows" | "bytes">;

/** A client that counts calls; repetitions are the client's own business. */
function countRequests(client: ApiClient): ApiClient & { readonly requests: number } {
  let requests = 0;
  return {
    ...client,
    get requests() {
      return requests;
    },
    async post(...call) {
      requests += 1;
      return await client.post(...call);
    },
    async get(...call) {
      requests += 1;
      return await client.get(...call);
    },
  };
}

async function byQueryElseJob(
  client: ApiClient,
  clock: Clock,
  question: AggregatesQuestion,
  signal: AbortSignal,
): Promise<Read> {
  try {
    const { json, sizeBytes } = await client.post(AGGREGATES_PATHS.query, aggregatesBody(question), signal);
    return { rows: parseAggregates(json), bytes: sizeBytes };
  } catch (error) {
    const isTooMuch =
      error instanceof OverwhelmedError || (error instanceof ReportError && error.code === "genesys.query_too_large");
    if (!isTooMuch || signal.aborted) throw error;
    return await byJob(client, clock, question, signal);
  }
}

async function byJob(
  client: ApiClient,
  clock: Clock,
  question: AggregatesQuestion,
  signal: AbortSignal,
): Promise<Read> {
  for (let jobs = 1; ; jobs++) {
    const jobId = await submitUntilReady(client, clock, KIND, aggregatesJobBody(question), signal);
    try {
      return await readPages(client, jobId, signal);
    } catch (error) {
      if (!(error instanceof ReportError) || error.code !== "genesys.results_expired" || jobs === MAX_JOBS) throw error;
    }
  }
}

async function readPages(client: ApiClient, jobId: string, signal: AbortSignal): Promise<Read> {
  const rows: AggregateRow[] = [];
  const cursorOf = createCursorReader(KIND);
  let bytes = 0;
  let cursor: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await readResults(client, KIND, jobId, cursor === undefined ? {} : { cursor }, signal);
    bytes += answer.sizeBytes;
    for (const row of parseAggregates(answer.json)) rows.push(row);
    if (rows.length > MAX_ROWS) throw tooManyRows();
    cursor = cursorOf(answer.json, page);
    if (cursor === undefined) return { rows, bytes };
  }
  throw otherShape(`more than ${MAX_PAGES.toLocaleString("en")} pages`);
}

/** A figure that came twice would be counted twice; a bucket outside the interval answers another question. */
function requireEachOnce(rows: readonly AggregateRow[], { interval }: AggregatesQuestion): void {
  const seen = new Map<string, Map<number, { has(metric: string): boolean }>>();
  let last: { readonly group: AggregateRow["group"]; readonly key: string } | undefined;
  for (const { group, startAt, metrics } of rows) {
    if (!contains(interval, startAt)) throw otherShape("a bucket outside the interval that was asked for");
    // The buckets of a group follow each other and share it.
    if (last?.group !== group) last = { group, key: keyOf(group) };
    const buckets = seen.get(last.key) ?? new Map<number, { has(metric: string): boolean }>();
    seen.set(last.key, buckets);
    const before = buckets.get(startAt);
    const twice = [...metrics.keys()].find((metric) => before?.has(metric));
    if (twice !== undefined) throw otherShape(`two figures of ${twice} for one group and bucket`);
    buckets.set(startAt, before ? { has: (metric) => before.has(metric) || metrics.has(metric) } : metrics);
  }
}

function keyOf(group: AggregateRow["group"]): string {
  return JSON.stringify(Object.entries(group).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function tooManyRows(): ReportError {
  return new ReportError(
    "genesys.query_too_large",
    `The aggregates have more than ${MAX_ROWS.toLocaleString("en")} groups and buckets`,
    { hint: "Make the window shorter, the buckets wider, or group by less." },
  );
}
