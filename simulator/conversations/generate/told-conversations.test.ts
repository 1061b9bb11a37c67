import { describe, expect, it } from "vitest";
import type { ConversationDraft } from "./draft.ts";
import { createToldConversations } from "./told-conversations.ts";

function draftOf(index: number): ConversationDraft {
  return {
    startAt: index,
    endAt: index % 2 === 0 ? index + 10 : undefined,
    direction: "inbound",
    extraDivisionIds: [],
    participants: [],
    surveys: [],
    evaluations: [],
    resolutions: [],
    facts: {},
  };
}

function storeOf(size: number) {
  const told: number[] = [];
  const store = createToldConversations({
    size,
    startAt: (index) => index,
    tell(index) {
      told.push(index);
      return draftOf(index);
    },
    render: (index) => ({
      conversationId: `conversation ${index}`,
      conversationStart: "",
      originatingDirection: "inbound",
      divisionIds: [],
      participants: [],
    }),
  });
  return { store, told };
}

describe("createToldConversations()", () => {
  it("tells a conversation once for its end and for itself, however often either is asked", () => {
    const { store, told } = storeOf(10);
    expect([store.get(4).conversationId, store.get(4).conversationId]).toEqual(["conversation 4", "conversation 4"]);
    expect([store.endAt(4), store.endAt(4)]).toEqual([14, 14]);
    expect([store.endAt(5), store.endAt(5)]).toEqual([undefined, undefined]);
    expect(store.startAt(7)).toBe(7);
    expect(told).toEqual([4, 5]);
  });

  it("keeps the latest conversations only, and tells a forgotten one again", () => {
    const { store, told } = storeOf(1000);
    for (let index = 0; index < 1000; index++) store.get(index);
    expect(store.get(999).conversationId).toBe("conversation 999");
    expect(told.length).toBe(1000);
    expect(store.get(0).conversationId).toBe("conversation 0");
    expect(told.length).toBe(1001);
  });

  it("forgets the ends of long ago, so that memory does not grow with what was asked", () => {
    const size = 8192 * 1026;
    const { store, told } = storeOf(size);
    for (let index = 0; index < size; index += 8192) store.endAt(index);
    expect(told.length).toBe(1026);
    store.endAt(size - 8192);
    expect(told.length).toBe(1026);
    expect(store.endAt(0)).toBe(10);
    expect(told.length).toBe(1027);
  });
});
