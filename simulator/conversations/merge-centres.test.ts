import { expect, test } from "vitest";
import { conversation, entity, smallCentre } from "../../test/simulator/small-centre.ts";
import { mergeCentres } from "./merge-centres.ts";

const call = (id: string, hour: number) =>
  conversation({
    id,
    start: new Date(Date.UTC(2024, 4, 1, hour)).toISOString(),
    end: new Date(Date.UTC(2024, 4, 1, hour, 5)).toISOString(),
  });

test("mergeCentres() puts the conversations of both in one order of start", () => {
  const merged = mergeCentres(
    smallCentre([call("a", 1), call("c", 3), call("d", 4)]),
    smallCentre([call("b", 2), call("e", 4), call("f", 9)]),
  );
  const { conversations } = merged;
  const seen = Array.from({ length: conversations.size }, (_, index) => [
    conversations.idAt?.(index),
    conversations.get(index).conversationId,
    new Date(conversations.startAt(index)).getUTCHours(),
    (conversations.endAt(index) ?? 0) - conversations.startAt(index),
  ]);
  expect(seen).toEqual([
    ["a", "a", 1, 300_000],
    ["b", "b", 2, 300_000],
    ["c", "c", 3, 300_000],
    ["d", "d", 4, 300_000],
    ["e", "e", 4, 300_000],
    ["f", "f", 9, 300_000],
  ]);
  expect(() => conversations.get(6)).toThrow("No conversation 6");
});

test("mergeCentres() lists an entity of both once, as the first has it", () => {
  const first = smallCentre([], { queues: [entity("Sales", { memberCount: 1 })] });
  const second = smallCentre([], { queues: [entity("Sales", { memberCount: 2 }), entity("Support")] });
  expect(mergeCentres(first, second).queues.map(({ name, memberCount }) => [name, memberCount])).toEqual([
    ["Sales", 1],
    ["Support", undefined],
  ]);
});
