/** The memory of a simulator: which requests came and which of them broke the API description. */

/** One request that came. */
export interface RecordedRequest {
  /** Epoch milliseconds by the simulator's clock. */
  readonly at: number;
  readonly host: "login" | "api";
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Parsed when it is JSON, else the text; undefined without a body. */
  readonly body: unknown;
  /** Undefined until the answer was made. */
  readonly status: number | undefined;
  readonly correlationId: string;
  /** Names of the faults that struck it. */
  readonly faults: readonly string[];
}

/** A request that broke the API description, and in which ways. */
export interface Violation {
  readonly correlationId: string;
  readonly method: string;
  readonly path: string;
  readonly reasons: readonly string[];
}

/** The oldest entries are dropped above this, so that a simulator may run for weeks. */
const KEPT_ENTRIES = 100_000;

/** Adds to a list that keeps only its newest entries. */
export function remember<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > KEPT_ENTRIES) list.shift();
}
