/**
 * The sums that hold in the vendor's data hold in the generated data, for every session and every conversation.
 */
import { describe, expect, it } from "vitest";
import type { Conversation, Segment, Session } from "../centre.ts";
import { generateCentre } from "../generate-centre.ts";

const COUNT = 6000;
const centre = generateCentre({ count: COUNT, seed: 77, unknownValues: false });
const conversations = Array.from({ length: COUNT }, (_, index) => centre.conversations.get(index));
const ended = conversations.filter(({ conversationEnd }) => conversationEnd !== undefined);

function sessionsOf({ participants }: Conversation): Session[] {
  return participants.flatMap(({ sessions }) => [...sessions]);
}

function sum(session: Session, ...names: string[]): number {
  return (session.metrics ?? []).reduce((total, { name, value }) => (names.includes(name) ? total + value : total), 0);
}

function count(sessions: readonly Session[], name: string): number {
  return sessions.flatMap(({ metrics }) => metrics ?? []).filter((metric) => metric.name === name).length;
}

function metricOf(session: Session, name: string) {
  return session.metrics?.find((metric) => metric.name === name);
}

function lengthOf({ segmentStart, segmentEnd }: Segment): number {
  return segmentEnd === undefined ? Number.NaN : Date.parse(segmentEnd) - Date.parse(segmentStart);
}

function lengthOfAll(session: Session, ...types: string[]): number {
  const lengths = session.segments.filter(({ segmentType }) => types.includes(segmentType)).map(lengthOf);
  return lengths.reduce((total, length) => total + length, 0);
}

describe("legs of agents", () => {
  const legs = ended
    .flatMap(({ participants }) => participants.filter(({ purpose }) => purpose === "agent"))
    .flatMap(({ sessions }) => [...sessions]);

  it("tHandle = tTalkComplete + tHeldComplete + tAcw + tDialing + tContacting, and is there when one of them is", () => {
    const parts = ["tTalkComplete", "tHeldComplete", "tAcw", "tDialing", "tContacting"];
    let handled = 0;
    for (const leg of legs) {
      const hasPart = leg.metrics?.some(({ name }) => parts.includes(name)) === true;
      expect(count([leg], "tHandle")).toBe(hasPart ? 1 : 0);
      expect(sum(leg, "tHandle")).toBe(sum(leg, ...parts));
      if (hasPart) handled++;
    }
    expect(handled).toBeGreaterThan(4000);
  });

  it("tTalkComplete and tHeldComplete are the sums of their stretches, once a leg, and as long as the segments", () => {
    for (const leg of legs) {
      expect(sum(leg, "tTalkComplete")).toBe(sum(leg, "tTalk"));
      expect(sum(leg, "tHeldComplete")).toBe(sum(leg, "tHeld"));
      expect(count([leg], "tTalkComplete")).toBe(Math.min(1, count([leg], "tTalk")));
      expect(count([leg], "tHeldComplete")).toBe(Math.min(1, count([leg], "tHeld")));
      expect(lengthOfAll(leg, "interact", "callback")).toBe(sum(leg, "tTalk"));
      expect(lengthOfAll(leg, "hold")).toBe(sum(leg, "tHeld"));
      expect(lengthOfAll(leg, "alert")).toBe(sum(leg, "tAlert"));
      expect(lengthOfAll(leg, "dialing")).toBe(sum(leg, "tDialing"));
      expect(lengthOfAll(leg, "contacting")).toBe(sum(leg, "tContacting"));
    }
  });

  it("tAcw differs from the wrapup segment by at most three seconds; a skipped one leaves neither it nor a code", () => {
    for (const leg of legs) {
      expect(Math.abs(lengthOfAll(leg, "wrapup") - sum(leg, "tAcw"))).toBeLessThanOrEqual(3000);
      expect(leg.segments.some(({ wrapUpCode }) => wrapUpCode !== undefined)).toBe(count([leg], "tAcw") === 1);
      if (leg.acwSkipped === true) expect(count([leg], "tAcw")).toBe(0);
    }
  });

  it("phases follow one another without gap or overlap", () => {
    for (const leg of legs) {
      const sorted = leg.segments.toSorted((left, right) => left.segmentStart.localeCompare(right.segmentStart));
      const phases = sorted.filter(({ segmentType }) => segmentType !== "sharing");
      phases.forEach((phase, index) => {
        const next = phases[index + 1];
        if (next !== undefined) expect(phase.segmentEnd).toBe(next.segmentStart);
      });
    }
  });

  it("a metric is emitted when its phase ends: tHandle with the leg, tTalk with each stretch", () => {
    for (const leg of legs) {
      const ends = (...types: string[]) =>
        leg.segments.filter(({ segmentType }) => types.includes(segmentType)).map(({ segmentEnd }) => segmentEnd ?? "");
      const emits = (name: string) =>
        (leg.metrics ?? []).filter((metric) => metric.name === name).map(({ emitDate }) => emitDate);
      expect(emits("tTalk").sort()).toEqual(ends("interact", "callback").sort());
      expect(emits("tHeld").sort()).toEqual(ends("hold").sort());
      expect(emits("tAlert")).toEqual(ends("alert"));
      const lastEnd = leg.segments
        .map(({ segmentEnd }) => segmentEnd ?? "")
        .sort()
        .at(-1);
      if (emits("tHandle").length > 0) expect(emits("tHandle")).toEqual([lastEnd]);
    }
  });

  it("an alert that was not taken has neither talk nor answer", () => {
    for (const leg of legs) {
      if (count([leg], "tNotResponding") === 0) continue;
      expect(sum(leg, "tNotResponding")).toBe(sum(leg, "tAlert"));
      expect(count([leg], "tTalk") + count([leg], "tAnswered")).toBe(0);
    }
  });
});

describe("visits to queues", () => {
  it("offered = answered + abandoned + flowed out, in count and in waiting time, in every ended conversation", () => {
    for (const conversation of ended) {
      const sessions = sessionsOf(conversation);
      expect(count(sessions, "nOffered")).toBe(
        count(sessions, "tAnswered") + count(sessions, "tAbandon") + count(sessions, "tFlowOut"),
      );
      const total = (...names: string[]) => sessions.reduce((all, session) => all + sum(session, ...names), 0);
      expect(total("tAnswered", "tAbandon", "tFlowOut")).toBe(total("tAcd"));
    }
  });

  it("an answer was rung during a visit to the same queue and says the visit's wait", () => {
    let answers = 0;
    for (const conversation of ended) {
      const visits = sessionsOf(conversation).filter((session) => metricOf(session, "nOffered") !== undefined);
      for (const session of sessionsOf(conversation)) {
        const answered = metricOf(session, "tAnswered");
        if (answered === undefined) continue;
        answers++;
        const alert = session.segments.find(({ segmentType }) => segmentType === "alert");
        const visit = visits.find(({ segments: [stay] }) => isAnsweredBy(stay, alert));
        expect(visit).toBeDefined();
        expect(visit === undefined ? undefined : metricOf(visit, "tAcd")?.value).toBe(answered.value);
        expect(answered.emitDate).toBe(alert?.segmentEnd);
      }
    }
    expect(answers).toBeGreaterThan(3500);
  });

  it("a short abandon is an abandon too, below ten seconds; an abandoned visit ends with peer", () => {
    for (const session of ended.flatMap(sessionsOf)) {
      const abandon = metricOf(session, "tAbandon");
      const short = metricOf(session, "tShortAbandon");
      expect(short?.value).toBe(abandon !== undefined && abandon.value < 10_000 ? abandon.value : undefined);
      if (abandon !== undefined) expect(session.segments[0]?.disconnectType).toBe("peer");
    }
  });

  it("nOverSla counts the answers beyond the service level of the queue and the media", () => {
    const levels = new Map(centre.queues.map((queue) => [queue.id, queue.mediaSettings]));
    for (const conversation of ended) {
      const sessions = sessionsOf(conversation);
      const late = sessions.filter((session) => {
        const level = levelOf(levels.get(session.segments[0]?.queueId ?? ""), session.mediaType);
        return (metricOf(session, "tAnswered")?.value ?? 0) > level;
      });
      const listed = sessions.every(({ segments }) =>
        segments.every((at) => at.queueId === undefined || levels.has(at.queueId)),
      );
      if (listed) expect(count(sessions, "nOverSla")).toBe(late.length);
    }
  });

  it("a menu that transfers names the queue that comes next", () => {
    for (const { participants } of ended) {
      const menu = participants.find(({ purpose }) => purpose === "ivr" || purpose === "botflow")?.sessions[0];
      const target: unknown = Reflect.get(Object(menu?.flow), "transferTargetName");
      if (target === undefined) continue;
      const visits = participants.filter(({ purpose }) => purpose === "acd");
      expect(visits.map(({ participantName }) => participantName)).toContain(target);
    }
  });

  it("acd and agent sessions point to a session of the customer", () => {
    for (const conversation of ended) {
      const customer = conversation.participants.find(({ purpose }) => purpose === "customer");
      if (customer === undefined) continue;
      const ids = customer.sessions.map(({ sessionId }) => sessionId);
      for (const { purpose, sessions } of conversation.participants) {
        if (purpose !== "acd" && purpose !== "agent") continue;
        for (const session of sessions) expect(ids).toContain(session.peerId);
      }
    }
  });

  it("queues stand on acd, agent and customer segments alike, and on no segment of a menu", () => {
    const abandoned = ended.filter((conversation) => count(sessionsOf(conversation), "tAbandon") > 0);
    for (const { participants } of abandoned) {
      const queuesOf = (purpose: string) =>
        participants
          .filter((participant) => participant.purpose === purpose)
          .flatMap(({ sessions }) => sessions.flatMap(({ segments }) => segments.map(({ queueId }) => queueId)))
          .filter((queueId) => queueId !== undefined);
      // A queue that was only consulted never had the customer.
      if (
        count(
          participants.flatMap(({ sessions }) => [...sessions]),
          "nConsult",
        ) > 0
      )
        continue;
      expect(new Set(queuesOf("customer"))).toEqual(new Set(queuesOf("acd")));
      expect(queuesOf("ivr")).toEqual([]);
    }
  });
});

describe("transfers", () => {
  it("nTransferred = nBlindTransferred + nConsultTransferred, each consult transfer after a consultation", () => {
    for (const session of conversations.flatMap(sessionsOf)) {
      const blind = count([session], "nBlindTransferred");
      const consulted = count([session], "nConsultTransferred");
      expect(count([session], "nTransferred")).toBe(blind + consulted);
      expect(consulted).toBeLessThanOrEqual(count([session], "nConsult"));
      if (blind === 1) expect(session.segments.some((at) => at.disconnectType === "transfer")).toBe(true);
      if (consulted === 1) expect(session.segments.some((at) => at.disconnectType === "consultTransfer")).toBe(true);
    }
  });
});

describe("conversations in progress", () => {
  it("have an open segment or none after it, no tHandle on an open leg, no survey, and still a participant", () => {
    const open = conversations.filter(({ conversationEnd }) => conversationEnd === undefined);
    expect(open.length).toBeGreaterThan(10);
    for (const conversation of open) {
      expect(conversation.participants.length).toBeGreaterThan(0);
      expect(conversation.surveys).toBeUndefined();
      for (const session of sessionsOf(conversation)) {
        const openSegments = session.segments.filter(({ segmentEnd }) => segmentEnd === undefined);
        for (const segment of openSegments) {
          expect(segment.disconnectType).toBeUndefined();
          expect(segment.wrapUpCode).toBeUndefined();
        }
        if (openSegments.length > 0) expect(metricOf(session, "tHandle")).toBeUndefined();
      }
    }
  });

  it("an ended conversation has no open segment, and only after-call work outlasts it", () => {
    for (const conversation of ended) {
      for (const segment of sessionsOf(conversation).flatMap(({ segments }) => segments)) {
        expect(segment.segmentEnd).toBeDefined();
        if (segment.segmentType !== "wrapup") {
          expect((segment.segmentEnd ?? "") <= (conversation.conversationEnd ?? "")).toBe(true);
        }
      }
    }
  });
});

describe("callbacks without tAnswered", () => {
  it("have neither tAnswered nor tAbandon when the option says so", () => {
    const other = generateCentre({ count: 1500, seed: 77, callbackAnswered: false }).conversations;
    let callbacks = 0;
    for (let index = 0; index < other.size; index++) {
      for (const session of sessionsOf(other.get(index))) {
        if (session.mediaType !== "callback") continue;
        callbacks++;
        expect(count([session], "tAnswered") + count([session], "tAbandon")).toBe(0);
      }
    }
    expect(callbacks).toBeGreaterThan(100);
  });
});

/** Whether the alert began during the stay in the same queue and ended as the stay ended. */
function isAnsweredBy(stay: Segment | undefined, alert: Segment | undefined): boolean {
  if (stay?.segmentEnd === undefined || alert?.segmentEnd === undefined || stay.queueId !== alert.queueId) return false;
  const late = Date.parse(alert.segmentEnd) - Date.parse(stay.segmentEnd);
  return alert.segmentStart >= stay.segmentStart && alert.segmentStart < stay.segmentEnd && late >= 0 && late <= 3;
}

/** The service level of a queue's media settings in milliseconds, Infinity when there is none. */
function levelOf(settings: unknown, mediaType: string): number {
  const setting: unknown = Reflect.get(Object(settings), mediaType === "voice" ? "call" : mediaType);
  const level: unknown = Reflect.get(Object(setting), "serviceLevel");
  return Number(Reflect.get(Object(level), "durationMs") ?? Number.POSITIVE_INFINITY);
}
