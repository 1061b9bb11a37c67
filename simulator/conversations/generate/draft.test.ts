import { describe, expect, it } from "vitest";
import { type ConversationDraft, cutDraft, lastSegmentEnd, type SessionDraft } from "./draft.ts";

function session(...segments: readonly (readonly [string, number, number])[]): SessionDraft {
  return {
    media: "voice",
    direction: "inbound",
    peer: undefined,
    segments: segments.map(([type, startAt, endAt]) => ({ type, startAt, endAt, facts: { disconnectType: "peer" } })),
    metrics: segments.map(([type, startAt, endAt]) => ({ name: type, value: endAt - startAt, emitAt: endAt })),
    facts: {},
  };
}

function draftOf(...sessions: readonly SessionDraft[]): ConversationDraft {
  return {
    startAt: 0,
    endAt: 100,
    direction: "inbound",
    extraDivisionIds: [],
    participants: sessions.map((one) => ({ purpose: "agent", sessions: [one], facts: {} })),
    surveys: [{}],
    evaluations: [{}],
    resolutions: [{}],
    facts: {},
  };
}

describe("cutDraft()", () => {
  it("keeps what had ended, opens what lasted, and drops what had not begun", () => {
    const draft = draftOf(
      session(["alert", 0, 10], ["interact", 10, 60], ["wrapup", 60, 90]),
      session(["alert", 61, 70]),
    );
    cutDraft(draft, 40);
    expect(draft.endAt).toBeUndefined();
    expect(draft.surveys.length + draft.evaluations.length + draft.resolutions.length).toBe(0);
    expect(draft.participants.map(({ sessions }) => sessions)).toEqual([
      [
        {
          media: "voice",
          direction: "inbound",
          peer: undefined,
          segments: [
            { type: "alert", startAt: 0, endAt: 10, facts: { disconnectType: "peer" } },
            { type: "interact", startAt: 10, endAt: undefined, facts: {} },
          ],
          metrics: [{ name: "alert", value: 10, emitAt: 10 }],
          facts: {},
        },
      ],
    ]);
  });
});

describe("lastSegmentEnd()", () => {
  it("counts after-call work or leaves it out", () => {
    const draft = draftOf(session(["interact", 0, 60], ["wrapup", 60, 90]), session(["interact", 0, 50]));
    expect(lastSegmentEnd(draft, true)).toBe(90);
    expect(lastSegmentEnd(draft, false)).toBe(60);
  });
});
