/**
 * A conversation while its story is still being told: the same tree as on the wire, but with instants as numbers and
 * without ids of its own. Numbers make it cheap to ask when a conversation ends, and to cut it at an instant, which is
 * how conversations in progress are made: whatever lies after the instant has not happened yet.
 */
import type { QueueProfile } from "./entities.ts";

/** Members that are passed through to the wire; an undefined one is absent there. */
export type Facts = Record<string, unknown>;

/** A metric; `emitAt` in epoch milliseconds, `value` as on the wire. */
export interface MetricDraft {
  name: string;
  value: number;
  emitAt: number;
}

/** A stretch of a session; what is not named here is in `facts`. */
export interface SegmentDraft {
  type: string;
  startAt: number;
  /** Undefined while the segment lasts. */
  endAt: number | undefined;
  queue?: QueueProfile | undefined;
  facts: Facts;
}

/** A stay on one media type; `peer` becomes the peerId. */
export interface SessionDraft {
  media: string;
  direction: "inbound" | "outbound";
  peer: SessionDraft | undefined;
  segments: SegmentDraft[];
  metrics: MetricDraft[];
  facts: Facts;
}

/** A party and its sessions. */
export interface ParticipantDraft {
  purpose: string;
  sessions: SessionDraft[];
  attributes?: Record<string, string>;
  facts: Facts;
}

/** The whole conversation; instants in epoch milliseconds. */
export interface ConversationDraft {
  startAt: number;
  /** Undefined while the conversation is in progress. */
  endAt: number | undefined;
  direction: "inbound" | "outbound";
  /** Divisions beside those of the queues that were visited. */
  extraDivisionIds: string[];
  participants: ParticipantDraft[];
  surveys: Facts[];
  evaluations: Facts[];
  resolutions: Facts[];
  facts: Facts;
}

/** Leaves of a draft only what had happened at the instant, and so puts the conversation in progress. */
export function cutDraft(draft: ConversationDraft, cutAt: number): void {
  for (const participant of draft.participants) {
    for (const session of participant.sessions) cutSession(session, cutAt);
    participant.sessions = participant.sessions.filter(({ segments }) => segments.length > 0);
  }
  draft.participants = draft.participants.filter(({ sessions }) => sessions.length > 0);
  draft.endAt = undefined;
  draft.surveys = [];
  draft.evaluations = [];
  draft.resolutions = [];
}

function cutSession(session: SessionDraft, cutAt: number): void {
  session.segments = session.segments.filter(({ startAt }) => startAt <= cutAt);
  session.metrics = session.metrics.filter(({ emitAt }) => emitAt <= cutAt);
  for (const segment of session.segments) {
    if (segment.endAt === undefined || segment.endAt <= cutAt) continue;
    segment.endAt = undefined;
    // How a segment ends, and what the agent noted about it, is not known before its end.
    for (const member of ["disconnectType", "wrapUpCode", "wrapUpNote", "wrapUpTags", "errorCode"]) {
      delete segment.facts[member];
    }
  }
}

/** The latest end of any segment, after-call work included or left out. */
export function lastSegmentEnd(draft: ConversationDraft, withAfterCallWork: boolean): number {
  let latest = draft.startAt;
  for (const participant of draft.participants) {
    for (const session of participant.sessions) {
      for (const segment of session.segments) {
        if (segment.endAt === undefined || (segment.type === "wrapup" && !withAfterCallWork)) continue;
        if (segment.endAt > latest) latest = segment.endAt;
      }
    }
  }
  return latest;
}
