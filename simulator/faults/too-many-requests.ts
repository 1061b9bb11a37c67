/**
 * 429: the rate limit, whether it was reached or not. `Retry-After` comes as seconds, as anything else that servers
 * have been seen to send, several times, or not at all.
 */
import { errorAnswer } from "../routes/answer.ts";
import { type Fault, on, type Selection } from "./fault.ts";

/** Which requests are refused, and what they are told about waiting. */
export interface TooManyRequests extends Selection {
  /**
   * Seconds; a text that is sent as it stands; several texts for several headers; `dateInSeconds` for an HTTP date so
   * far from now (negative: in the past). Default: no such header.
   */
  readonly retryAfter?: number | string | readonly string[] | { readonly dateInSeconds: number };
  /** `inin-ratelimit-reset` in seconds. Default: no such header. */
  readonly resetSeconds?: number;
}

/** Refuses the chosen requests with status 429. */
export function tooManyRequests(options: TooManyRequests = {}): Fault {
  return {
    name: "tooManyRequests",
    ...on(options),
    instead(_request, controls) {
      const { retryAfter, resetSeconds } = options;
      const headers = {
        ...(retryAfter === undefined ? {} : { "retry-after": textOf(retryAfter, controls.now()) }),
        ...(resetSeconds === undefined ? {} : { "inin-ratelimit-reset": String(resetSeconds) }),
      };
      return typeof retryAfter === "number"
        ? errorAnswer(429, "too.many.requests.retry.after", messageWith(retryAfter), { headers })
        : errorAnswer(429, "too.many.requests", "Rate limit exceeded the maximum [300] requests within [60] seconds", {
            headers,
          });
    },
  };
}

function textOf(retryAfter: NonNullable<TooManyRequests["retryAfter"]>, now: number): string | string[] {
  if (typeof retryAfter === "number" || typeof retryAfter === "string") return String(retryAfter);
  if ("dateInSeconds" in retryAfter) return new Date(now + retryAfter.dateInSeconds * 1000).toUTCString();
  return [...retryAfter];
}

function messageWith(seconds: number): string {
  return `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
}
