/**
 * The local store's part in one run: which days of its window it serves, and which of the days that the service was
 * asked for it keeps for the next one. Both are whole and in order, so the merge reads a stored day as one page more.
 */
import type { KeptDay, KeptPlan } from "../domain/checkpoint.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Manifest } from "../domain/artifact.ts";
import { contains, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { ServedDay } from "../domain/stored-day.ts";
import type { MergeCounts, SortedPage } from "../merge/merge-pages.ts";
import type { ConversationStore, StoreSession } from "./conversation-store.ts";
import { describeServed } from "./find-served.ts";
import { type DayChanges, type Fetched, keepDays } from "./keep-days.ts";
import { type Notify, type Serving, servingOf, takeDays, takeKeptDays } from "./serve-days.ts";
import { widenNeeds } from "./widen-needs.ts";

/** What a run wants of the store. */
export interface StoreRequest {
  /** Absent: nothing is served and nothing kept. */
  readonly store: ConversationStore | undefined;
  /** Ask the service for everything; what comes is kept all the same. */
  readonly fresh: boolean;
  /** The whole window's. */
  readonly plan: QueryPlan;
  /** What the first try of a resumed run resolved. */
  readonly kept: Pick<KeptPlan, "fromStore"> | undefined;
  readonly startedAt: number;
  readonly scratchPath: string;
  readonly notify: Notify;
}

/** A stored day as the merge sees it: one page, older than every page that is fetched now. */
export interface DayPage extends SortedPage {
  readonly served: ServedDay;
}

/** The store in a run. */
export interface RunStore extends Serving {
  readonly pages: readonly DayPage[];
  /** For `plan.json`; absent when the run has no store. */
  readonly fromStore?: readonly KeptDay[];
  /** The plan, keeping of each conversation what the store keeps. */
  widen(plan: QueryPlan): QueryPlan;
  read(page: DayPage): AsyncIterable<readonly ConversationRecord[]>;
  /** Whether a record may come from this page: a stored day is told by the store alone, the gaps by the service. */
  belongs(record: ConversationRecord, page: SortedPage): boolean;
  /** Passes the merged stream on, and keeps the days that came whole. */
  keep(
    records: AsyncIterable<readonly ConversationRecord[]>,
    fetched: Omit<Fetched, "gaps" | "startedAt" | "isResumed">,
  ): AsyncIterable<readonly ConversationRecord[]>;
  /** When the stream has ended: what the manifest says about the store. */
  account(counts: ReadonlyMap<string, MergeCounts>): StoreAccount;
  close(): Promise<void>;
}

/** The store's part of the manifest. */
export type StoreAccount = Pick<Manifest, "settledUntil" | "fromStore" | "conversationChanges">;

const DAY_MS = 24 * 3_600_000;

/** Takes hold of the days that the store serves. Nothing is open before the first of them is read. */
export async function openRunStore(request: StoreRequest): Promise<RunStore> {
  const { store, plan, kept } = request;
  if (kept && kept.fromStore === undefined) return withoutStore(plan, undefined);
  return store ? await openStore(store, request) : withoutStore(plan, kept?.fromStore);
}

/** Whether the merge has this page from the store. */
export function isDayPage(page: SortedPage): page is DayPage {
  return "served" in page;
}

async function openStore(store: ConversationStore, request: StoreRequest): Promise<RunStore> {
  const { plan, startedAt, scratchPath } = request;
  await store.prune();
  const session = await store.open(scratchPath);
  const serving = await serve(store, session, request);
  const { served, gaps, lost } = serving;
  const { conversationFilters, segmentFilters } = plan;
  const question = { conversationFilters, segmentFilters, needs: widenNeeds(plan.needs) };
  const pages = served.map(pageOf);
  const changes: DayChanges[] = [];
  return {
    ...serving,
    pages,
    fromStore: request.kept?.fromStore ?? served.map(({ interval, day: { path } }) => ({ interval, path })),
    widen: (narrow) => ({ ...narrow, needs: question.needs }),
    read: (page) => session.read(page.served),
    belongs: ({ startedAt: at }, page) => isDayPage(page) || !served.some(({ interval }) => contains(interval, at)),
    keep: (records, fetched) =>
      keepDays(
        records,
        { ...fetched, gaps: inOrder([...gaps, ...lost]), startedAt, isResumed: request.kept !== undefined },
        question,
        store,
        session,
        changes,
      ),
    account: (counts) => ({
      ...settledUntil(plan.interval, startedAt - store.settlingMs),
      ...describeServed(
        pages.map((page) => ({ served: page.served, rows: counts.get(page.sliceId)?.unique ?? 0 })),
        plan,
      ),
      ...sumOf(changes),
    }),
    close: async () => await session.close(),
  };
}

async function serve(
  store: ConversationStore,
  session: StoreSession,
  { plan, kept, fresh, notify }: StoreRequest,
): Promise<Serving> {
  if (fresh) return servingOf(plan.interval, kept?.fromStore ?? [], []);
  return kept?.fromStore
    ? await takeKeptDays(store, session, plan, kept.fromStore, notify)
    : await takeDays(store, session, plan, notify);
}

/** Its sequence is below that of every fetched page, and no other stored day's. */
function pageOf(served: ServedDay, index: number): DayPage {
  const { startAt, endAt } = served.interval;
  return {
    sliceId: `store-${startAt}-${endAt}`,
    sequence: -1 - index,
    first: { startedAt: startAt, id: "" },
    last: { startedAt: endAt - 1, id: "\uffff" },
    served,
  };
}

function inOrder(intervals: readonly Interval[]): Interval[] {
  return intervals.toSorted((left, right) => left.startAt - right.startAt);
}

/** The last UTC midnight in the window before which days are settled; the start of the window when none is. */
function settledUntil({ startAt, endAt }: Interval, at: number): StoreAccount {
  const until = endAt <= at ? endAt : Math.max(startAt, Math.floor(at / DAY_MS) * DAY_MS);
  return { settledUntil: iso(until) };
}

function sumOf(changes: readonly DayChanges[]): StoreAccount {
  if (changes.length === 0) return {};
  const sum = (pick: (each: DayChanges) => number): number => changes.reduce((total, each) => total + pick(each), 0);
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

/** A run whose first try had a store, and that has none now, asks for everything, and keeps to the first plan. */
function withoutStore(plan: QueryPlan, fromStore: readonly KeptDay[] | undefined): RunStore {
  const needs = fromStore ? widenNeeds(plan.needs) : plan.needs;
  return {
    ...servingOf(plan.interval, fromStore ?? [], []),
    pages: [],
    ...(fromStore && { fromStore }),
    widen: (narrow) => ({ ...narrow, needs }),
    read: ({ served }) => {
      throw new Error(`no store to read ${served.day.path} from`);
    },
    belongs: () => true,
    keep: (records) => records,
    account: () => ({}),
    close: async () => {},
  };
}
