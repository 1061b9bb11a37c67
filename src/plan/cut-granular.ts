/**
 * Cuts a window for the time keys of a report that aggregates answer. The service counts its buckets from the start of
 * the interval, so an interval must begin where a bucket begins: the piece before that is asked for on its own, without
 * buckets. The granularity is the coarsest whose buckets each lie in one bucket of every time key.
 */
import { ReportError } from "../domain/errors.ts";
import type { BucketWidth, Field } from "../domain/field.ts";
import { createInterval, type Interval } from "../domain/interval.ts";
import { createLocalTime, type LocalTime } from "../support/local-time.ts";

/** A piece of the window; without a granularity it is one bucket. */
export interface GranularPiece {
  readonly interval: Interval;
  readonly granularity?: string;
  /** How many buckets it has at most. */
  readonly buckets: number;
}

type Width = "day" | "hour" | "minute30" | "minute15";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** From coarse to fine. */
const GRANULARITIES: readonly { readonly width: Width; readonly granularity: string; readonly widthMs: number }[] = [
  { width: "day", granularity: "P1D", widthMs: DAY_MS },
  { width: "hour", granularity: "PT1H", widthMs: 60 * MINUTE_MS },
  { width: "minute30", granularity: "PT30M", widthMs: 30 * MINUTE_MS },
  { width: "minute15", granularity: "PT15M", widthMs: 15 * MINUTE_MS },
];

/** The coarsest granularity that can make up each key. */
const FINEST: Readonly<Record<BucketWidth, Width>> = {
  minute15: "minute15",
  minute30: "minute30",
  hour: "hour",
  hour_of_day: "hour",
  day: "day",
  day_of_week: "day",
  week: "day",
  month: "day",
};

/** Offsets of time zones are whole quarters of an hour, so that is where buckets can begin. */
const STEP_MS = 15 * MINUTE_MS;

/** Three years of quarters of an hour; more would be a slip of the keyboard. */
const MOST_BUCKETS = 110_000;

/** Cuts; the pieces are in order of time and make up the window. */
export function cutGranular(groupBy: readonly Field[], window: Interval, timeZone: string): GranularPiece[] {
  const needed = groupBy.flatMap(({ bucket }) => (bucket === undefined ? [] : FINEST[bucket]));
  if (needed.length === 0) return [{ interval: window, buckets: 1 }];
  const localTime = createLocalTime(timeZone);
  const coarsest = Math.max(...needed.map((width) => GRANULARITIES.findIndex((each) => each.width === width)));
  for (const each of GRANULARITIES.slice(coarsest)) {
    const pieces = cutAt(each, window, localTime);
    if (pieces) return pieces;
  }
  throw new ReportError(
    "definition.invalid",
    `Cannot ask aggregates for buckets of ${timeZone} over this window: they begin at no whole quarter of an hour`,
    { hint: 'Choose another timeZone, or leave out "timeBasis: eventTime".' },
  );
}

/** Undefined when buckets of this width would lie across the edges of the zone's own. */
function cutAt(
  { width, granularity, widthMs }: (typeof GRANULARITIES)[number],
  { startAt, endAt }: Interval,
  localTime: LocalTime,
): GranularPiece[] | undefined {
  const begins = (at: number): boolean => localTime.bucketOf(at - 1, width) !== localTime.bucketOf(at, width);
  let firstAt = startAt;
  if (!begins(startAt)) {
    firstAt = Math.ceil(startAt / STEP_MS) * STEP_MS;
    while (firstAt < endAt && !begins(firstAt)) firstAt += STEP_MS;
  }
  if (firstAt >= endAt) {
    const isOne = localTime.bucketOf(startAt, width) === localTime.bucketOf(endAt - 1, width);
    return isOne ? [{ interval: createInterval(startAt, endAt), buckets: 1 }] : undefined;
  }
  const buckets = Math.ceil((endAt - firstAt) / widthMs);
  if (buckets > MOST_BUCKETS) throw tooManyBuckets(granularity);
  // Days are counted by the calendar of the zone; shorter buckets in real time, which a clock change can shift.
  for (let at = firstAt; width !== "day" && at < endAt; at += widthMs) if (!begins(at)) return undefined;
  return [
    ...(firstAt === startAt ? [] : [{ interval: createInterval(startAt, firstAt), buckets: 1 }]),
    { interval: createInterval(firstAt, endAt), granularity, buckets },
  ];
}

function tooManyBuckets(granularity: string): ReportError {
  return new ReportError(
    "definition.invalid",
    `Cannot ask aggregates for more than ${MOST_BUCKETS.toLocaleString("en")} buckets of ${granularity}`,
    { hint: "Choose a shorter interval or wider buckets." },
  );
}
