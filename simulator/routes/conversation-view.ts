/** How the details query and the calls by id show a conversation. */
import type { Conversation } from "../conversations/centre.ts";

/** The conversation without the attributes of its participants. */
export function withoutAttributes(conversation: Conversation): Conversation {
  if (!conversation.participants.some((participant) => participant.attributes !== undefined)) return conversation;
  const participants = conversation.participants.map(({ attributes: _hidden, ...shown }) => shown);
  return { ...conversation, participants };
}
