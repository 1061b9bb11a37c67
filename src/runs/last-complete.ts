/** Finds the run that a new one is held against: the last of its report that ended well with complete data. */
import type { Interval } from "../domain/interval.ts";
import type { CompleteRun, PastRuns } from "./past-runs.ts";

/** Runs of one report that are looked at: more windows than a year of hourly runs has. */
const MAX_LOOKED_AT = 10_000;

/** A month is up to 11 % longer than another, a day with a clock change 4 %; a week is no day. */
const MOST_LONGER = 1.25;

/** The last one whose window is about as long as this one's: a month tried by hand is no measure for a day. */
export async function lastComplete(
  run: { readonly runId: string; readonly report: string; readonly interval: Interval },
  past: PastRuns,
): Promise<CompleteRun | undefined> {
  let last: CompleteRun | undefined;
  let looked = 0;
  for await (const candidate of past.complete(run.report)) {
    const isFit = candidate.runId !== run.runId && isAsLong(candidate.interval, run.interval);
    if (isFit && (last === undefined || candidate.finishedAt > last.finishedAt)) last = candidate;
    looked += 1;
    if (looked === MAX_LOOKED_AT) break;
  }
  return last;
}

function isAsLong(one: Interval, other: Interval): boolean {
  const [oneMs, otherMs] = [one.endAt - one.startAt, other.endAt - other.startAt];
  return Math.max(oneMs, otherMs) <= Math.min(oneMs, otherMs) * MOST_LONGER;
}
