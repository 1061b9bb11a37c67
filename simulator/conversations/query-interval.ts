/**
 * The interval of a details query and which conversations it picks. The service keeps one index a UTC day: a query
 * sees the conversations that started on a day which its interval touches, and of those (unless told otherwise) the
 * ones that were active inside the interval.
 */
import type { ConversationStore } from "./centre.ts";
import { QueryRefused } from "./details-query.ts";

const DAY_MS = 86_400_000;

/** Epoch milliseconds, `[startAt, endAt)`. */
export interface QueryInterval {
  readonly startAt: number;
  readonly endAt: number;
}

/** The two readings of the start-day rule: also active in the interval, or the whole days that it touches. */
export type StartDayRule = "withActivity" | "wholeDays";

/**
 * Parses `start/end`, both ISO-8601 with Z or an offset.
 *
 * @throws QueryRefused when it is no such text, or the end is not after the start
 */
export function parseInterval(text: string): QueryInterval {
  const [start = "", end = "", ...rest] = text.split("/");
  const interval = { startAt: instantOf(start), endAt: instantOf(end) };
  if (rest.length > 0 || Number.isNaN(interval.startAt) || Number.isNaN(interval.endAt)) {
    throw new QueryRefused(
      "Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ",
      "invalid.date",
    );
  }
  if (interval.endAt <= interval.startAt) {
    throw new QueryRefused(`The end of the interval [${text}] must be after its start`);
  }
  return interval;
}

/** @throws QueryRefused when the interval is longer than the service allows */
export function checkLength(interval: QueryInterval, hasFilter: boolean, code: string): void {
  const days = hasFilter ? 31 : 7;
  if (interval.endAt - interval.startAt <= days * DAY_MS) return;
  throw new QueryRefused(
    `You must specify a search interval as part of your query that does not exceed ${days} days`,
    code,
  );
}

/** Yields the indices of the conversations that an interval picks, in the order of the store. */
export function* indicesIn(
  store: ConversationStore,
  interval: QueryInterval,
  rule: StartDayRule,
): Generator<number, void, undefined> {
  const firstDayAt = Math.floor(interval.startAt / DAY_MS) * DAY_MS;
  const behindLastDayAt = Math.ceil(interval.endAt / DAY_MS) * DAY_MS;
  const until = rule === "wholeDays" ? behindLastDayAt : interval.endAt;
  for (let index = lowerBound(store, firstDayAt); index < store.size && store.startAt(index) < until; index += 1) {
    if (rule === "wholeDays" || store.startAt(index) >= interval.startAt || lasts(store, index, interval.startAt)) {
      yield index;
    }
  }
}

function lasts(store: ConversationStore, index: number, instant: number): boolean {
  const endAt = store.endAt(index);
  return endAt === undefined || endAt > instant;
}

/** The first index whose conversation starts at `instant` or later. */
function lowerBound(store: ConversationStore, instant: number): number {
  let low = 0;
  let high = store.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (store.startAt(middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function instantOf(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?(Z|[+-]\d\d(:?\d\d)?)$/.test(text)) return Number.NaN;
  // Date.parse wants minutes and a colon in the offset; ISO-8601 does not.
  const [, date = "", hour = "", rest = "", zone = ""] = /^(.{10})T(\d\d)([:\d.]*)(.*)$/.exec(text) ?? [];
  const offset = /^([+-]\d\d):?(\d\d)?$/.exec(zone);
  const instant = Date.parse(`${date}T${hour}${rest || ":00"}${offset ? `${offset[1]}:${offset[2] ?? "00"}` : zone}`);
  // Date.parse turns 30 February into 2 March; a date that is none must be refused.
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date) ? instant : Number.NaN;
}
