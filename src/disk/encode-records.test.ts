import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { decodeRecords, encodeRecords } from "./encode-records.ts";

const text = fc.oneof(
  fc.constantFrom("", "a", "b", "line\nbreak\u2028", '"quoted"', "\ud800", "\u0000", "𐍈", "constructor"),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const instant = fc.integer({ min: -1e12, max: 4e12 });
const key = fc.constantFrom("conversation.externalTag", "session.remote", "toString");
const members = fc.dictionary(key, fc.array(text, { maxLength: 3 }));
const emit = fc.tuple(instant, fc.integer());
const total = fc.record(
  { count: fc.nat(), sum: fc.maxSafeInteger(), emits: fc.array(emit, { maxLength: 2 }) },
  { requiredKeys: ["count", "sum"] },
);
const segment = fc.record(
  { type: text, startedAt: instant, endedAt: instant, queueId: text, wrapUpCode: text, disconnectType: text, members },
  { requiredKeys: ["type", "startedAt"] },
);
const part = fc.record(
  {
    kind: fc.constantFrom("leg", "visit", "other"),
    mediaType: text,
    queueId: text,
    userId: text,
    wrapUpCodes: fc.array(text, { maxLength: 2 }),
    startedAt: instant,
    endedAt: instant,
    metrics: fc.dictionary(fc.constantFrom("tHandle", "nOffered"), total),
    segments: fc.array(segment, { maxLength: 2 }),
    isCustomer: fc.constant<true>(true),
    members,
  },
  { requiredKeys: ["kind", "mediaType", "startedAt"] },
);
const record: fc.Arbitrary<ConversationRecord> = fc.record(
  {
    id: text,
    startedAt: instant,
    endedAt: instant,
    direction: text,
    divisionIds: fc.array(text, { maxLength: 2 }),
    parts: fc.array(part, { maxLength: 3 }),
    members,
  },
  { requiredKeys: ["id", "startedAt", "divisionIds", "parts"] },
);

test("decodeRecords() gives back what encodeRecords() took, whatever stands in it", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), (records) => {
      expect(decodeRecords(encodeRecords(records))).toEqual(records);
    }),
    { numRuns: 300 },
  );
});

test("encodeRecords() writes each text once, and instants as distances", () => {
  const parts = [{ kind: "visit", mediaType: "voice", queueId: "q", startedAt: 1005 }] as const;
  const records = [1000, 1001].map((startedAt) => ({ id: `c${startedAt}`, startedAt, divisionIds: ["q"], parts }));
  expect(encodeRecords(records)).toBe(
    '["c1000","q","voice","c1001"]\n' +
      "[1000,0,0,-1,1,1,-1,1,1,0,2,1,-1,6,0,-1,-1,-1,-1,1,3,0,-1,1,1,-1,1,1,0,2,1,-1,5,0,-1,-1,-1,-1]\n",
  );
});
