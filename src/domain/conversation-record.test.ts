import fc from "fast-check";
import { expect, test } from "vitest";
import { createPageDecoder, DecodedPage } from "../genesys/decode-page.ts";
import { compareRecords, type ConversationRecord } from "./conversation-record.ts";
import type { Reject } from "./page.ts";

test("G1: compareRecords() orders by instant, then by id, as numbers and letters and not as words of a language", () => {
  const records = [record("b", 2), record("a", 10), record("Z", 10), record("a", 2)];

  expect(records.toSorted(compareRecords).map(({ id, startedAt }) => `${startedAt} ${id}`)).toEqual([
    "2 a",
    "2 b",
    "10 Z",
    "10 a",
  ]);
});

test("G1, R-38: conversations written with other offsets and fractions sort by their instants; one without is rejected", () => {
  const starts = [
    "2024-01-01T00:00:00.500Z",
    "2024-01-01T02:00:00+02:00",
    "2023-12-31T19:00:00.250-05:00",
    "2024-01-01T00:00:01Z",
  ];
  const parsed = starts.map((conversationStart, index) => read({ conversationId: String(index), conversationStart }));
  const records = parsed.flatMap((each) => ("reason" in each ? [] : [each]));

  expect(records.toSorted(compareRecords).map(({ id }) => id)).toEqual(["1", "2", "0", "3"]);
  for (const conversationStart of [undefined, null, "", "yesterday", 5]) {
    expect(read({ conversationId: "x", conversationStart })).toEqual({
      reason: "no readable conversationStart",
      conversationId: "x",
    });
  }
});

function read(conversation: object): ConversationRecord | Reject {
  const text = JSON.stringify({ conversations: [conversation] });
  const page = createPageDecoder({ metrics: [], segments: false })(Buffer.from(text));
  const entry = page instanceof DecodedPage ? page.entries?.[0] : undefined;
  if (entry === undefined) throw new Error("the page holds no conversation");
  return entry;
}

test("R-39: compareRecords() is a total order: one order for one set, whatever the order it came in", () => {
  const records = fc.uniqueArray(
    fc.record({ id: fc.string({ maxLength: 3 }), startedAt: fc.integer({ min: 0, max: 3 }) }),
    { selector: ({ id, startedAt }) => `${startedAt} ${id}`, maxLength: 12 },
  );
  fc.assert(
    fc.property(records, fc.infiniteStream(fc.nat()), (keys, random) => {
      const ordered = keys.map(({ id, startedAt }) => record(id, startedAt));
      const shuffled = ordered
        .map((each) => ({ each, at: random.next().value ?? 0 }))
        .toSorted((left, right) => left.at - right.at)
        .map(({ each }) => each);

      expect(shuffled.toSorted(compareRecords)).toEqual(ordered.toSorted(compareRecords));
      for (const left of ordered) {
        for (const right of ordered) {
          expect(Math.sign(compareRecords(left, right))).toBe(0 - Math.sign(compareRecords(right, left)));
          expect(compareRecords(left, right) === 0).toBe(left === right);
        }
      }
    }),
  );
});

function record(id: string, startedAt: number): ConversationRecord {
  return { id, startedAt, divisionIds: [], parts: [] };
}
