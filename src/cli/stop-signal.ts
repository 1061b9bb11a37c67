/** What ends a run before its end: a signal from outside, or the time that it was given. */
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import { parseLifetime } from "./parse-lifetime.ts";

/** A signal that is aborted when `outer` is, or when the time is over; `release` ends the waiting. */
export function withDeadline(
  outer: AbortSignal,
  deadline: string | undefined,
  clock: Clock,
): { readonly signal: AbortSignal; release(): void } {
  if (deadline === undefined) return { signal: outer, release: () => {} };
  const timeUp = new AbortController();
  const released = new AbortController();
  const seconds = parseLifetime(deadline, "--deadline", "a run takes");
  clock.sleep(seconds * 1000, AbortSignal.any([outer, released.signal])).then(
    () =>
      timeUp.abort(new ReportError("run.deadline", `The run took longer than ${deadline}, the time that it was given`)),
    () => undefined,
  );
  return { signal: AbortSignal.any([outer, timeUp.signal]), release: () => released.abort() };
}
