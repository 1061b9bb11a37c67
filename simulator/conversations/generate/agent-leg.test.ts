import { describe, expect, it } from "vitest";
import { AgentLeg } from "./agent-leg.ts";
import type { ParticipantDraft, SessionDraft } from "./draft.ts";

function beginLeg(): AgentLeg {
  const session: SessionDraft = {
    media: "voice",
    direction: "inbound",
    peer: undefined,
    segments: [],
    metrics: [],
    facts: {},
  };
  const participant: ParticipantDraft = { purpose: "agent", sessions: [session], facts: {} };
  return new AgentLeg(participant, session, "u1", { queue: undefined, at: 1000, segmentFacts: {} });
}

function metricsOf(leg: AgentLeg): string[] {
  return leg.session.metrics.map(({ name, value, emitAt }) => `${name} ${value} at ${emitAt}`);
}

describe("AgentLeg", () => {
  it("writes each metric at the end of its phase and tHandle as their sum", () => {
    const leg = beginLeg();
    leg.alert(1500);
    leg.talk(2000);
    leg.hold(300);
    leg.talk(100);
    leg.end("peer", { lengthMs: 5000, reportedMs: 4000, code: "done", note: undefined });
    expect(metricsOf(leg)).toEqual([
      "tAlert 500 at 1500",
      "tTalk 2000 at 3500",
      "tHeld 300 at 3800",
      "tTalk 100 at 3900",
      "tTalkComplete 2100 at 3900",
      "tHeldComplete 300 at 3800",
      "tAcw 4000 at 8900",
      "tHandle 6400 at 8900",
    ]);
    expect(leg.session.segments.map(({ type, startAt, endAt }) => `${type} ${startAt}-${endAt}`)).toEqual([
      "alert 1000-1500",
      "interact 1500-3500",
      "hold 3500-3800",
      "interact 3800-3900",
      "wrapup 3900-8900",
    ]);
    expect(leg.session.segments.map(({ facts }) => facts.disconnectType ?? facts.wrapUpCode)).toEqual([
      undefined,
      undefined,
      undefined,
      "peer",
      "done",
    ]);
  });

  it("counts dialling and contacting as handling, talk or no talk", () => {
    const leg = beginLeg();
    leg.dial(200, 3000);
    leg.end("uncallable", undefined);
    expect(metricsOf(leg)).toEqual(["tContacting 200 at 1200", "tDialing 3000 at 4200", "tHandle 3200 at 4200"]);
  });

  it("writes no tHandle when nothing was handled", () => {
    const leg = beginLeg();
    leg.alert(1500);
    leg.end("timeout", undefined);
    expect(metricsOf(leg)).toEqual(["tAlert 500 at 1500"]);
  });
});
