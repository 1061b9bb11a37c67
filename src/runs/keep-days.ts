/**
 * Fills the local store from a run: the merged stream passes through, and of the intervals that the service was asked
 * for each day that arrived whole is kept. A day is put into the store when the stream has left it, so that a run that
 * is killed later has kept it all the same.
 */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { contains, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import { cutDays, type RecordChanges, serveWindow, type StoredDay, type StoredQuestion } from "../domain/stored-day.ts";
import type { ExtractedSlice } from "../extract/extract-slice.ts";
import type { ConversationStore, DayWriter, StoreSession } from "./conversation-store.ts";
import { FRESH_MS } from "./describe-run.ts";

/** How conversations of a day that was asked for again differ from what the service had told. */
export type DayChanges = RecordChanges & { readonly since: number };

/** What of a window was asked of the service, and what came of it. */
export interface Fetched {
  /** In order of time. */
  readonly gaps: readonly Interval[];
  readonly slices: readonly ExtractedSlice[];
  readonly shortfall?: QueryPlan["shortfall"];
  /** When the first try of the run began: nothing was asked earlier. */
  readonly startedAt: number;
  /** This is not its first try. */
  readonly isResumed: boolean;
  /** Up to where jobs were complete, where that was asked. */
  readonly availableUntil?: number;
}

const DAY_MS = 24 * 3_600_000;

/** Passes the stream on. `changes` gets an entry for each kept day of which the store held an earlier version. */
export async function* keepDays(
  records: AsyncIterable<readonly ConversationRecord[]>,
  fetched: Fetched,
  question: StoredQuestion,
  store: ConversationStore,
  session: StoreSession,
  changes: DayChanges[],
): AsyncGenerator<readonly ConversationRecord[]> {
  const days = fetched.gaps.flatMap(cutDays).filter((day) => isWhole(day, fetched));
  const earlier = await takeAll(session, await store.find(question, true), days);
  let writer: DayWriter | undefined;

  async function open(day: Interval): Promise<DayWriter> {
    return await session.write(question, day, asOf(day, fetched));
  }

  async function finish(day: Interval): Promise<void> {
    const fetchedAt = asOf(day, fetched);
    // An earlier try of this very run may have kept the day already: that is no version to compare with.
    const versions = fetched.isResumed ? earlier.filter((version) => version.fetchedAt < fetchedAt) : earlier;
    const before = serveWindow(day, versions).served;
    const changed = await (writer ?? (await open(day))).finish(before);
    writer = undefined;
    if (before.length > 0) changes.push({ ...changed, since: Math.min(...before.map((each) => each.day.fetchedAt)) });
  }

  for await (const batch of records) {
    for (let rest = batch; days[0] && rest.length > 0; ) {
      const [day] = days;
      const behind = rest.findIndex((record) => record.startedAt >= day.endAt);
      const inside = (behind < 0 ? rest : rest.slice(0, behind)).filter((each) => contains(day, each.startedAt));
      if (inside.length > 0) {
        writer ??= await open(day);
        writer.append(inside);
      }
      if (behind < 0) break;
      await finish(day);
      days.shift();
      rest = rest.slice(behind);
    }
    yield batch;
  }
  for (const day of days) await finish(day);
}

/**
 * Whether all conversations of the day arrived: it was over, jobs knew it to its end where only they were asked, and
 * slices that missed and rejected nothing cover all of it.
 */
function isWhole(day: Interval, { slices, shortfall, startedAt }: Fetched): boolean {
  if (day.endAt > startedAt - FRESH_MS) return false;
  if (shortfall && !(shortfall.dataUntil !== undefined && day.endAt + DAY_MS <= shortfall.dataUntil)) return false;
  const touching = slicesOf(day, slices);
  return (
    touching.every(({ distinct, rejected, totalHits }) => rejected === 0 && distinct >= totalHits) &&
    covers(
      touching.map(({ slice }) => slice.interval),
      day,
    )
  );
}

/** The instant of which the day is told: jobs know nothing of what the service learned after their data end. */
function asOf(day: Interval, { slices, startedAt, availableUntil = startedAt }: Fetched): number {
  const byJob = slicesOf(day, slices).some(({ slice }) => slice.source === "details_job");
  return byJob ? Math.min(startedAt, availableUntil) : startedAt;
}

function slicesOf({ startAt, endAt }: Interval, slices: readonly ExtractedSlice[]): ExtractedSlice[] {
  return slices.filter(({ slice: { interval } }) => interval.startAt < endAt && startAt < interval.endAt);
}

function covers(intervals: readonly Interval[], { startAt, endAt }: Interval): boolean {
  let at = startAt;
  for (const interval of intervals.toSorted((left, right) => left.startAt - right.startAt))
    if (interval.startAt <= at) at = Math.max(at, interval.endAt);
  return at >= endAt;
}

/** Of the days those that touch the intervals and can still be read. */
async function takeAll(
  session: StoreSession,
  days: readonly StoredDay[],
  intervals: readonly Interval[],
): Promise<StoredDay[]> {
  const taken: StoredDay[] = [];
  for (const day of days) {
    const isTouched = intervals.some(
      ({ startAt, endAt }) => startAt < day.interval.endAt && day.interval.startAt < endAt,
    );
    if (isTouched && (await session.take(day)) === "taken") taken.push(day);
  }
  return taken;
}
