/** What the parts of the API have in common: an operation of the API description and the work that answers it. */
import type { Answer } from "./answer.ts";
import type { IssuedToken } from "./clients.ts";
import type { JobFate } from "./job-fate.ts";
import type { RowWindow } from "./row-window.ts";

/** A request after it was signed in, permitted and checked. */
export interface RouteRequest {
  /** Values of the placeholders in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Path and query as the client sent them. */
  readonly url: string;
  readonly bodyText: string;
  readonly token: IssuedToken;
  /** Undefined for a client that sees all divisions. */
  readonly divisionIds: ReadonlySet<string> | undefined;
  /** Lets faults move the rows of a page. */
  readonly moveRows: (window: RowWindow) => RowWindow;
  /** Lets faults decide what becomes of a job. */
  readonly decideFate: (fate: JobFate) => JobFate;
  /** Records in which ways the request breaks the API description. */
  readonly report: (reasons: readonly string[]) => void;
}

/** One operation and its work. */
export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  /** A path of the API description, placeholders in braces. */
  readonly path: string;
  answer(request: RouteRequest): Answer;
}
