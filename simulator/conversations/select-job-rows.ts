/**
 * Which conversations a details job gathers: those whose lifetime overlaps the interval, whatever their start day, as
 * far as the data lake has come. What lies behind its watermark is missing without a word.
 */
import type { Conversation, ConversationStore } from "./centre.ts";
import { compileFilters } from "./compile-filters.ts";
import { cutConversation } from "./cut-conversation.ts";
import { type DetailsQuery, QueryRefused } from "./details-query.ts";
import { orderMatches } from "./order-matches.ts";
import { parseInterval } from "./query-interval.ts";
import { isVisible } from "./select-conversations.ts";

const DAY_MS = 86_400_000;

/** The body of a details job after it was validated: schema `AsyncConversationQuery`. */
export interface JobQuery extends Omit<DetailsQuery, "paging" | "aggregations"> {
  /** Most rows that are gathered. */
  readonly limit?: number;
  /** Only what started on or after the first UTC day of the interval. */
  readonly startOfDayIntervalMatching?: boolean;
}

/** What a job makes of conversations that go on across the watermark: as they stood then, as they are, or not at all. */
export type OpenAtWatermark = "cut" | "whole" | "missing";

/** What a job sees. */
export interface JobView {
  /** Epoch milliseconds; nothing that began then or later is there. */
  readonly watermarkAt: number;
  readonly openAtWatermark: OpenAtWatermark;
  readonly divisionIds: ReadonlySet<string> | undefined;
}

/** The rows of a job. */
export interface JobRows {
  /** Places in the store, in the order asked for; gathered at the first question. */
  indices(): readonly number[];
  /** One row as the job shows it. */
  get(index: number): Conversation;
}

/** @throws QueryRefused at once for a query that makes no sense */
export function selectJobRows(store: ConversationStore, query: JobQuery, view: JobView): JobRows {
  const interval = parseInterval(query.interval);
  const matches = compileFilters(query, { partialAddresses: true });
  if (query.limit !== undefined && query.limit < 1) throw new QueryRefused("The limit must be at least 1");
  const { watermarkAt, openAtWatermark, divisionIds } = view;
  let gathered: readonly number[] | undefined;

  function get(index: number): Conversation {
    const conversation = store.get(index);
    return openAtWatermark === "cut" ? cutConversation(conversation, watermarkAt) : conversation;
  }

  function gather(): readonly number[] {
    const mustSee = matches !== undefined || divisionIds !== undefined;
    const found: number[] = [];
    const until = Math.min(interval.endAt, watermarkAt);
    const firstDayAt = Math.floor(interval.startAt / DAY_MS) * DAY_MS;
    const earliest = query.startOfDayIntervalMatching === true ? firstDayAt : Number.NEGATIVE_INFINITY;
    for (let index = 0; index < store.size && store.startAt(index) < until; index += 1) {
      if (store.startAt(index) < earliest || !overlaps(index)) continue;
      if (mustSee) {
        const conversation = get(index);
        if (!isVisible(conversation, divisionIds) || matches?.(conversation) === false) continue;
      }
      found.push(index);
    }
    const ordered = orderMatches(found, store, query.order, query.orderBy);
    return query.limit === undefined ? ordered : ordered.slice(0, query.limit);
  }

  function overlaps(index: number): boolean {
    const endAt = store.endAt(index) ?? Number.POSITIVE_INFINITY;
    if (openAtWatermark === "missing" && endAt > watermarkAt) return false;
    return store.startAt(index) >= interval.startAt || endAt > interval.startAt;
  }

  return {
    indices() {
      gathered ??= gather();
      return gathered;
    },
    get,
  };
}
