/**
 * The asynchronous jobs of one kind. A job is QUEUED, then PENDING, then it ends: FULFILLED, FAILED or CANCELLED, as its
 * fate says. What moves it on is the clock, or how often somebody asked for it. Some time after its end it is EXPIRED,
 * results and all; a deleted job is gone at once. How many may run, and how many a second may be submitted, is limited.
 */
import { randomUUID } from "node:crypto";
import type { Switches } from "../switches.ts";
import { refuse } from "./answer.ts";
import { type JobFate, ORDINARY_FATE } from "./job-fate.ts";
import { createRateCounter } from "./rate-window.ts";

/** How jobs run; none of the figures is known of the real service. */
export interface JobSettings {
  /** How often a job is asked for, or how long it takes, until it is PENDING and until it has ended. Default: one poll each. */
  readonly pace: JobPace;
  /** How long results are kept after the job ended. Default 24 hours. */
  readonly resultLifetimeMs: number;
  /** Most jobs that may be QUEUED or PENDING. Default 25. */
  readonly concurrentMaximum: number;
  /** Most jobs that may be submitted a second. Default 10. */
  readonly ratePerSecond: number;
}

/** Polls that find a job QUEUED, then PENDING; or the time that it is so, by the simulator's clock. */
export type JobPace =
  | { readonly queuedPolls: number; readonly pendingPolls: number }
  | { readonly queuedMs: number; readonly pendingMs: number };

/** How jobs run when nobody says otherwise. */
export const DEFAULT_JOB_SETTINGS: JobSettings = {
  pace: { queuedPolls: 1, pendingPolls: 1 },
  resultLifetimeMs: 86_400_000,
  concurrentMaximum: 25,
  ratePerSecond: 10,
};

/** A state of a job, as the service spells it. */
export type JobState = "QUEUED" | "PENDING" | "FAILED" | "CANCELLED" | "FULFILLED" | "EXPIRED";

/** A job as its owner may see it: the vendor's `AsyncQueryStatus`. */
export interface JobStatus {
  readonly state: JobState;
  readonly submissionDate: string;
  readonly completionDate?: string;
  readonly expirationDate?: string;
  readonly errorMessage?: string;
}

/** A job that was not deleted. */
export interface Job<Work> {
  readonly id: string;
  readonly clientId: string;
  readonly fate: JobFate;
  readonly work: Work;
  readonly submittedAt: number;
  /** Undefined until it ended. */
  endedAt: number | undefined;
  polls: number;
  /** Set once its results are gone before their time. */
  isSpent: boolean;
}

/** The limits of one kind of job, as 429 answers name them. */
export interface JobLimits {
  readonly namespace: string;
  readonly concurrentKey: string;
  readonly rateKey: string;
}

/** All jobs of one kind. */
export interface JobRegistry<Work> {
  /** @throws Refusal with status 429 above a limit */
  submit(clientId: string, work: Work, fate?: JobFate): Job<Work>;
  /** The client's job; undefined when there is none, or it was deleted. */
  find(id: string, clientId: string): Job<Work> | undefined;
  /** The state as it is, without counting as a poll. */
  stateOf(job: Job<Work>): JobState;
  /** One question of the owner, which may move the job on. */
  poll(job: Job<Work>): JobStatus;
  /** Deletes a job. */
  remove(job: Job<Work>): void;
  /** Those that were not deleted, oldest first. */
  all(): readonly Job<Work>[];
}

/** The oldest jobs are forgotten above this, so that a simulator may run for weeks. */
const KEPT_JOBS = 10_000;
const SECOND_MS = 1000;

/** @param limits undefined for a kind whose limits have no known names */
export function createJobRegistry<Work>(
  settings: JobSettings,
  switches: Switches,
  limits: JobLimits | undefined,
  now: () => number,
): JobRegistry<Work> {
  const jobs = new Map<string, Job<Work>>();
  const count = createRateCounter(() => settings.ratePerSecond, switches.rateWindow, now, SECOND_MS);
  const stateOf = (job: Job<Work>): JobState => {
    settle(job, settings.pace, now());
    return stateAt(job, settings, now());
  };

  return {
    submit(clientId, work, fate = ORDINARY_FATE) {
      checkRate();
      const running = [...jobs.values()].filter((job) => /QUEUED|PENDING/.test(stateOf(job))).length;
      if (running >= settings.concurrentMaximum) {
        throw tooMany(`[${settings.concurrentMaximum}] concurrent jobs`, "concurrentKey", settings.concurrentMaximum);
      }
      const id = randomUUID();
      const job = { id, clientId, fate, work, submittedAt: now(), endedAt: undefined, polls: 0, isSpent: false };
      jobs.set(id, job);
      const [oldest] = jobs.keys();
      if (jobs.size > KEPT_JOBS && oldest !== undefined) jobs.delete(oldest);
      return job;
    },
    find(id, clientId) {
      const job = jobs.get(id.toLowerCase());
      return job?.clientId === clientId ? job : undefined;
    },
    stateOf,
    poll(job) {
      const state = stateOf(job);
      job.polls += 1;
      return statusOf(job, state, settings);
    },
    remove: (job) => void jobs.delete(job.id),
    all: () => [...jobs.values()],
  };

  function checkRate(): void {
    const { isOver, allowed, resetSeconds } = count("jobs");
    if (!isOver) return;
    throw tooMany(`[${allowed}] requests within [1] seconds`, "rateKey", allowed, resetSeconds);
  }

  function tooMany(what: string, key: "concurrentKey" | "rateKey", value: number, retryAfter?: number): Error {
    const isNamed = limits !== undefined && switches.limitInRateError;
    return refuse(429, "too.many.requests", `Rate limit exceeded the maximum ${what}`, {
      ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
      ...(isNamed ? { limit: { namespace: limits.namespace, key: limits[key], value } } : {}),
    });
  }
}

/** Notes the end of a job whose time has come. */
function settle(job: Job<unknown>, pace: JobPace, at: number): void {
  if (job.endedAt !== undefined || job.fate.end === "never") return;
  if ("queuedMs" in pace) {
    const endsAt = job.submittedAt + pace.queuedMs + pace.pendingMs;
    if (at >= endsAt) job.endedAt = endsAt;
  } else if (job.polls >= pace.queuedPolls + pace.pendingPolls) {
    job.endedAt = at;
  }
}

function stateAt(job: Job<unknown>, { pace, resultLifetimeMs }: JobSettings, at: number): JobState {
  const { endedAt, fate, polls, submittedAt } = job;
  if (job.isSpent || (endedAt !== undefined && at >= endedAt + resultLifetimeMs)) return "EXPIRED";
  if (endedAt !== undefined && fate.end !== "never") return fate.end;
  const isQueued = "queuedMs" in pace ? at < submittedAt + pace.queuedMs : polls < pace.queuedPolls;
  return isQueued ? "QUEUED" : "PENDING";
}

function statusOf(job: Job<unknown>, state: JobState, { resultLifetimeMs }: JobSettings): JobStatus {
  const { endedAt, fate, submittedAt } = job;
  return {
    state,
    ...(state === "FAILED" ? { errorMessage: fate.errorMessage ?? "The query could not be completed" } : {}),
    ...(endedAt === undefined ? {} : { expirationDate: text(endedAt + resultLifetimeMs) }),
    submissionDate: text(submittedAt),
    ...(endedAt === undefined ? {} : { completionDate: text(endedAt) }),
  };
}

function text(instant: number): string {
  return new Date(instant).toISOString();
}
