/**
 * Keeps a run from hammering a service that is down. Two things bound it. Retries are paid from a quota that answers
 * fill up again, so a storm of them ends by itself. And after some failures in a row the circuit opens: nobody sends,
 * but one small question is asked now and then whether the service is there at all. If it answers, the failures were
 * about what was asked, and the calls go on (their slices may be cut in halves); if it does not, all calls end.
 *
 * closed --failures in a row--> open --the probe answers--> closed
 *                               open --no probe answers---> every waiting call fails; the next call probes again
 */
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";

/** The guard of one client. */
export interface OutageGuard {
  /** Waits while the circuit is open; throws `genesys.unavailable` when the service does not come back. */
  pass(signal: AbortSignal): Promise<void>;
  /** An answer came, whatever it said. */
  answered(): void;
  /** No answer, or one of a service that is broken. */
  failed(error: ReportError): void;
  /** Takes one retry from the quota, if there is one left. */
  takeRetry(): boolean;
}

/** What a guard is made of. */
export interface GuardParts {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** A small question that every client may ask; throws when it is not answered. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

/** Failures in a row that open the circuit: more than one slice and its first retries. */
const OPENS_AFTER = 5;

/** Looks at a service that is down before a run gives up; with these waits they take one to two minutes. */
const PROBES = { most: 5, firstMs: 4_000, maxMs: 60_000 } as const;

/** Retries that a client may make before anything was answered; each answer gives one more. */
const FIRST_RETRIES = 24;

/** Makes a guard with its circuit closed. */
export function createOutageGuard({ clock, random, probe }: GuardParts): OutageGuard {
  let inARow = 0;
  let retriesLeft = FIRST_RETRIES;
  let last: ReportError | undefined;
  let looking: Promise<void> | undefined;

  async function look(signal: AbortSignal): Promise<void> {
    for (let nth = 1; ; nth++) {
      const isThere = await probe(signal).then(
        () => true,
        (error: unknown) => {
          signal.throwIfAborted();
          if (!(error instanceof ReportError)) throw error;
          return false;
        },
      );
      if (isThere) break;
      if (nth === PROBES.most) throw outage(inARow, last);
      // At least half of the wait: several processes look, and none should look at once.
      const waitMs = Math.min(PROBES.maxMs, PROBES.firstMs * 2 ** (nth - 1));
      await clock.sleep(waitMs / 2 + (random() * waitMs) / 2, signal);
    }
    inARow = 0;
  }

  return {
    async pass(signal) {
      if (inARow < OPENS_AFTER) return;
      looking ??= look(signal).finally(() => {
        looking = undefined;
      });
      await looking;
    },
    answered() {
      inARow = 0;
      retriesLeft = Math.min(Number.MAX_SAFE_INTEGER, retriesLeft + 1);
    },
    failed(error) {
      inARow += 1;
      last = error;
    },
    takeRetry() {
      if (retriesLeft === 0) return false;
      retriesLeft -= 1;
      return true;
    },
  };
}

function outage(failures: number, last: ReportError | undefined): ReportError {
  return new ReportError(
    "genesys.unavailable",
    `Genesys Cloud is down: ${failures} requests in a row failed, and ${PROBES.most} looks at its limits too. ${last?.message ?? ""}`.trim(),
    {
      hint: "See the vendor's status page, and run again when it is back.",
      ...(last?.correlationId === undefined ? {} : { correlationId: last.correlationId }),
      cause: last,
    },
  );
}
