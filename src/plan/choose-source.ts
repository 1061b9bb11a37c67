/**
 * Chooses where the conversations of a window are asked for. A job brings ten times as many on a page, but only up
 * to the instant for which the vendor's data are complete, and it has to be waited for; the query brings the rest.
 */
import { createInterval, formatInterval, type Interval } from "../domain/interval.ts";
import type { SourceChoice } from "../domain/report-definition.ts";
import type { Slice } from "../domain/slice.ts";
import { cutSlices } from "./cut-slices.ts";

/** Slices with their sources, and the choice in words. */
export interface ChosenSource {
  readonly source: string;
  readonly sourceReason: string;
  readonly slices: readonly Slice[];
}

const DAY_MS = 24 * 3_600_000;

/** A shorter window is fetched faster than a job is made ready. */
const WORTH_A_JOB_MS = 7 * DAY_MS;

/** Whether the choice depends on how far the vendor's data are complete; asking costs one request. */
export function needsAvailability(choice: SourceChoice, window: Interval): boolean {
  if (choice === "aggregates") return false;
  return choice === "details_job" || (choice !== "details_query" && window.endAt - window.startAt > WORTH_A_JOB_MS);
}

/** Chooses; `availableUntil` (epoch milliseconds) is undefined when it was not asked for or is not known. */
export function chooseSource(choice: SourceChoice, window: Interval, availableUntil: number | undefined): ChosenSource {
  if (!needsAvailability(choice, window))
    return byQuery(window, choice === "details_query" ? "the report asks for it" : "the window is short");
  const until =
    availableUntil === undefined ? window.startAt : Math.min(window.endAt, lastSettledDay(availableUntil, window));
  if (until <= window.startAt) return byQuery(window, "the vendor's data for jobs do not reach the window yet");
  const jobs = cutSlices(createInterval(window.startAt, until), "details_job");
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
    slices: [...jobs, ...cutSlices(tail)],
  };
}

function byQuery(window: Interval, sourceReason: string): ChosenSource {
  return { source: "details_query", sourceReason, slices: cutSlices(window) };
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
