import { describe, expect, test } from "vitest";
import { FIELDS } from "../define/vocabulary.ts";
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import type { Field } from "../domain/field.ts";
import { durationOf, type Touch, touchesOf, valueOn } from "./touch-rows.ts";

const NOTHING = { wrapUpCodes: false, divisions: false };

function conversation(parts: readonly PartRecord[], members: Partial<ConversationRecord> = {}): ConversationRecord {
  return { id: "c", startedAt: 0, divisionIds: [], parts, direction: "inbound", ...members };
}

function part(kind: PartRecord["kind"], startedAt: number, members: Partial<PartRecord> = {}): PartRecord {
  return { kind, mediaType: "voice", queueId: "sales", startedAt, ...members };
}

/** `leg@visit` of each touch, `-` where there is none. */
function pairs(record: ConversationRecord): string[] {
  return touchesOf(record, NOTHING).map(({ leg, visit }) => `${leg ?? "-"}@${visit ?? "-"}`);
}

describe("touchesOf()", () => {
  test("R-48: an agent's leg is a row with the visit that led to it; a transfer makes a second row", () => {
    const parts = [
      part("visit", 0),
      part("leg", 5_000, { userId: "ann" }),
      part("visit", 60_000, { queueId: "service" }),
      part("leg", 70_000, { queueId: "service", userId: "bob" }),
    ];
    expect(pairs(conversation(parts))).toEqual(["1@0", "3@2"]);
  });

  test("a leg belongs to the last visit in its queue that had begun by then", () => {
    const parts = [part("visit", 0), part("leg", 5_000), part("visit", 60_000), part("leg", 65_000)];
    expect(pairs(conversation(parts))).toEqual(["1@0", "3@2"]);
    expect(pairs(conversation(parts.toReversed()))).toEqual(["0@1", "2@3"]);
  });

  test("a visit that led to no leg is a row of its own, and so is a leg that came through no queue", () => {
    const parts = [part("visit", 0), { kind: "leg", mediaType: "voice", startedAt: 9 } as const];
    expect(pairs(conversation(parts))).toEqual(["1@-", "-@0"]);
  });

  test("a visit on another media type, or in another queue, led to no leg here", () => {
    const parts = [
      part("visit", 0, { mediaType: "callback" }),
      part("visit", 0, { queueId: "service" }),
      part("leg", 9),
    ];
    expect(pairs(conversation(parts))).toEqual(["2@-", "-@0", "-@1"]);
  });

  test("a leg may begin two seconds before its visit, and an agent who does not answer has the same visit", () => {
    const parts = [part("visit", 2_000), part("leg", 0), part("visit", 100_000), part("leg", 97_999)];
    expect(pairs(conversation(parts))).toEqual(["1@0", "3@0", "-@2"]);
    expect(pairs(conversation([part("visit", 0), part("leg", 1), part("leg", 9_000)]))).toEqual(["1@0", "2@0"]);
  });

  test("a leg long before the only visit of its queue has that visit, but not in an outbound conversation", () => {
    const parts = [part("leg", 0), part("visit", 300_000)];
    expect(pairs(conversation(parts))).toEqual(["0@1"]);
    expect(pairs(conversation(parts, { direction: "outbound" }))).toEqual(["0@-", "-@1"]);
    expect(pairs(conversation([part("leg", 0), part("visit", 300_000), part("leg", 300_001)]))).toEqual(["0@-", "2@1"]);
  });

  test("a customer's session is a row only for what no other row shows, in whatever order the list is", () => {
    const queued = part("other", 0);
    const bare: PartRecord = { kind: "other", mediaType: "voice", startedAt: 0 };
    const shared = part("other", 0, { mediaType: "cobrowse" });
    expect(pairs(conversation([queued, bare, part("visit", 0)]))).toEqual(["-@2"]);
    for (const parts of [
      [queued, bare],
      [bare, queued],
    ]) {
      expect(touchesOf(conversation(parts), NOTHING).map((touch) => touch.part)).toEqual([queued]);
    }
    expect(touchesOf(conversation([part("leg", 0), shared]), NOTHING).map((touch) => touch.part?.mediaType)).toEqual([
      "voice",
      "cobrowse",
    ]);
  });

  test("a conversation without parts is one row without anything", () => {
    const [only, ...rest] = touchesOf(conversation([]), { wrapUpCodes: true, divisions: true });
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ part: undefined, legPart: undefined, wrapUpCode: undefined, divisionId: undefined });
  });

  test("lists are opened only when they are read: a row for each division and each code of a leg", () => {
    const record = conversation([part("leg", 0, { wrapUpCodes: ["sold", "lost"] })], {
      divisionIds: ["north", "south"],
    });
    const shown = (touches: readonly Touch[]): string[] =>
      touches.map(({ divisionId, wrapUpCode }) => `${divisionId ?? "-"}/${wrapUpCode ?? "-"}`);
    expect(shown(touchesOf(record, NOTHING))).toEqual(["-/-"]);
    expect(shown(touchesOf(record, { wrapUpCodes: true, divisions: false }))).toEqual(["-/sold", "-/lost"]);
    expect(shown(touchesOf(record, { wrapUpCodes: true, divisions: true }))).toEqual([
      "north/sold",
      "north/lost",
      "south/sold",
      "south/lost",
    ]);
  });
});

describe("valueOn()", () => {
  const leg = part("leg", 40, { userId: "ann", endedAt: 90, metrics: { tTalkComplete: { count: 2, sum: 700 } } });
  const record = conversation([part("visit", 30), leg], { startedAt: 10, endedAt: 1010, divisionIds: ["north"] });
  const [touch] = touchesOf(record, { wrapUpCodes: false, divisions: true });

  test.each([
    ["conversation.id", "c"],
    ["conversation.start", 10],
    ["conversation.end", 1010],
    ["conversation.duration.seconds", 1000],
    ["conversation.direction", "inbound"],
    ["conversation.division.name", "north"],
    ["conversation.media.type", "voice"],
    ["routing.queue.name", "sales"],
    ["agent.id", "ann"],
    ["agent.talk.seconds", 700],
    ["agent.hold.seconds", undefined],
    ["wrapup.code", undefined],
    ["session.start", 40],
    ["session.end", 90],
    ["segment.type", undefined],
  ])("gives %s raw", (path, value) => {
    expect(touch && valueOn(field(path), touch)).toBe(value);
  });
});

test("valueOn() adds a metric over its home: the leg, the visit that led to it, or the whole conversation", () => {
  const sums = (metrics: Readonly<Record<string, number>>): Pick<PartRecord, "metrics"> => ({
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, sum]) => [name, { count: 1, sum }])),
  });
  const record = conversation([
    part("visit", 0, sums({ nOffered: 1, tAcd: 30, nError: 1 })),
    part("leg", 40, sums({ tAlert: 5, tAcd: 7, nError: 2 })),
    part("visit", 50, { queueId: "service", ...sums({ tAcd: 60, tAbandon: 60 }) }),
  ]);
  const shown = (path: string): unknown[] => touchesOf(record, NOTHING).map((touch) => valueOn(field(path), touch));

  expect(shown("metric.tAlert")).toEqual([5, undefined]);
  expect(shown("metric.tAcd")).toEqual([30, 60]);
  expect(shown("metric.tAbandon")).toEqual([undefined, 60]);
  expect(shown("metric.nError")).toEqual([3, 3]);
  expect(shown("metric.tIvr")).toEqual([undefined, undefined]);
});

test("durationOf() is undefined while the conversation is in progress, and negative when the source says so", () => {
  expect(durationOf(conversation([]))).toBeUndefined();
  expect(durationOf(conversation([], { startedAt: 50, endedAt: 20 }))).toBe(-30);
});

function field(path: string): Field {
  const found = FIELDS.get(path);
  if (!found) throw new Error(`no field ${path}`);
  return found;
}
