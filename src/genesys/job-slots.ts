/**
 * Lets as many details jobs work at once as the organisation allows. A job that works alone asks nothing; when a second
 * one would work beside it, the limit is read, once. Those that find no room wait in the order in which they came.
 */
import { ReportError } from "../domain/errors.ts";
import { unlessAborted } from "../support/unless-aborted.ts";
import type { ApiClient } from "./api-client.ts";
import { ANALYTICS_LIMITS, jobsAtOnceOf } from "./platform-limits.ts";

/** Room for jobs. */
export interface JobSlots {
  /** Does the work when there is room for one more job, which ends with it. */
  use<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Makes the slots of one run on an API client. */
export function createJobSlots(client: Pick<ApiClient, "get">): JobSlots {
  const waiting: PromiseWithResolvers<void>[] = [];
  let working = 0;
  let most: Promise<number> | undefined;

  async function enter(signal: AbortSignal): Promise<void> {
    const limit = working === 0 ? 1 : await readOnce(signal);
    if (working < limit) {
      working += 1;
      return;
    }
    const place = Promise.withResolvers<void>();
    waiting.push(place);
    // Whoever leaves hands its slot to the first in line: `working` stays. A signal ends the whole run, so nobody
    // gives up a place in line alone.
    await unlessAborted(place.promise, signal);
  }

  async function readOnce(signal: AbortSignal): Promise<number> {
    most ??= readMost(client, signal);
    return await most;
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next.resolve();
    else working -= 1;
  }

  return {
    async use(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** A service that does not tell says with a 429 when there is no room. */
async function readMost(client: Pick<ApiClient, "get">, signal: AbortSignal): Promise<number> {
  try {
    const { json } = await client.get(ANALYTICS_LIMITS, signal);
    return jobsAtOnceOf(json) ?? Number.POSITIVE_INFINITY;
  } catch (error) {
    if (signal.aborted || !(error instanceof ReportError)) throw error;
    return Number.POSITIVE_INFINITY;
  }
}
