/**
 * How long a link can live: a signature dies with the credentials that made it, whatever the link says, and the bucket's
 * policy may limit its age. Gives check V02 and the seconds to sign, the least of what was asked and of these, and says
 * by how much and why it was shortened.
 */
import { ReportError } from "../domain/errors.ts";
import type { AccessFinding } from "./access-verdict.ts";
import type { CredentialsEnd } from "./object-store.ts";

/** Credentials must outlive the link by this much: clocks differ, and signing is not the first thing done. */
const MARGIN_MS = 5 * 60_000;

/** A link that nobody could open in time is no link. */
const MIN_SECONDS = 60;

/** The life of a link. */
export interface LinkLife {
  readonly seconds: number;
  /** V02. */
  readonly finding: AccessFinding;
  /** Why it is shorter than was asked for; absent when it is not. */
  readonly shortened?: string;
}

/** The seconds to sign, and V02; `s3.access_denied` when the credentials are at their end, or no link can get old enough. */
export function linkLife(askedSeconds: number, end: CredentialsEnd, nowAt: number, ageLimitMs?: number): LinkLife {
  const aged = agedLife(askedSeconds, ageLimitMs);
  const life = untilCredentialsEnd(aged.seconds, end, nowAt);
  const reasons = [
    ...(aged.seconds < askedSeconds ? [`the bucket's policy ends it after ${aged.seconds} seconds`] : []),
    ...(life.seconds < aged.seconds ? [`the credentials end before`] : []),
  ];
  if (reasons.length === 0) return life;
  return {
    ...life,
    shortened: `shortened from ${askedSeconds} to ${life.seconds} seconds: ${reasons.join(", ")}`,
  };
}

function agedLife(askedSeconds: number, ageLimitMs: number | undefined): { readonly seconds: number } {
  const seconds = Math.min(askedSeconds, Math.floor((ageLimitMs ?? Number.POSITIVE_INFINITY) / 1000));
  if (seconds >= Math.min(askedSeconds, MIN_SECONDS)) return { seconds };
  throw new ReportError("s3.access_denied", `The bucket's policy ends every link after ${ageLimitMs} milliseconds`, {
    hint: `Let s3:signatureAge in the bucket's policy be ${MIN_SECONDS * 1000} or more: nobody could open a link in time.`,
  });
}

function untilCredentialsEnd(wantedSeconds: number, end: CredentialsEnd, nowAt: number): Omit<LinkLife, "shortened"> {
  const finding = (result: AccessFinding["result"], fact: string): AccessFinding => ({
    id: "V02",
    result,
    fact,
    call: "expiration of the credentials",
  });
  if (end.kind === "never") return { seconds: wantedSeconds, finding: finding("pass", "keys without an end") };
  if (end.kind === "untold") {
    const fact = "temporary credentials that do not say when they end; the link ends with them";
    return { seconds: wantedSeconds, finding: finding("unknown", fact) };
  }
  const endsAt = new Date(end.at).toISOString();
  const leftMs = end.at - nowAt;
  if (leftMs >= wantedSeconds * 1000 + MARGIN_MS)
    return { seconds: wantedSeconds, finding: finding("pass", `they end at ${endsAt}`) };
  const seconds = Math.min(wantedSeconds, Math.floor(leftMs / 1000));
  if (seconds < MIN_SECONDS) {
    throw new ReportError("s3.access_denied", `The credentials of the object store end at ${endsAt}`, {
      hint: "Renew them (a new session, or keys that last), then run again.",
    });
  }
  const fact =
    seconds < wantedSeconds
      ? `they end at ${endsAt}: the link was shortened from ${wantedSeconds} to ${seconds} seconds`
      : `they end at ${endsAt}, less than ${MARGIN_MS / 60_000} minutes behind the link`;
  return { seconds, finding: finding("fail", fact) };
}
