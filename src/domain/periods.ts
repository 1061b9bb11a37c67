/** The window of a run, and the period before it where the report compares the two. */
import { createInterval, type Interval } from "./interval.ts";

/** What a run is about. */
export interface Periods {
  readonly window: Interval;
  readonly previous?: PreviousPeriod;
}

/** The period before, and how a moment of it becomes the moment of the window that it is compared with. */
export interface PreviousPeriod {
  readonly interval: Interval;
  readonly shift: Shift;
}

/** So many milliseconds, or so many days or months on the calendar, at the same time on the clock. */
export interface Shift {
  readonly unit: "millisecond" | "day" | "month";
  readonly by: number;
}

/** What is asked of the service: both periods, and what lies between them. */
export function fetchedInterval({ window, previous }: Periods): Interval {
  return previous ? createInterval(previous.interval.startAt, window.endAt) : window;
}
