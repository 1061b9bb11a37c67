/**
 * A file of the local store: the conversations that began in a part of one UTC day, as the service told them at one
 * time. It answers a report when it was asked no narrower a question and keeps no less of each conversation.
 */
import type { DetailsFilter, RecordNeeds } from "./query-plan.ts";
import { createInterval, type Interval } from "./interval.ts";
import { memberKey } from "./member.ts";

/** What was asked of the service, and what was kept of the answers. */
export interface StoredQuestion {
  readonly conversationFilters: readonly DetailsFilter[];
  readonly segmentFilters: readonly DetailsFilter[];
  readonly needs: RecordNeeds;
}

/** One file. */
export interface StoredDay {
  /** Conversations that began in it, all of them; it lies in one UTC day. */
  readonly interval: Interval;
  /** When the service was asked, epoch milliseconds. */
  readonly fetchedAt: number;
  readonly rowCount: number;
  /** Of these, in progress at that time. */
  readonly openCount: number;
  readonly path: string;
}

/** The part of a stored day that a report takes. */
export interface ServedDay {
  readonly day: StoredDay;
  readonly interval: Interval;
}

/** How two versions of the conversations of one interval differ. */
export interface RecordChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

const DAY_MS = 24 * 3_600_000;

/** A conversation that still goes on so long after its day is stuck: it keeps the day unsettled no longer. */
const STUCK_AFTER_MS = 30 * DAY_MS;

/** Whether conversations that were stored for `stored` hold all that `wanted` asks for. */
export function answers(stored: StoredQuestion, wanted: StoredQuestion): boolean {
  const isUnfiltered = stored.conversationFilters.length + stored.segmentFilters.length === 0;
  if (!isUnfiltered && filterText(stored) !== filterText(wanted)) return false;
  const metrics = new Set(stored.needs.metrics);
  const members = memberTexts(stored.needs);
  return (
    wanted.needs.metrics.every((metric) => metrics.has(metric)) &&
    [...memberTexts(wanted.needs)].every((member) => members.has(member)) &&
    (stored.needs.segments || !wanted.needs.segments) &&
    (stored.needs.emits === true || wanted.needs.emits !== true)
  );
}

/** Whether the service is not expected to tell the day differently any more. */
export function isSettled({ interval, fetchedAt, openCount }: StoredDay, settlingMs: number): boolean {
  return fetchedAt >= interval.endAt + (openCount > 0 ? Math.max(settlingMs, STUCK_AFTER_MS) : settlingMs);
}

/** Takes as much of the window as the days hold, of two versions the later one; the rest are gaps. */
export function serveWindow(
  window: Interval,
  days: readonly StoredDay[],
): { readonly served: readonly ServedDay[]; readonly gaps: readonly Interval[] } {
  const served: ServedDay[] = [];
  const gaps: Interval[] = [];
  for (let at = window.startAt; at < window.endAt; ) {
    const [best] = days
      .filter(({ interval }) => interval.startAt <= at && at < interval.endAt)
      .sort((left, right) => right.fetchedAt - left.fetchedAt || right.interval.endAt - left.interval.endAt);
    const next = days.map(({ interval }) => interval.startAt).filter((startAt) => startAt > at);
    const endAt = Math.min(window.endAt, best ? best.interval.endAt : Math.min(...next));
    const interval = createInterval(at, endAt);
    if (best) served.push({ day: best, interval });
    else gaps.push(interval);
    at = endAt;
  }
  return { served, gaps };
}

/** The interval in parts that lie in one UTC day each. */
export function cutDays({ startAt, endAt }: Interval): Interval[] {
  const days: Interval[] = [];
  for (let at = startAt; at < endAt; ) {
    const until = Math.min(endAt, (Math.floor(at / DAY_MS) + 1) * DAY_MS);
    days.push(createInterval(at, until));
    at = until;
  }
  return days;
}

function filterText({ conversationFilters, segmentFilters }: StoredQuestion): string {
  return JSON.stringify([conversationFilters, segmentFilters]);
}

/** Whether the customer's value is asked for matters, since other sessions do not say whose they are. */
function memberTexts({ members = [] }: RecordNeeds): Set<string> {
  return new Set(members.map((member) => `${memberKey(member)} ${member.of === "customer" ? "customer" : ""}`));
}
