/** Tells a question that was too much for the service from a service that could not be reached at all. */
import { type ErrorFacts, ReportError } from "../domain/errors.ts";

/**
 * The service was reached, and broke or ran out of time over the request: a smaller request may succeed. Worth a
 * retry first, as every `genesys.unavailable`.
 */
export class OverwhelmedError extends ReportError {
  /** Ran out of time: each further try costs as much time again. */
  readonly ranOutOfTime: boolean;

  constructor(message: string, ranOutOfTime: boolean, facts: ErrorFacts = {}) {
    super("genesys.unavailable", message, facts);
    this.ranOutOfTime = ranOutOfTime;
  }
}
