/**
 * The life of the vendor's asynchronous jobs, whatever they work out:
 *
 *   submit ─► QUEUED ─► PENDING ─► FULFILLED
 *                          └─► FAILED, CANCELLED, EXPIRED: submitted once more
 */
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import type { ApiClient } from "./api-client.ts";
import type { Answer, Decode } from "./strict-exchange.ts";

/** A kind of job. */
export interface JobKind {
  /** Where jobs are submitted. */
  readonly path: string;
  /** In messages: `details job`. */
  readonly words: string;
  /** What else the author can do: `choose …`. */
  readonly instead: string;
}

/** Waits between two looks at a job: short at first, since small jobs are ready at once. */
const POLL = { firstMs: 1000, growth: 1.5, maxMs: 30_000, totalMs: 3_600_000 } as const;

/** A job that failed is submitted once more. */
const MAX_SUBMITS = 2;

/** Who is told of a submission: before it is sent, and when the service has given it an id. */
export interface SubmitWatch {
  before(): Promise<void>;
  accepted(jobId: string): Promise<void>;
}

/** Submits the body and waits; answers with the id of a job whose results can be read. */
export async function submitUntilReady(
  client: ApiClient,
  clock: Clock,
  kind: JobKind,
  body: unknown,
  signal: AbortSignal,
  watch?: SubmitWatch,
): Promise<string> {
  for (let submits = 1; ; submits++) {
    await watch?.before();
    const { json } = await client.post(kind.path, body, signal);
    const jobId = textOf(json, "jobId");
    if (jobId === undefined)
      throw new ReportError(
        "genesys.unexpected_answer",
        `${capitalised(withArticle(kind))} was accepted without an id`,
      );
    await watch?.accepted(jobId);
    const failure = await waitUntilReady(client, clock, kind, jobId, signal);
    if (failure === undefined) return jobId;
    if (submits === MAX_SUBMITS) throw failure;
  }
}

/** Undefined when the job is ready; the failure when it came to a bad end. */
export async function waitUntilReady(
  client: ApiClient,
  clock: Clock,
  kind: JobKind,
  jobId: string,
  signal: AbortSignal,
): Promise<ReportError | undefined> {
  const startedAt = clock.elapsed();
  for (let waitMs: number = POLL.firstMs; ; waitMs = Math.min(POLL.maxMs, waitMs * POLL.growth)) {
    const { json } = await client.get(`${kind.path}/${encodeURIComponent(jobId)}`, signal);
    const state = textOf(json, "state");
    if (state === "FULFILLED") return undefined;
    if (state === "FAILED" || state === "CANCELLED" || state === "EXPIRED")
      return badEnd(kind, state, textOf(json, "errorMessage"));
    if (clock.elapsed() - startedAt > POLL.totalMs) {
      throw new ReportError(
        "genesys.job_unfinished",
        `${capitalised(kind.words)} ${jobId} is still ${state ?? "in an unknown state"} after ${POLL.totalMs / 60_000} minutes`,
        {
          hint: `Run again later, or ${kind.instead}.`,
        },
      );
    }
    await clock.sleep(waitMs, signal);
  }
}

function badEnd(kind: JobKind, state: string, message: string | undefined): ReportError {
  const said = message === undefined ? "" : `: ${message.slice(0, 500)}`;
  return new ReportError("genesys.job_failed", `${capitalised(withArticle(kind))} ended as ${state}${said}`, {
    hint: `Run again, or ${kind.instead}.`,
  });
}

/** One page of results. A cursor or a job that the service no longer knows means that the results have lapsed. */
export async function readResults(
  client: ApiClient,
  kind: JobKind,
  jobId: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
  decode?: Decode,
): Promise<Answer> {
  const parameters = new URLSearchParams(query).toString();
  try {
    return await client.get(
      `${kind.path}/${encodeURIComponent(jobId)}/results${parameters === "" ? "" : `?${parameters}`}`,
      signal,
      decode,
    );
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== "genesys.query_rejected") throw error;
    throw lapsed(kind, error.message, error);
  }
}

/** The error of results that the service no longer has. */
export function lapsed(kind: JobKind, why: string, cause?: ReportError): ReportError {
  return new ReportError(
    "genesys.results_expired",
    `The results of ${withArticle(kind)} lapsed before they were read: ${why}`,
    { hint: "Run again.", ...(cause === undefined ? {} : { cause }) },
  );
}

/** Reads the cursors of one job, behind `after` where it goes on there: undefined after the last page; refuses one that leads back to an earlier page. */
export function createCursorReader(
  kind: JobKind,
  after?: string,
): (json: unknown, pageNumber: number) => string | undefined {
  const seen = new Set<string>(after === undefined ? [] : [after]);
  return (json, pageNumber) => {
    const cursor = textOf(json, "cursor");
    if (cursor === undefined) return undefined;
    if (seen.has(cursor)) {
      throw new ReportError(
        "genesys.unexpected_answer",
        `The results of ${withArticle(kind)} go round: page ${pageNumber} leads back to an earlier one`,
        { hint: "Run again. Nothing is called complete that was not." },
      );
    }
    seen.add(cursor);
    return cursor;
  };
}

function capitalised(words: string): string {
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

function withArticle({ words }: JobKind): string {
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}

/** A text that is there and not empty. */
export function textOf(json: unknown, name: string): string | undefined {
  const value = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
