/**
 * Turns a finished draft into the tree of the vendor's answer. Ids of the conversation, its participants and its
 * sessions come from a stream of their own, so that asking for an instant needs no ids, and links between sessions
 * (`peerId`) are resolved here. A member that is undefined in the draft is absent in the tree, never null.
 */
import type { Conversation, Participant, Segment, Session, SessionMetric } from "../centre.ts";
import type { ConversationDraft, Facts, MetricDraft, ParticipantDraft, SegmentDraft, SessionDraft } from "./draft.ts";
import { formatInstant } from "./iso-instant.ts";
import type { Random } from "./random.ts";

/** Writes the draft out; `ids` gives the ids and `homeDivisionId` stands in when no queue was visited. */
export function renderConversation(draft: ConversationDraft, ids: Random, homeDivisionId: string): Conversation {
  const conversationId = ids.uuid();
  const sessionIds = new Map<SessionDraft, string>();
  for (const participant of draft.participants) {
    for (const session of participant.sessions) sessionIds.set(session, ids.uuid());
  }
  return {
    conversationId,
    conversationStart: formatInstant(draft.startAt),
    ...(draft.endAt === undefined ? {} : { conversationEnd: formatInstant(draft.endAt) }),
    ...present(draft.facts),
    originatingDirection: draft.direction,
    divisionIds: divisionsOf(draft, homeDivisionId),
    participants: draft.participants.map((participant) => renderParticipant(participant, sessionIds, ids)),
    ...(draft.surveys.length === 0 ? {} : { surveys: draft.surveys.map(present) }),
    ...(draft.evaluations.length === 0 ? {} : { evaluations: draft.evaluations.map(present) }),
    ...(draft.resolutions.length === 0 ? {} : { resolutions: draft.resolutions.map(present) }),
  };
}

/** The divisions of the visited queues in the order of the draft, each once, then the extra ones. */
function divisionsOf(draft: ConversationDraft, homeDivisionId: string): string[] {
  const divisionIds = new Set<string>();
  for (const participant of draft.participants) {
    for (const session of participant.sessions) {
      for (const { queue } of session.segments) if (queue !== undefined) divisionIds.add(queue.divisionId);
    }
  }
  for (const divisionId of draft.extraDivisionIds) divisionIds.add(divisionId);
  return divisionIds.size === 0 ? [homeDivisionId] : [...divisionIds];
}

function renderParticipant(
  draft: ParticipantDraft,
  sessionIds: ReadonlyMap<SessionDraft, string>,
  ids: Random,
): Participant {
  return {
    participantId: ids.uuid(),
    ...present(draft.facts),
    purpose: draft.purpose,
    ...(draft.attributes === undefined ? {} : { attributes: draft.attributes }),
    sessions: draft.sessions.map((session) => renderSession(session, sessionIds)),
  };
}

function renderSession(draft: SessionDraft, sessionIds: ReadonlyMap<SessionDraft, string>): Session {
  const peerId = draft.peer === undefined ? undefined : sessionIds.get(draft.peer);
  return {
    mediaType: draft.media,
    sessionId: sessionIds.get(draft) ?? "",
    direction: draft.direction,
    ...(peerId === undefined ? {} : { peerId }),
    segments: draft.segments.map(renderSegment),
    ...(draft.metrics.length === 0 ? {} : { metrics: draft.metrics.map(renderMetric) }),
    ...present(draft.facts),
  };
}

function renderSegment(draft: SegmentDraft): Segment {
  return {
    segmentStart: formatInstant(draft.startAt),
    ...(draft.endAt === undefined ? {} : { segmentEnd: formatInstant(draft.endAt) }),
    ...(draft.queue === undefined ? {} : { queueId: draft.queue.id }),
    ...present(draft.facts),
    segmentType: draft.type,
    conference: draft.facts.conference === true,
  };
}

function renderMetric({ name, value, emitAt }: MetricDraft): SessionMetric {
  return { name, value, emitDate: formatInstant(emitAt) };
}

function present(facts: Facts): Facts {
  const written: Facts = {};
  for (const member in facts) if (facts[member] !== undefined) written[member] = facts[member];
  return written;
}
