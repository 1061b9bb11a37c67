/** What the local store serves of a plan's window, for a plan that is only looked at, and in a manifest's words. */
import type { StoreReport } from "../domain/artifact.ts";
import { formatInterval, type Interval } from "../domain/interval.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import { isSettled, type ServedDay, serveWindow } from "../domain/stored-day.ts";
import type { ConversationStore } from "./conversation-store.ts";

/** Days that the store serves, and the rest of the window. */
export interface FoundDays {
  readonly served: readonly ServedDay[];
  readonly gaps: readonly Interval[];
}

/** The days that would be served now; nothing is taken hold of. Without a store the window is one gap. */
export async function findServed(store: ConversationStore | undefined, plan: QueryPlan): Promise<FoundDays> {
  if (!store || plan.aggregates) return { served: [], gaps: [plan.interval] };
  const days = await store.find(plan);
  return serveWindow(
    plan.interval,
    days.filter((day) => isSettled(day, store.settlingMs)),
  );
}

/** The same for a printed plan; of a day that is served in part, all conversations are counted. */
export function describeFound({ served }: FoundDays, plan: QueryPlan): { readonly fromStore?: StoreReport } {
  return describeServed(
    served.map((each) => ({ served: each, rows: each.day.rowCount })),
    plan,
  );
}

/** Absent when nothing was served. */
export function describeServed(
  entries: readonly { readonly served: ServedDay; readonly rows: number }[],
  { pageSize }: QueryPlan,
): { readonly fromStore?: StoreReport } {
  if (entries.length === 0) return {};
  const conversations = entries.reduce((sum, { rows }) => sum + rows, 0);
  return {
    fromStore: {
      days: entries.map(({ served: { day, interval } }) => ({
        interval: formatInterval(interval),
        fetchedAt: new Date(day.fetchedAt).toISOString(),
      })),
      conversations,
      requestsSaved: Math.max(1, Math.ceil(conversations / pageSize)),
    },
  };
}
