/** Exit codes are read by scripts: they never change their meaning. */
import type { ErrorCode } from "../domain/errors.ts";

/** The exit code of each error; docs/error-codes.md says what each means. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  "definition.invalid": 3,
  "definition.unknown_word": 3,
  "definition.interval_invalid": 3,
  "config.invalid": 3,
  "config.missing": 3,
  "genesys.unauthorized": 4,
  "genesys.forbidden": 5,
  "genesys.query_rejected": 6,
  "genesys.query_too_large": 6,
  "genesys.request_too_large": 6,
  "genesys.rate_limited": 7,
  "genesys.unavailable": 7,
  "genesys.broken_answer": 7,
  "genesys.not_the_api": 7,
  "genesys.unexpected_answer": 8,
  "genesys.results_expired": 7,
  "genesys.job_failed": 7,
  "genesys.job_unfinished": 14,
  "record.too_many_rejects": 8,
  "run.not_resumable": 3,
  "run.damaged": 9,
  "run.locked": 12,
  "run.deadline": 14,
  "run.check_failed": 8,
  "run.cancelled": 14,
  "task.lease_lost": 12,
  "database.unavailable": 9,
  "database.refused": 9,
  "database.newer_schema": 3,
  "database.locked": 12,
  "disk.full": 9,
  "disk.unwritable": 9,
  "s3.unavailable": 10,
  "s3.access_denied": 10,
  "s3.checksum_mismatch": 10,
  "delivery.access_unproved": 11,
  "message.unavailable": 13,
  "message.refused": 13,
  "process.stopping": 130,
  internal: 1,
};

/** Wrong options or arguments. */
export const EXIT_USAGE = 2;
