/**
 * Every way a report can fail. An error has a code ("area.what"); the code decides the recourse, that is, who
 * must act before the work can go on. Loops ask only for the recourse; the command line asks only for the code.
 */

/** Who acts next: the machine (retry, narrow), nobody (skip, stop), the author, the operator, or us. */
export type Recourse = "retry" | "narrow" | "skip" | "fix_definition" | "fix_access" | "stop" | "report_bug";

/** Every error code with its recourse. Each code is explained in docs/error-codes.md. */
export const ERROR_RECOURSE = {
  "definition.invalid": "fix_definition",
  "definition.unknown_word": "fix_definition",
  "definition.interval_invalid": "fix_definition",
  "config.invalid": "fix_access",
  "config.missing": "fix_access",
  "genesys.rate_limited": "retry",
  "genesys.unavailable": "retry",
  "genesys.broken_answer": "retry",
  "genesys.not_the_api": "fix_access",
  "genesys.query_too_large": "narrow",
  "genesys.request_too_large": "narrow",
  "genesys.query_rejected": "fix_definition",
  "genesys.unauthorized": "fix_access",
  "genesys.forbidden": "fix_access",
  "genesys.unexpected_answer": "report_bug",
  "genesys.results_expired": "retry",
  "genesys.job_failed": "retry",
  "genesys.job_unfinished": "retry",
  "record.too_many_rejects": "fix_definition",
  "run.not_resumable": "fix_definition",
  "run.damaged": "fix_definition",
  "run.locked": "stop",
  "run.deadline": "stop",
  "run.check_failed": "fix_definition",
  "run.cancelled": "stop",
  "task.lease_lost": "stop",
  "database.unavailable": "retry",
  "database.refused": "fix_access",
  "database.newer_schema": "fix_access",
  "database.locked": "stop",
  "disk.full": "fix_access",
  "disk.unwritable": "fix_access",
  "s3.unavailable": "retry",
  "s3.access_denied": "fix_access",
  "s3.checksum_mismatch": "retry",
  "delivery.access_unproved": "fix_access",
  "delivery.unreachable": "retry",
  "message.unavailable": "retry",
  "message.refused": "fix_access",
  "process.stopping": "stop",
  internal: "report_bug",
} as const satisfies Record<string, Recourse>;

/** The code of an error: a key of ERROR_RECOURSE. */
export type ErrorCode = keyof typeof ERROR_RECOURSE;

/** What an error may carry besides its code and message. */
export interface ErrorFacts {
  /** An imperative sentence that names the command or setting that helps. */
  readonly hint?: string;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The vendor's correlation id, to be quoted in a support case. */
  readonly correlationId?: string;
  /** What was thrown below; kept for --debug, never shown to people otherwise. */
  readonly cause?: unknown;
}

/** The one error class of callsheet. Its message never holds a secret, a link or customer data. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly correlationId: string | undefined;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.hint = facts.hint;
    this.retryAfterMs = facts.retryAfterMs;
    this.correlationId = facts.correlationId;
  }

  /** Who must act before the work can go on. */
  get recourse(): Recourse {
    return ERROR_RECOURSE[this.code];
  }
}

/** Fails loudly when our own promise is broken; never for input or for the outside. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new ReportError("internal", `Broken promise: ${promise}`);
}
