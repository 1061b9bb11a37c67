/**
 * Cuts an interval into buckets of one granularity, counted from the start of the interval by the clock of a time zone:
 * a day has 23, 24 or 25 hours there, an hour is always one. The last bucket ends with the interval.
 */
import { Temporal } from "temporal-polyfill";
import { QueryRefused } from "../details-query.ts";
import type { QueryInterval } from "../query-interval.ts";

/** The buckets of an interval. */
export interface Buckets {
  /** The number of the bucket that an instant is in; undefined outside the interval. */
  numberOf(instant: number): number | undefined;
  /** `start/end` of a bucket, in UTC. */
  textOf(number: number): string;
}

/** More would be a slip of the keyboard; the service's own limit is not known. */
const MOST_BUCKETS = 100_000;

/** @throws QueryRefused for a granularity or a time zone that is none, and for too many buckets */
export function cutBuckets(interval: QueryInterval, granularity: string | undefined, timeZone = "UTC"): Buckets {
  checkZone(timeZone);
  const edges = [...edgesOf(interval, granularity, timeZone), interval.endAt];
  return {
    numberOf(instant) {
      if (instant < interval.startAt || instant >= interval.endAt) return undefined;
      return lastAtOrBefore(edges, instant);
    },
    textOf: (number) => `${text(edges[number])}/${text(edges[number + 1])}`,
  };
}

function edgesOf({ startAt, endAt }: QueryInterval, granularity: string | undefined, timeZone: string): number[] {
  if (granularity === undefined) return [startAt];
  const period = parsePeriod(granularity);
  const start = Temporal.Instant.fromEpochMilliseconds(startAt).toZonedDateTimeISO(timeZone);
  // Where clocks skip midnight a day begins later; the days after it begin at midnight all the same.
  const isDay = start.equals(start.startOfDay());
  const local = isDay ? start.toPlainDate().toPlainDateTime() : start.toPlainDateTime();
  const { years, months, weeks, days } = period;
  const isOfDays = years + months + weeks + days > 0;
  const timeMs = millisecondsOf(period);
  const edges = [startAt];
  for (let count = 1; ; count += 1) {
    const dates = { years: years * count, months: months * count, weeks: weeks * count, days: days * count };
    const date = isOfDays ? local.add(dates).toZonedDateTime(timeZone).epochMilliseconds : startAt;
    const edge = date + timeMs * count;
    if (edge >= endAt) return edges;
    edges.push(edge);
    if (edges.length > MOST_BUCKETS) throw new QueryRefused(`Granularity [${granularity}] gives too many buckets`);
  }
}

function parsePeriod(text: string): Temporal.Duration {
  const period = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/.test(text)
    ? Temporal.Duration.from(text)
    : undefined;
  if (period?.sign === 1) return period;
  throw new QueryRefused(`Granularity [${text}] is no ISO-8601 duration, for example PT30M or P1D`);
}

function millisecondsOf({ hours, minutes, seconds }: Temporal.Duration): number {
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function checkZone(timeZone: string): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw new QueryRefused(`Time zone [${timeZone}] is not known`);
  }
}

function lastAtOrBefore(edges: readonly number[], instant: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((edges[middle] ?? Number.POSITIVE_INFINITY) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

function text(instant: number | undefined): string {
  return new Date(instant ?? Number.NaN).toISOString();
}
