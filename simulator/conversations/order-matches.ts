/**
 * Puts the matches of a details query into the order it asks for. Matches come in by start; a conversation in progress
 * counts as the latest end. By segments, a conversation stands where its earliest start or latest end puts it.
 */
import type { Conversation, ConversationStore } from "./centre.ts";
import type { DetailsQuery } from "./details-query.ts";

/** @returns the indices in a new order; `indices` stays as it is */
export function orderMatches(
  indices: readonly number[],
  store: ConversationStore,
  order: DetailsQuery["order"],
  orderBy: DetailsQuery["orderBy"],
): readonly number[] {
  if (order === "unordered") return scatter(indices);
  const ascending = ascendingBy(indices, store, orderBy);
  return order === "desc" ? ascending.toReversed() : ascending;
}

function ascendingBy(
  indices: readonly number[],
  store: ConversationStore,
  orderBy: DetailsQuery["orderBy"],
): readonly number[] {
  if (orderBy === undefined || orderBy === "conversationStart") return indices;
  const keyOf = (index: number): number => {
    if (orderBy === "conversationEnd") return store.endAt(index) ?? Number.POSITIVE_INFINITY;
    return segmentKey(store.get(index), orderBy);
  };
  const keyed = indices.map((index) => ({ index, key: keyOf(index) }));
  keyed.sort((left, right) => (left.key === right.key ? left.index - right.index : left.key - right.key));
  return keyed.map(({ index }) => index);
}

function segmentKey(conversation: Conversation, orderBy: "segmentStart" | "segmentEnd"): number {
  let key = orderBy === "segmentStart" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  for (const { sessions } of conversation.participants) {
    for (const { segments } of sessions) {
      for (const { segmentStart, segmentEnd } of segments) {
        if (orderBy === "segmentStart") key = Math.min(key, Date.parse(segmentStart));
        else key = Math.max(key, segmentEnd === undefined ? Number.POSITIVE_INFINITY : Date.parse(segmentEnd));
      }
    }
  }
  return key;
}

/** A fixed order that looks like none, so that no client comes to rely on rows being sorted. */
function scatter(indices: readonly number[]): readonly number[] {
  const mixed = (index: number): number => Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return indices.toSorted((left, right) => mixed(left) - mixed(right));
}
