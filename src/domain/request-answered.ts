/** What was seen of one request to the service: for metrics and traces. It holds no query, no id and no answer. */

/** A request to the service, when it is over. */
export interface RequestAnswered {
  readonly kind: "request";
  readonly method: "GET" | "POST";
  /** The path without ids and without a query. */
  readonly endpoint: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** What the service says of its limit: requests of this window, ours and others', and how many it allows. */
  readonly rate?: { readonly used: number; readonly allowed: number };
}

/** The path of a request without what it is about: every part that is no word of the vendor's becomes `{id}`. */
export function endpointOf(path: string): string {
  return (path.split("?", 1)[0] ?? "")
    .split("/")
    .map((part) => (/^(?:v\d|[a-z]*)$/i.test(part) ? part : "{id}"))
    .join("/");
}
