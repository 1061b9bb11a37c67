/**
 * A conversation as it stood at an instant: what began later is gone, what lasted until later has no end yet. The data
 * lake of the details jobs shows conversations so when they go on across its watermark.
 */
import type { Conversation, Participant, Segment, Session } from "./centre.ts";

/** Leaves the conversation as it is when it had ended at the instant (epoch ms). */
export function cutConversation(conversation: Conversation, at: number): Conversation {
  const {
    conversationEnd,
    surveys: _surveys,
    evaluations: _evaluations,
    resolutions: _resolutions,
    ...rest
  } = conversation;
  if (conversationEnd !== undefined && Date.parse(conversationEnd) <= at) return conversation;
  return { ...rest, participants: conversation.participants.flatMap((participant) => cutParticipant(participant, at)) };
}

/** A participant without any session cannot be said to have come later. */
function cutParticipant(participant: Participant, at: number): Participant[] {
  const sessions = participant.sessions.flatMap((session) => cutSession(session, at));
  return sessions.length === 0 && participant.sessions.length > 0 ? [] : [{ ...participant, sessions }];
}

function cutSession({ metrics, ...session }: Session, at: number): Session[] {
  const segments = session.segments
    .filter(({ segmentStart }) => Date.parse(segmentStart) <= at)
    .map((segment) => cutSegment(segment, at));
  const emitted = metrics?.filter(({ emitDate }) => Date.parse(emitDate) <= at) ?? [];
  if (segments.length === 0) return [];
  return [{ ...session, segments, ...(emitted.length === 0 ? {} : { metrics: emitted }) }];
}

/** How a segment ended, and what the agent noted about it, is not known before its end. */
function cutSegment(segment: Segment, at: number): Segment {
  if (segment.segmentEnd === undefined || Date.parse(segment.segmentEnd) <= at) return segment;
  const {
    segmentEnd: _end,
    disconnectType: _disconnect,
    wrapUpCode: _code,
    wrapUpNote: _note,
    wrapUpTags: _tags,
    errorCode: _error,
    ...known
  } = segment;
  // A rest of members with an index signature forgets the required ones that it still has.
  return { ...known, segmentStart: segment.segmentStart, segmentType: segment.segmentType };
}
