/**
 * Which days of a window come from the local store. A run takes hold of them before it plans, so that nobody can take
 * them away half-way; a resumed run is served the very files of its first try, and asks the service for what has gone
 * of them since.
 */
import type { KeptDay } from "../domain/checkpoint.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import { isSettled, type ServedDay, serveWindow, type StoredDay } from "../domain/stored-day.ts";
import type { ConversationStore, StoreSession } from "./conversation-store.ts";

/** What the store gives of a window, and what is asked of the service. */
export interface Serving {
  readonly served: readonly ServedDay[];
  readonly gaps: readonly Interval[];
  /** Served to the first try, but not to this one: asked of the service besides the gaps. */
  readonly lost: readonly Interval[];
}

/** Tells the person something that does not stop the run. */
export type Notify = (message: string) => void;

/** Takes the days that answer the plan, and that are settled or new enough. One that cannot be read is a gap, unless another covers it. */
export async function takeDays(
  store: ConversationStore,
  session: StoreSession,
  plan: QueryPlan,
  notify: Notify,
): Promise<Serving> {
  let days = await daysToServe(store, plan);
  const taken = new Set<StoredDay>();
  for (;;) {
    const found = serveWindow(plan.interval, days);
    const missing = new Set<StoredDay>();
    for (const { day } of found.served) {
      if (taken.has(day)) continue;
      const state = await session.take(day);
      if (state === "taken") taken.add(day);
      else missing.add(day);
      if (state === "damaged") notify(damagedText(day.path));
    }
    if (missing.size === 0) return { ...found, lost: [] };
    days = days.filter((day) => !missing.has(day));
  }
}

/** Takes the days that the first try was served, as far as the store still holds these very files. */
export async function takeKeptDays(
  store: ConversationStore,
  session: StoreSession,
  plan: QueryPlan,
  kept: readonly KeptDay[],
  notify: Notify,
): Promise<Serving> {
  // What was good for the first try is good for this one.
  const days = new Map((await store.find(plan)).map((day) => [day.path, day]));
  const served: ServedDay[] = [];
  for (const { interval, path } of kept) {
    const day = days.get(path);
    const state = day ? await session.take(day) : "gone";
    if (day && state === "taken") served.push({ day, interval });
    else notify(state === "damaged" ? damagedText(path) : goneText(interval));
  }
  return servingOf(plan.interval, kept, served);
}

/** What is left of the first try's serving; all of it is lost when nothing is served now. */
export function servingOf(window: Interval, kept: readonly KeptDay[], served: readonly ServedDay[]): Serving {
  const gaps: Interval[] = [];
  let at = window.startAt;
  for (const { interval } of kept) {
    if (at < interval.startAt) gaps.push({ startAt: at, endAt: interval.startAt });
    at = interval.endAt;
  }
  if (at < window.endAt) gaps.push({ startAt: at, endAt: window.endAt });
  const isServed = ({ startAt }: Interval): boolean => served.some(({ interval }) => interval.startAt === startAt);
  return { served, gaps, lost: kept.map(({ interval }) => interval).filter((interval) => !isServed(interval)) };
}

async function daysToServe(store: ConversationStore, plan: QueryPlan): Promise<StoredDay[]> {
  const { settlingMs, servesSince = Number.POSITIVE_INFINITY } = store;
  return (await store.find(plan)).filter((day) => isSettled(day, settlingMs) || day.fetchedAt >= servesSince);
}

function damagedText(path: string): string {
  return `${path} no longer holds what was stored in it: its day is asked for anew`;
}

function goneText(interval: Interval): string {
  return `The local store no longer has what it served of ${formatInterval(interval)}: it is asked for anew`;
}
