/**
 * Every dimension of the aggregates and the place in the tree where a figure finds its values: the session that emitted
 * it, that session's participant and segments, and the conversation. What stands on segments counts for the whole
 * session (so that the talk of a leg has the wrap-up code that follows it), but for the queue, which is that of the
 * moment. Dimensions that the tree does not show are there with no value.
 */
import type { Segment } from "../centre.ts";
import type { Field, FieldKind } from "../field.ts";
import type { MetricEvent } from "./metric-event.ts";
import { firstQueueOf, queueOfEvent } from "./queue-of-event.ts";

/** The dimensions of groupBy and filter. */
export const AGGREGATE_FIELDS: Readonly<Record<string, Field<MetricEvent>>> = {
  ...onConversation("word", "conversationId conversationInitiator originatingDirection"),
  ...onConversation("boolean", "customerParticipation originatingSocialMediaPublic selfServed"),
  ...onConversation("text", "externalTag"),
  divisionId: { kind: "word", read: ({ conversation }) => conversation.divisionIds },
  knowledgeBaseId: { kind: "word", read: ({ conversation }) => conversation.knowledgeBaseIds },
  interactionType: { kind: "word", read: interactionType },

  ...onParticipant("word", "externalContactId externalOrganizationId flaggedReason purpose teamId userId"),
  ...onParticipant("text", "participantName"),

  ...onSession("word", "agentAssistantId assignerId deliveryStatus direction edgeId extendedDeliveryStatus flowInType"),
  ...onSession("word", "flowOutType journeyActionId journeyActionMapId journeyCustomerId journeyCustomerIdType"),
  ...onSession(
    "word",
    "journeyCustomerSessionId journeyCustomerSessionIdType mediaType messageType outboundCampaignId",
  ),
  ...onSession("word", "outboundContactId outboundContactListId peerId provider roomId routingRule routingRuleType"),
  ...onSession("word", "selectedAgentId sessionId skillExpressionId usedRouting"),
  ...onSession("text", "addressFrom addressTo ani dnis remote sessionDnis"),
  ...onSession("boolean", "agentOwned authenticated"),
  ...onSession("number", "agentBullseyeRing journeyActionMapVersion mediaCount routingRing selectedAgentRank"),
  activeSkillId: { kind: "word", read: ({ session }) => session.activeSkillIds },
  destinationAddress: { kind: "text", read: ({ session }) => session.destinationAddresses },
  eligibleAgentCount: { kind: "number", read: ({ session }) => session.eligibleAgentCounts },
  removedSkillId: { kind: "word", read: ({ session }) => session.removedSkillIds },
  requestedRouting: { kind: "word", read: ({ session }) => session.requestedRoutings },
  waitingInteractionCount: { kind: "number", read: ({ session }) => session.waitingInteractionCounts },
  agentRank: { kind: "number", read: ({ session }) => membersOf(session.proposedAgents, "agentRank") },
  proposedAgentId: { kind: "word", read: ({ session }) => membersOf(session.proposedAgents, "proposedAgentId") },

  ...onSegments("word", "disconnectType errorCode groupId requestedLanguageId wrapUpCode"),
  requestedRoutingSkillId: {
    kind: "word",
    read: ({ session }) => session.segments.flatMap((segment) => segment.requestedRoutingSkillIds ?? []),
  },
  agentScore: { kind: "number", read: ({ session }) => scoresOf(session.segments, "agentScore") },
  scoredAgentId: { kind: "word", read: ({ session }) => scoresOf(session.segments, "scoredAgentId") },
  queueId: { kind: "word", read: queueOfEvent },
  firstQueue: { kind: "boolean", read: isInFirstQueue },

  ...nowhere("activeRouting canonicalExternalContactId convertedFrom convertedTo externalMediaCount routingPriority"),
  ...nowhere("stationId videoPresent"),
};

/** A conversation that met a queue is the contact centre's, any other one is the enterprise's. */
function interactionType({ conversation }: MetricEvent): string {
  return firstQueueOf(conversation) === undefined ? "enterprise" : "contactcenter";
}

function isInFirstQueue(event: MetricEvent): boolean | undefined {
  const queueId = queueOfEvent(event);
  return queueId === undefined ? undefined : queueId === firstQueueOf(event.conversation);
}

function onConversation(kind: FieldKind, members: string): Record<string, Field<MetricEvent>> {
  return table(members, (member) => ({ kind, read: ({ conversation }) => conversation[member] }));
}

function onParticipant(kind: FieldKind, members: string): Record<string, Field<MetricEvent>> {
  return table(members, (member) => ({ kind, read: ({ participant }) => participant[member] }));
}

function onSession(kind: FieldKind, members: string): Record<string, Field<MetricEvent>> {
  return table(members, (member) => ({ kind, read: ({ session }) => session[member] }));
}

function onSegments(kind: FieldKind, members: string): Record<string, Field<MetricEvent>> {
  return table(members, (member) => ({ kind, read: ({ session }) => membersOf(session.segments, member) }));
}

function nowhere(members: string): Record<string, Field<MetricEvent>> {
  return table(members, () => ({ kind: "word", read: () => undefined }));
}

function table(members: string, make: (member: string) => Field<MetricEvent>): Record<string, Field<MetricEvent>> {
  return Object.fromEntries(members.split(" ").map((member) => [member, make(member)]));
}

function scoresOf(segments: readonly Segment[], member: string): unknown[] {
  return segments.flatMap((segment) => membersOf(segment.scoredAgents, member));
}

function membersOf(list: unknown, member: string): unknown[] {
  if (!Array.isArray(list)) return [];
  return list.map((item) => memberOf(item, member)).filter((value) => value !== undefined && value !== null);
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, member) : undefined;
}
