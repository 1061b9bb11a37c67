/**
 * The local store's part in one run: which days of its window it serves, and which of the days that the service was
 * asked for it keeps for the next one. Both are whole and in order, so the merge reads a stored day as one page more.
 */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Manifest } from "../domain/artifact.ts";
import { contains, type Interval } from "../domain/interval.ts";
import type { StoredPage } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import {
  cutDays,
  isSettled,
  type RecordChanges,
  type ServedDay,
  serveWindow,
  type StoredDay,
} from "../domain/stored-day.ts";
import type { ExtractedSlice } from "../extract/extract-plan.ts";
import type { MergeCounts } from "../merge/merge-pages.ts";
import type { ConversationStore, DayWriter, StoreSession } from "./conversation-store.ts";
import { FRESH_MS } from "./describe-run.ts";
import { describeServed } from "./find-served.ts";
import type { RunEvent } from "./run-events.ts";
import { widenNeeds } from "./widen-needs.ts";

/** What a run wants of the store. */
export interface StoreRequest {
  /** Absent: nothing is served and nothing kept. */
  readonly store: ConversationStore | undefined;
  /** Ask the service for everything; what comes is kept all the same. */
  readonly fresh: boolean;
  /** The whole window's. */
  readonly plan: QueryPlan;
  readonly startedAt: number;
  readonly scratchPath: string;
  onEvent(event: RunEvent): void;
}

/** The store in a run. */
export interface RunStore {
  readonly served: readonly ServedDay[];
  /** What is left to be asked of the service. */
  readonly gaps: readonly Interval[];
  readonly pages: readonly StoredPage[];
  /** The plan for the gaps, keeping of each conversation what the store keeps. */
  planFor(plan: QueryPlan): QueryPlan;
  /** The records of a page that came from the store; undefined for another page. */
  read(page: StoredPage): AsyncIterable<readonly ConversationRecord[]> | undefined;
  /** Whether a record may come from this page: a stored day is told by the store alone, the gaps by the service. */
  belongs(record: ConversationRecord, page: StoredPage): boolean;
  /** Passes the merged stream on, and keeps the days of the gaps that came whole. */
  keep(
    records: AsyncIterable<readonly ConversationRecord[]>,
    slices: readonly ExtractedSlice[],
  ): AsyncGenerator<readonly ConversationRecord[]>;
  /** When the stream has ended: what the manifest says about the store. */
  account(counts: ReadonlyMap<string, MergeCounts>): StoreAccount;
  close(): Promise<void>;
}

/** The store's part of the manifest. */
export type StoreAccount = Pick<Manifest, "settledUntil" | "fromStore" | "conversationChanges">;

const DAY_MS = 24 * 3_600_000;

/** Takes hold of the days that the store serves. */
export async function openRunStore(request: StoreRequest): Promise<RunStore> {
  const { store, plan } = request;
  return store ? await openStore(store, request) : withoutStore(plan.interval);
}

async function openStore(store: ConversationStore, request: StoreRequest): Promise<RunStore> {
  const { fresh, plan, startedAt, scratchPath } = request;
  await store.prune();
  const session = await store.open(scratchPath);
  const { served, gaps } = fresh ? { served: [], gaps: [plan.interval] } : await takeServed(store, session, request);
  const question = { ...plan, needs: widenNeeds(plan.needs) };
  const earlier = await takeAll(session, await store.find(question, true), gaps);
  const pages = new Map(served.map((day) => [pageOf(day), day]));
  const changes: (RecordChanges & { readonly since: number })[] = [];
  const asked = { conversationFilters: plan.conversationFilters, segmentFilters: plan.segmentFilters };

  async function finish(writer: DayWriter, interval: Interval): Promise<void> {
    const before = serveWindow(interval, earlier).served;
    const changed = await writer.finish(before);
    if (before.length > 0) changes.push({ ...changed, since: Math.min(...before.map(({ day }) => day.fetchedAt)) });
  }

  return {
    served,
    gaps,
    pages: [...pages.keys()],
    planFor: (rest) => ({ ...rest, interval: plan.interval, needs: question.needs }),
    read(page) {
      const day = pages.get(page);
      return day && session.read(day);
    },
    belongs: ({ startedAt: at }, page) => pages.has(page) || !served.some(({ interval }) => contains(interval, at)),
    async *keep(records, slices) {
      const days = gaps.flatMap(cutDays).filter((day) => isWhole(day, slices, startedAt));
      let writer: DayWriter | undefined;
      const open = async (): Promise<DayWriter | undefined> =>
        days[0] && (await session.write({ ...asked, needs: question.needs }, days[0], startedAt));
      for await (const batch of records) {
        for (let rest = batch; days[0] && rest.length > 0; ) {
          const [day] = days;
          const behind = rest.findIndex((record) => record.startedAt >= day.endAt);
          writer ??= await open();
          writer?.append((behind < 0 ? rest : rest.slice(0, behind)).filter((each) => contains(day, each.startedAt)));
          if (behind < 0) break;
          if (writer) await finish(writer, day);
          writer = undefined;
          days.shift();
          rest = rest.slice(behind);
        }
        yield batch;
      }
      for (const day of days) {
        writer ??= await session.write({ ...asked, needs: question.needs }, day, startedAt);
        await finish(writer, day);
        writer = undefined;
      }
    },
    account: (counts) => ({
      ...settledUntil(plan.interval, startedAt - store.settlingMs),
      ...describePages(pages, plan, counts),
      ...sumOf(changes),
    }),
    close: async () => await session.close(),
  };
}

/** A day that cannot be read any more is one of the gaps; whatever else covers it is tried first. */
async function takeServed(
  store: ConversationStore,
  session: StoreSession,
  request: StoreRequest,
): Promise<Pick<RunStore, "served" | "gaps">> {
  let days = (await store.find(request.plan)).filter((day) => isSettled(day, store.settlingMs));
  const taken = new Set<StoredDay>();
  for (;;) {
    const found = serveWindow(request.plan.interval, days);
    const lost = new Set<StoredDay>();
    for (const { day } of found.served) {
      if (taken.has(day)) continue;
      const state = await session.take(day);
      if (state === "taken") taken.add(day);
      else lost.add(day);
      if (state === "damaged")
        request.onEvent({
          kind: "notice",
          message: `${day.path} no longer holds what was stored in it: its day is asked for anew`,
        });
    }
    if (lost.size === 0) return found;
    days = days.filter((day) => !lost.has(day));
  }
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

/** Whether all conversations of the day arrived: it was over, and no slice that touches it missed or rejected one. */
function isWhole({ startAt, endAt }: Interval, slices: readonly ExtractedSlice[], startedAt: number): boolean {
  if (endAt > startedAt - FRESH_MS) return false;
  return slices
    .filter(({ slice: { interval } }) => interval.startAt < endAt && startAt < interval.endAt)
    .every(({ distinct, rejected, totalHits }) => rejected === 0 && distinct >= totalHits);
}

/** A stored day as the merge sees it; older than every page that was fetched now. */
function pageOf({ day, interval }: ServedDay): StoredPage {
  return {
    sliceId: `store-${interval.startAt}-${interval.endAt}`,
    number: 1,
    sequence: 0,
    file: day.path,
    rowCount: day.rowCount,
    first: { startedAt: interval.startAt, id: "" },
    last: { startedAt: interval.endAt - 1, id: "\uffff" },
  };
}

/** The last UTC midnight in the window before which days are settled; the start of the window when none is. */
function settledUntil({ startAt, endAt }: Interval, at: number): StoreAccount {
  const until = endAt <= at ? endAt : Math.max(startAt, Math.floor(at / DAY_MS) * DAY_MS);
  return { settledUntil: iso(until) };
}

function describePages(
  pages: ReadonlyMap<StoredPage, ServedDay>,
  plan: QueryPlan,
  counts: ReadonlyMap<string, MergeCounts>,
): StoreAccount {
  const entries = [...pages].map(([{ sliceId }, served]) => ({ served, rows: counts.get(sliceId)?.unique ?? 0 }));
  return describeServed(entries, plan);
}

function sumOf(changes: readonly (RecordChanges & { readonly since: number })[]): StoreAccount {
  if (changes.length === 0) return {};
  const sum = (pick: (each: RecordChanges) => number): number => changes.reduce((total, each) => total + pick(each), 0);
  return {
    conversationChanges: {
      added: sum(({ added }) => added),
      removed: sum(({ removed }) => removed),
      changed: sum(({ changed }) => changed),
      since: iso(Math.min(...changes.map(({ since }) => since))),
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function withoutStore(interval: Interval): RunStore {
  return {
    served: [],
    gaps: [interval],
    pages: [],
    planFor: (plan) => ({ ...plan, interval }),
    read: () => undefined,
    belongs: () => true,
    async *keep(records) {
      yield* records;
    },
    account: () => ({}),
    close: async () => {},
  };
}
