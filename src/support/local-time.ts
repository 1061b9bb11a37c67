/**
 * Local time of one zone, fast enough for millions of instants: the offset is looked up once for each stretch
 * between two clock changes. A zone's rules come from the runtime's time-zone data.
 */
import { Temporal } from "temporal-polyfill";

/** Widths of buckets; those of a day and more follow the calendar, the others real time. */
export type LocalBucket = "minute15" | "minute30" | "hour" | "day" | "week" | "month" | "hour_of_day" | "day_of_week";

/** Puts instants into buckets of a zone and names the buckets. */
export interface LocalTime {
  /**
   * The bucket as a number that sorts by time: for minutes and hours the instant at which it begins (clipped to
   * a clock change, so a repeated hour is two buckets), for dates the local date as if it were UTC, else 0–23 or 1–7.
   */
  bucketOf(at: number, width: LocalBucket): number;
  /** `1999-02-01T07:00+02:00`, `1999-02-01` or the plain number. */
  formatBucket(bucket: number, width: LocalBucket): string;
  /** `1999-02-01T07:02:47.000+02:00` */
  format(at: number): string;
  /** What the clock on the wall shows, as if it were UTC. */
  toLocal(at: number): number;
  /** The instant at which it shows that: the first of two, and behind a gap what it would have been before it. */
  fromLocal(localMs: number): number;
  /** The first instant at which it shows that; where the clock skips it, the first instant behind the gap. */
  firstAt(localMs: number): number;
  /** When the quarter of an hour that holds the instant ends: no bucket begins between. */
  quarterAfter(at: number): number;
  /** The stretch between two clock changes that holds the instant. */
  stretchAt(at: number): Stretch;
}

/** A stretch of time with one offset: `[fromAt, untilAt)`, infinite where the zone never changed or never will. */
export interface Stretch {
  readonly fromAt: number;
  readonly untilAt: number;
  readonly offsetMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WIDTH_MS = { minute15: 15 * MINUTE_MS, minute30: 30 * MINUTE_MS, hour: 60 * MINUTE_MS } as const;

const known = new Map<string, LocalTime>();

/** The local time of an IANA zone, made once: for what asks about many instants of few zones. */
export function localTimeOf(timeZone: string): LocalTime {
  const local = known.get(timeZone) ?? createLocalTime(timeZone);
  known.set(timeZone, local);
  return local;
}

/** Makes the local time of an IANA zone; throws a RangeError when there is no such zone. */
export function createLocalTime(timeZone: string): LocalTime {
  let current = findStretch(timeZone, 0);
  const stretches = [current];

  function stretchAt(at: number): Stretch {
    if (at >= current.fromAt && at < current.untilAt) return current;
    const kept = stretches.find(({ fromAt, untilAt }) => at >= fromAt && at < untilAt);
    current = kept ?? findStretch(timeZone, at);
    if (!kept) stretches.push(current);
    return current;
  }

  function showing(localMs: number): { readonly firstAt?: number; readonly byOffsetBefore: number } {
    // No offset is as long as a day, and no two clock changes are so near to each other.
    const before = stretchAt(localMs - DAY_MS).offsetMs;
    const offsets = [before, stretchAt(localMs + DAY_MS).offsetMs];
    const at = offsets
      .map((offsetMs) => localMs - offsetMs)
      .filter((each) => each + stretchAt(each).offsetMs === localMs);
    return { byOffsetBefore: localMs - before, ...(at.length > 0 && { firstAt: Math.min(...at) }) };
  }

  return {
    bucketOf(at, width) {
      const { fromAt, offsetMs } = stretchAt(at);
      const localMs = at + offsetMs;
      const localDay = Math.floor(localMs / DAY_MS);
      switch (width) {
        case "minute15":
        case "minute30":
        case "hour":
          return Math.max(fromAt, Math.floor(localMs / WIDTH_MS[width]) * WIDTH_MS[width] - offsetMs);
        case "day":
          return localDay * DAY_MS;
        case "week":
          return (localDay - mondayBased(localDay)) * DAY_MS;
        case "month": {
          const date = new Date(localMs);
          return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
        }
        case "hour_of_day":
          return Math.floor((localMs - localDay * DAY_MS) / WIDTH_MS.hour);
        case "day_of_week":
          return mondayBased(localDay) + 1;
      }
    },
    formatBucket(bucket, width) {
      switch (width) {
        case "minute15":
        case "minute30":
        case "hour": {
          const { offsetMs } = stretchAt(bucket);
          return `${new Date(bucket + offsetMs).toISOString().slice(0, 16)}${formatOffset(offsetMs)}`;
        }
        case "day":
        case "week":
        case "month":
          return new Date(bucket).toISOString().slice(0, 10);
        case "hour_of_day":
        case "day_of_week":
          return String(bucket);
      }
    },
    format(at) {
      const { offsetMs } = stretchAt(at);
      return `${new Date(at + offsetMs).toISOString().slice(0, 23)}${formatOffset(offsetMs)}`;
    },
    toLocal: (at) => at + stretchAt(at).offsetMs,
    fromLocal(localMs) {
      const { firstAt, byOffsetBefore } = showing(localMs);
      return firstAt ?? byOffsetBefore;
    },
    firstAt(localMs) {
      const { firstAt, byOffsetBefore } = showing(localMs);
      return firstAt ?? stretchAt(byOffsetBefore).fromAt;
    },
    stretchAt,
    quarterAfter(at) {
      const { untilAt, offsetMs } = stretchAt(at);
      const quarter = Math.floor((at + offsetMs) / WIDTH_MS.minute15) + 1;
      return Math.min(untilAt, quarter * WIDTH_MS.minute15 - offsetMs);
    },
  };
}

function findStretch(timeZone: string, at: number): Stretch {
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const next = here.getTimeZoneTransition("next");
  const previous = here.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
  return {
    fromAt: previous ? previous.epochMilliseconds : Number.NEGATIVE_INFINITY,
    untilAt: next ? next.epochMilliseconds : Number.POSITIVE_INFINITY,
    offsetMs: here.offsetNanoseconds / 1e6,
  };
}

/** 0 Monday to 6 Sunday; day 0 of the epoch was a Thursday. */
function mondayBased(localDay: number): number {
  return (((localDay + 3) % 7) + 7) % 7;
}

function formatOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
