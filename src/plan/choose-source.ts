/**
 * Chooses where the conversations of a window are asked for. A job brings ten times as many on a page, but only up
 * to the instant for which the vendor's data are complete, and it has to be waited for; the query brings the rest.
 * Participant attributes come with jobs alone: a report that reads one ends where the jobs' data end, and says so.
 */
import { createInterval, formatInterval, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { SourceChoice } from "../domain/report-definition.ts";
import { cutJobs, cutQueries } from "./cut-slices.ts";

/** Slices with their sources, and the choice in words. */
export type ChosenSource = Pick<QueryPlan, "source" | "sourceReason" | "shortfall" | "slices">;

const DAY_MS = 24 * 3_600_000;

/** A shorter window is fetched faster than a job is made ready. */
const WORTH_A_JOB_MS = 7 * DAY_MS;

/** Whether the choice depends on how far the vendor's data are complete; asking costs one request. */
export function needsAvailability(choice: SourceChoice, window: Interval): boolean {
  if (choice === "aggregates") return false;
  if (choice === "details_job" || choice === "only_jobs") return true;
  return choice !== "details_query" && window.endAt - window.startAt > WORTH_A_JOB_MS;
}

/**
 * Chooses; `availableUntil` (epoch milliseconds) is undefined when it was not asked for or is not known;
 * `filtered` tells whether the requests will have a filter, which may then span more.
 */
export function chooseSource(
  choice: SourceChoice,
  window: Interval,
  availableUntil: number | undefined,
  filtered: boolean,
): ChosenSource {
  const byQuery = (sourceReason: string): ChosenSource => ({
    source: "details_query",
    sourceReason,
    slices: cutQueries(window, filtered),
  });
  if (choice === "only_jobs") return byJobsAlone(window, availableUntil);
  if (!needsAvailability(choice, window))
    return byQuery(choice === "details_query" ? "the report asks for it" : "the window is short");
  const until =
    availableUntil === undefined ? window.startAt : Math.min(window.endAt, lastSettledDay(availableUntil, window));
  if (until <= window.startAt) return byQuery("the vendor's data for jobs do not reach the window yet");
  const jobs = cutJobs(createInterval(window.startAt, until));
  if (until >= window.endAt)
    return {
      source: "details_job",
      sourceReason: "the whole window is complete, and a job has larger pages",
      slices: jobs,
    };
  const tail = createInterval(until, window.endAt);
  return {
    source: "details_job and details_query",
    sourceReason: `jobs are complete up to ${formatInterval(tail).split("/", 1)[0]}; the query brings what is newer`,
    slices: [...jobs, ...cutQueries(tail, filtered)],
  };
}

/** Everything is asked of jobs; what they may not know yet is a shortfall, since nothing else can bring it. */
function byJobsAlone(window: Interval, availableUntil: number | undefined): ChosenSource {
  const endAt = Math.min(window.endAt, availableUntil ?? window.endAt);
  const shortfall = shortfallOf(window, availableUntil);
  return {
    source: "details_job",
    sourceReason: `only jobs bring participant attributes${shortfall ? `; ${shortfall.reason}` : ""}`,
    slices: endAt > window.startAt ? cutJobs(createInterval(window.startAt, endAt)) : [],
    ...(shortfall && { shortfall }),
  };
}

/** Whether jobs bring everything of a window: conversations that went on at its end had a day to come to theirs. */
export function jobsCover({ endAt }: Interval, availableUntil: number): boolean {
  return availableUntil >= endAt + DAY_MS;
}

/** A conversation that went on at the end of the jobs' data may have got an attribute since, or met the filter. */
function shortfallOf(window: Interval, availableUntil: number | undefined): ChosenSource["shortfall"] {
  const { endAt } = window;
  if (availableUntil === undefined)
    return { reason: "the service does not say up to when the data for jobs are complete" };
  if (jobsCover(window, availableUntil)) return undefined;
  const until = new Date(availableUntil).toISOString();
  return {
    dataUntil: availableUntil,
    reason:
      availableUntil < endAt
        ? `the data for jobs end at ${until}: what began later is not in this report`
        : `the data for jobs end at ${until}: what conversations that still went on then did later may be missing`,
  };
}

/**
 * Up to where jobs are trusted when the window goes beyond the data: the start of the UTC day before the one in
 * which the data end. A call that was still going on at that end is shown cut by a job; the query, which picks by
 * the day of the start, then brings it whole.
 */
function lastSettledDay(availableUntil: number, window: Interval): number {
  if (availableUntil >= window.endAt + DAY_MS) return window.endAt;
  return Math.floor(availableUntil / DAY_MS) * DAY_MS - DAY_MS;
}
