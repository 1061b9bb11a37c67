/**
 * When conversations start. An index becomes an instant: index i of n takes the i-th of n equal portions of the
 * period's expected traffic, jittered inside its portion, and the portion is looked up on a curve with a daily and a
 * weekly profile. Starts therefore ascend with the index, and any one of them is found without the others.
 */
import { Random } from "./random.ts";

/** The period that is filled with conversations, and how many. */
export interface ArrivalPlan {
  readonly count: number;
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly startAt: number;
  readonly days: number;
}

const HOUR_MS = 3_600_000;
/** Traffic of the 24 hours of a working day, UTC: two peaks, and a night shift that never sleeps. */
const HOUR_WEIGHTS = [2, 1.5, 1, 1, 1, 2, 6, 16, 30, 38, 40, 36, 30, 34, 38, 36, 32, 26, 20, 16, 13, 10, 7, 4] as const;
/** Traffic of the days of the week, Sunday first. */
const DAY_WEIGHTS = [0.35, 1.25, 1.1, 1, 1, 0.95, 0.45] as const;
/** Every fiftieth conversation starts in the same millisecond as the one before it, so that ties must be broken. */
const TIE_EVERY = 50;

/** Makes the function from index to start, in epoch milliseconds inside [startAt, startAt + days). */
export function planArrivals(plan: ArrivalPlan): (index: number) => number {
  const cumulative = cumulateTraffic(plan);
  const total = cumulative[cumulative.length - 1] ?? 0;
  return (index) => {
    const portion = index % TIE_EVERY === TIE_EVERY - 1 ? index - 1 : index;
    const jitter = new Random(plan.seed, "start", portion).fraction();
    const traffic = ((portion + jitter) / plan.count) * total;
    const hour = findHour(cumulative, traffic);
    const before = cumulative[hour] ?? 0;
    const within = (traffic - before) / ((cumulative[hour + 1] ?? total) - before);
    return plan.startAt + hour * HOUR_MS + Math.floor(Math.min(within, 0.999_999_9) * HOUR_MS);
  };
}

function cumulateTraffic(plan: ArrivalPlan): Float64Array {
  const hours = plan.days * 24;
  const cumulative = new Float64Array(hours + 1);
  for (let hour = 0; hour < hours; hour++) {
    const clock = new Date(plan.startAt + hour * HOUR_MS);
    const weight = (HOUR_WEIGHTS[clock.getUTCHours()] ?? 1) * (DAY_WEIGHTS[clock.getUTCDay()] ?? 1);
    cumulative[hour + 1] = (cumulative[hour] ?? 0) + weight;
  }
  return cumulative;
}

/** The last hour whose traffic begins at or before the given amount. */
function findHour(cumulative: Float64Array, traffic: number): number {
  let low = 0;
  let high = cumulative.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cumulative[middle] ?? 0) <= traffic) low = middle;
    else high = middle - 1;
  }
  return low;
}
