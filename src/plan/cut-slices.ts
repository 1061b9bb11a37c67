/**
 * Cuts a window into the slices that are fetched one by one. The details query picks conversations by the UTC day
 * on which they began, so its slices meet at UTC midnights: no conversation is asked for in two of them, and each
 * stays far below the 7 days that a query without a filter may span. A job takes a month at once.
 */
import { createInterval, type Interval } from "../domain/interval.ts";
import { SERVICE_LIMITS } from "../domain/service-limits.ts";
import { createSlice, type Slice, type SliceSource } from "../domain/slice.ts";

const DAY_MS = 24 * 3_600_000;

/** Days of one slice. */
const DAYS: Readonly<Record<SliceSource, number>> = { details_query: 1, details_job: SERVICE_LIMITS.jobDays.value };

/** Slices in order of time; they meet, and together they are the window. */
export function cutSlices(window: Interval, source: SliceSource = "details_query"): Slice[] {
  const slices: Slice[] = [];
  let startAt = window.startAt;
  while (startAt < window.endAt) {
    const endAt = Math.min(window.endAt, Math.floor(startAt / DAY_MS) * DAY_MS + DAYS[source] * DAY_MS);
    slices.push(createSlice(createInterval(startAt, endAt), source));
    startAt = endAt;
  }
  return slices;
}
