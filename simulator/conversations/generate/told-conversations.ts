/**
 * The store of a generated centre: gives conversations, starts and ends by index, making each when it is asked for.
 * Two small caches make reading in order cheap: the latest conversations whole, and ends as numbers in blocks.
 */
import type { Conversation, ConversationStore } from "../centre.ts";
import type { ConversationDraft } from "./draft.ts";

/** How conversations come about. */
export interface ConversationMaker {
  readonly size: number;
  startAt(index: number): number;
  tell(index: number): ConversationDraft;
  render(index: number, draft: ConversationDraft): Conversation;
}

/** Paging asks for neighbours, and for each of them at most a few times. */
const KEPT_CONVERSATIONS = 128;
/** Finding an end means telling its conversation, so ends are kept, eight bytes each, in blocks of this many. */
const ENDS_PER_BLOCK = 8192;
/** 64 MB of ends; the oldest block makes room. */
const KEPT_BLOCKS = 1024;
/** Marks an end that was not asked for yet; one in progress is Infinity. */
const UNASKED = Number.NaN;

/** Makes the store; `get`, `startAt` and `endAt` throw RangeError for an index that is not in it. */
export function createToldConversations(maker: ConversationMaker): ConversationStore {
  const conversations = new Map<number, Conversation>();
  const blocks = new Map<number, Float64Array>();

  function requireIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < maker.size) return;
    throw new RangeError(`No conversation ${index}: there are ${maker.size}, counted from 0`);
  }

  function endBlock(index: number): Float64Array {
    const number = Math.floor(index / ENDS_PER_BLOCK);
    const known = blocks.get(number);
    if (known !== undefined) return known;
    const block = new Float64Array(ENDS_PER_BLOCK).fill(UNASKED);
    keep(blocks, number, block, KEPT_BLOCKS);
    return block;
  }

  function keepEnd(index: number, endAt: number | undefined): void {
    endBlock(index)[index % ENDS_PER_BLOCK] = endAt ?? Number.POSITIVE_INFINITY;
  }

  return {
    size: maker.size,
    startAt(index) {
      requireIndex(index);
      return maker.startAt(index);
    },
    endAt(index) {
      requireIndex(index);
      const known = endBlock(index)[index % ENDS_PER_BLOCK] ?? UNASKED;
      if (!Number.isNaN(known)) return known === Number.POSITIVE_INFINITY ? undefined : known;
      const { endAt } = maker.tell(index);
      keepEnd(index, endAt);
      return endAt;
    },
    get(index) {
      requireIndex(index);
      const known = conversations.get(index);
      if (known !== undefined) return known;
      const draft = maker.tell(index);
      const conversation = maker.render(index, draft);
      keepEnd(index, draft.endAt);
      keep(conversations, index, conversation, KEPT_CONVERSATIONS);
      return conversation;
    },
  };
}

/** Puts a value into a map of bounded size; the one that came first makes room. */
function keep<T>(map: Map<number, T>, key: number, value: T, most: number): void {
  const oldest = map.size >= most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
