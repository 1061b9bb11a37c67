/**
 * Cuts a window into the slices that are fetched one by one. The details query picks conversations by the UTC day
 * on which they began, so its slices meet at UTC midnights: no conversation is asked for in two of them. They are as
 * wide as the service allows, since the last page of each is seldom full; what turns out to hold many conversations
 * is cut when its first page says so.
 */
import { createInterval, type Interval } from "../domain/interval.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { createSlice, type Slice, type SliceSource } from "../domain/slice.ts";

const DAY_MS = 24 * 3_600_000;

/** Days of one slice. Connectors in production keep strictly below what a query may span. */
const DAYS = {
  query: SERVICE_LIMITS.unfilteredQueryDays.value - 1,
  filteredQuery: SERVICE_LIMITS.filteredQueryDays.value - 1,
  job: SERVICE_LIMITS.jobDays.value,
} as const;

/** Slices of the details query in order of time; they meet, and together they are the window. */
export function cutQueries(window: Interval, filtered: boolean): Slice[] {
  return cut(window, filtered ? DAYS.filteredQuery : DAYS.query, "details_query");
}

/** The same for details jobs. */
export function cutJobs(window: Interval): Slice[] {
  return cut(window, DAYS.job, "details_job");
}

function cut(window: Interval, days: number, source: SliceSource): Slice[] {
  const slices: Slice[] = [];
  let startAt = window.startAt;
  while (startAt < window.endAt) {
    const endAt = Math.min(window.endAt, Math.floor(startAt / DAY_MS) * DAY_MS + days * DAY_MS);
    slices.push(createSlice(createInterval(startAt, endAt), source));
    startAt = endAt;
  }
  return slices;
}
