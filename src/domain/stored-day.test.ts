import { describe, expect, test } from "vitest";
import { createInterval, type Interval } from "./interval.ts";
import { answers, cutDays, isSettled, serveWindow, type StoredDay, type StoredQuestion } from "./stored-day.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const VOICE: StoredQuestion["conversationFilters"] = [
  { type: "and", predicates: [{ type: "dimension", dimension: "mediaType", operator: "matches", value: "voice" }] },
];

function question(changes: Partial<StoredQuestion> & { metrics?: readonly string[] } = {}): StoredQuestion {
  const { metrics = [], ...rest } = changes;
  return { conversationFilters: [], segmentFilters: [], needs: { metrics, segments: false }, ...rest };
}

function day(from: number, to: number, fetchedAt = 0, openCount = 0): StoredDay {
  return { interval: hours(from, to), fetchedAt, rowCount: 1, openCount, path: `${from}-${to}@${fetchedAt}` };
}

function hours(from: number, to: number): Interval {
  return createInterval(from * HOUR_MS, to * HOUR_MS);
}

describe("answers()", () => {
  test("everything that was stored answers a narrower question, and not the other way round", () => {
    const all = question({ metrics: ["tAcw", "tHandle"] });
    const voice = question({ metrics: ["tHandle"], conversationFilters: VOICE });
    expect([answers(all, voice), answers(voice, all), answers(voice, voice)]).toEqual([true, false, true]);
  });

  test("another filter answers nothing, though it may be wider: nobody has proved it", () => {
    const segment = question({ segmentFilters: VOICE });
    expect(answers(question({ conversationFilters: VOICE }), segment)).toBe(false);
  });

  test.each<[string, StoredQuestion["needs"]]>([
    ["a metric", { metrics: ["tTalk"], segments: false }],
    ["segments", { metrics: [], segments: true }],
    ["moments", { metrics: [], segments: false, emits: true }],
    ["a member", { metrics: [], segments: false, members: [{ at: "session", name: "ani", of: "part" }] }],
  ])("what was stored without %s does not answer a report that needs it", (_, needs) => {
    const stored = question({ metrics: ["tAcw"] });
    expect([answers(stored, question({ needs })), answers(question({ needs }), question({ needs }))]).toEqual([
      false,
      true,
    ]);
  });

  test("the customer's value of a member is another need than the row's", () => {
    const needs = (of: "part" | "visit" | "customer"): StoredQuestion =>
      question({ needs: { metrics: [], segments: false, members: [{ at: "session", name: "ani", of }] } });
    expect([answers(needs("part"), needs("visit")), answers(needs("part"), needs("customer"))]).toEqual([true, false]);
  });
});

describe("isSettled()", () => {
  test("from the settling window after the end of the day on", () => {
    const settling = 3 * DAY_MS;
    expect([
      isSettled(day(0, 24, 4 * DAY_MS - 1), settling),
      isSettled(day(0, 24, 4 * DAY_MS), settling),
      isSettled(day(0, 24, DAY_MS - 1), 0),
    ]).toEqual([false, true, false]);
  });

  test("not while a conversation goes on; one that goes on for thirty days is stuck", () => {
    expect([
      isSettled(day(0, 24, 30 * DAY_MS, 1), 3 * DAY_MS),
      isSettled(day(0, 24, 31 * DAY_MS, 1), 3 * DAY_MS),
    ]).toEqual([false, true]);
  });
});

describe("serveWindow()", () => {
  const shown = (window: Interval, days: readonly StoredDay[]): unknown => {
    const { served, gaps } = serveWindow(window, days);
    const text = ({ startAt, endAt }: Interval): string => `${startAt / HOUR_MS}-${endAt / HOUR_MS}`;
    return {
      served: served.map(({ day: { path }, interval }) => `${text(interval)} of ${path}`),
      gaps: gaps.map(text),
    };
  };

  test("takes what is there, and leaves the rest as gaps", () => {
    expect(shown(hours(22, 80), [day(24, 48, 1), day(72, 96, 1), day(200, 224, 1)])).toEqual({
      served: ["24-48 of 24-48@1", "72-80 of 72-96@1"],
      gaps: ["22-24", "48-72"],
    });
  });

  test("joins parts of a day, as reports of different zones leave them", () => {
    expect(shown(hours(24, 48), [day(24, 46, 1), day(46, 48, 2)])).toEqual({
      served: ["24-46 of 24-46@1", "46-48 of 46-48@2"],
      gaps: [],
    });
  });

  test("of two versions takes the one that was fetched later", () => {
    expect(shown(hours(24, 48), [day(24, 48, 1), day(24, 40, 2)])).toEqual({
      served: ["24-40 of 24-40@2", "40-48 of 24-48@1"],
      gaps: [],
    });
  });

  test("without days the window is one gap", () => {
    expect(shown(hours(1, 2), [])).toEqual({ served: [], gaps: ["1-2"] });
  });
});

test("cutDays() cuts at UTC midnights", () => {
  expect(cutDays(hours(22, 49))).toEqual([hours(22, 24), hours(24, 48), hours(48, 49)]);
});
