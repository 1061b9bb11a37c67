/**
 * When the figures of each conversation were emitted, first and last: after-call work is emitted long after the
 * conversation ended, so its own times do not tell. Each span is worked out once, when it is first asked for.
 */
import type { ConversationStore } from "../centre.ts";
import { eventsOf } from "./metric-event.ts";

/** Figures (and segments) may lie a little before the start of their conversation. */
const EARLY_MS = 60_000;

/** Yields the conversations that emitted something in `[startAt, endAt)`, in the order of the store. */
export type FindEmitters = (interval: {
  readonly startAt: number;
  readonly endAt: number;
}) => Generator<number, void, undefined>;

/** Over a store that does not change. */
export function createEmitterFinder(store: ConversationStore): FindEmitters {
  const spans: { readonly firstAt: number; readonly lastAt: number }[] = [];

  function spanOf(index: number): { readonly firstAt: number; readonly lastAt: number } {
    const known = spans[index];
    if (known !== undefined) return known;
    let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { emitAt } of eventsOf(store.get(index))) {
      firstAt = Math.min(firstAt, emitAt);
      lastAt = Math.max(lastAt, emitAt);
    }
    spans[index] = { firstAt, lastAt };
    return { firstAt, lastAt };
  }

  return function* emitters({ startAt, endAt }) {
    for (let index = 0; index < store.size && store.startAt(index) < endAt + EARLY_MS; index += 1) {
      const { firstAt, lastAt } = spanOf(index);
      if (firstAt < endAt && lastAt >= startAt) yield index;
    }
  };
}
