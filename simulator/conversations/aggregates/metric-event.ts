/**
 * What aggregates are made of: one figure that a session emitted, with everything around it. `nConversations` stands in
 * no tree; it is emitted once a session, when the session begins, and counted once a conversation and group.
 */
import type { Conversation, Participant, Session } from "../centre.ts";

/** One figure, where it stands and when it was emitted. */
export interface MetricEvent {
  readonly conversation: Conversation;
  readonly participant: Participant;
  readonly session: Session;
  readonly name: string;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly emitAt: number;
}

/** Yields every figure of a conversation, in the order of the tree. */
export function* eventsOf(conversation: Conversation): Generator<MetricEvent, void, undefined> {
  for (const participant of conversation.participants) {
    for (const session of participant.sessions) {
      const place = { conversation, participant, session };
      yield { ...place, name: "nConversations", value: 1, emitAt: beginningOf(session, conversation) };
      for (const { name, value, emitDate } of session.metrics ?? []) {
        yield { ...place, name, value, emitAt: Date.parse(emitDate) };
      }
    }
  }
}

function beginningOf({ segments }: Session, conversation: Conversation): number {
  const starts = segments.map(({ segmentStart }) => Date.parse(segmentStart));
  return starts.length === 0 ? Date.parse(conversation.conversationStart) : Math.min(...starts);
}
