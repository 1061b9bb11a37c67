/**
 * Answers a details query from a store: which conversations match, in which order, with which facets. The selection is
 * kept, for the same query comes again for every page of it, and only its paging differs.
 */
import type { Conversation, ConversationStore } from "./centre.ts";
import { compileFilters } from "./compile-filters.ts";
import type { DetailsQuery } from "./details-query.ts";
import { createFacetCounter, type FacetResult } from "./facets.ts";
import { orderMatches } from "./order-matches.ts";
import { checkLength, indicesIn, parseInterval, type StartDayRule } from "./query-interval.ts";

/** How many selections are remembered: more than the slices that one client reads at a time. */
const KEPT_SELECTIONS = 64;

/** The answer to a query before paging. */
export interface Selection {
  /** Indices into the store, in the order asked for. */
  readonly indices: readonly number[];
  readonly facets: readonly FacetResult[] | undefined;
}

/** What the selection needs to know of the switches. */
export interface SelectionRules {
  readonly startDayRule: StartDayRule;
  /** The `code` of the error about an interval that is too long. */
  readonly intervalErrorCode: string;
}

/** Selects for one query; `divisionIds` limits the rows that the asking client may see. */
export type Selector = (query: DetailsQuery, divisionIds: ReadonlySet<string> | undefined) => Selection;

/** Makes a selector over a store that does not change. It throws QueryRefused for a query that makes no sense. */
export function createSelector(store: ConversationStore, rules: SelectionRules): Selector {
  const kept = new Map<string, Selection>();
  return (query, divisionIds) => {
    const key = JSON.stringify([{ ...query, paging: undefined }, divisionIds && [...divisionIds]]);
    const selection = kept.get(key) ?? select(store, rules, query, divisionIds);
    kept.delete(key);
    kept.set(key, selection);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_SELECTIONS && oldest !== undefined) kept.delete(oldest);
    return selection;
  };
}

/** Whether a client that is limited to divisions sees a conversation; one without a division is seen by all. */
export function isVisible(conversation: Conversation, divisionIds: ReadonlySet<string> | undefined): boolean {
  if (divisionIds === undefined || conversation.divisionIds.length === 0) return true;
  return conversation.divisionIds.some((id) => divisionIds.has(id));
}

function select(
  store: ConversationStore,
  rules: SelectionRules,
  query: DetailsQuery,
  divisionIds: ReadonlySet<string> | undefined,
): Selection {
  const interval = parseInterval(query.interval);
  const matches = compileFilters(query);
  checkLength(interval, matches !== undefined, rules.intervalErrorCode);
  const facets = query.aggregations?.map(createFacetCounter);

  // Building a conversation costs far more than looking at its start: it is done only where somebody must see it.
  const mustSee = matches !== undefined || divisionIds !== undefined || facets !== undefined;
  const indices: number[] = [];
  for (const index of indicesIn(store, interval, rules.startDayRule)) {
    if (mustSee) {
      const conversation = store.get(index);
      if (!isVisible(conversation, divisionIds) || matches?.(conversation) === false) continue;
      for (const facet of facets ?? []) facet.add(conversation);
    }
    indices.push(index);
  }
  return {
    indices: orderMatches(indices, store, query.order, query.orderBy),
    facets: facets?.map((facet) => facet.result()),
  };
}
