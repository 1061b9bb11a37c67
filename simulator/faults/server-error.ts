/** 5xx, once or for ever, with the vendor's ErrorBody, with a gateway's HTML page, or with nothing. */
import { type Answer, errorAnswer } from "../routes/answer.ts";
import { type Fault, type FaultRequest, member, on, type Selection } from "./fault.ts";

/** Which requests fail, and how. */
export interface ServerError extends Selection {
  /** Default 503. */
  readonly status?: number;
  /** Default `json`. */
  readonly body?: "json" | "html" | "empty";
  /** Seconds in a `Retry-After` header. Default: no such header. */
  readonly retryAfter?: number;
}

/** Fails the chosen requests. */
export function serverError(options: ServerError = {}): Fault {
  return { name: "serverError", ...on(options), instead: () => failure(options) };
}

/** Where wide begins, and how it fails. */
export interface TimeoutOnWideIntervals {
  /** Queries for a longer interval fail; shorter ones are answered. */
  readonly longerThanMs: number;
  /** Default 504. */
  readonly status?: number;
}

/** A backend that is too slow for large questions: it fails every one of them and answers the small ones. */
export function timeoutOnWideIntervals({ longerThanMs, status = 504 }: TimeoutOnWideIntervals): Fault {
  return {
    name: "timeoutOnWideIntervals",
    concerns: (request) => intervalMs(request) > longerThanMs,
    applies: () => true,
    instead: () => failure({ status }),
  };
}

/** A gateway in front of the service that takes no longer bodies than this: 413 for every one of them. */
export function refuseLargeBodies(longerThanBytes: number): Fault {
  const message = `The request is over the size limit. Maximum bytes: ${longerThanBytes}`;
  return {
    name: "refuseLargeBodies",
    concerns: ({ body }) => Buffer.byteLength(JSON.stringify(body ?? "")) > longerThanBytes,
    applies: () => true,
    instead: () => errorAnswer(413, "request.too.large", message),
  };
}

function failure({ status = 503, body = "json", retryAfter }: ServerError): Answer {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  if (body === "empty") return { status, headers };
  if (body === "html") {
    const text = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\n`;
    return { status, headers: { ...headers, "content-type": "text/html" }, text };
  }
  const [code, message] = WORDS[status] ?? ["internal.server.error", INTERNAL];
  return errorAnswer(status, code, message, { headers });
}

const INTERNAL = "The server encountered an unexpected condition which prevented it from fulfilling the request.";
const WORDS: Readonly<Record<number, readonly [string, string]>> = {
  500: ["internal.server.error", INTERNAL],
  502: ["bad.gateway", "Bad Gateway"],
  503: [
    "service.unavailable",
    "Service Unavailable - The server is currently unavailable (because it is overloaded or down for maintenance).",
  ],
  504: ["request.timeout", "The request timed out."],
};

function intervalMs(request: FaultRequest): number {
  const interval = member(request.body, "interval");
  if (typeof interval !== "string") return 0;
  const [start = "", end = ""] = interval.split("/");
  return Date.parse(end) - Date.parse(start);
}
