/**
 * Every dimension of the five kinds of filters, and the place in the tree where it stands. What the tree of the details
 * query does not show (`canonicalExternalContactId`) is there with no value, so that a query may name it.
 */
import type { Conversation, Participant, Segment, Session } from "./centre.ts";
import type { Field, FieldKind } from "./field.ts";

/** A segment with the session, participant and conversation that it belongs to. */
export interface SegmentSubject {
  readonly conversation: Conversation;
  readonly participant: Participant;
  readonly session: Session;
  readonly segment: Segment;
}

/** An evaluation, a survey or a resolution: flat members named like the dimensions. */
export type FlatSubject = Readonly<Record<string, unknown>>;

/** The dimensions of conversation filters. */
export const CONVERSATION_FIELDS: Readonly<Record<string, Field<Conversation>>> = {
  accessAttribute: conversationField("text", "accessAttributes"),
  conversationEnd: conversationField("instant", "conversationEnd"),
  conversationId: conversationField("word", "conversationId"),
  conversationInitiator: conversationField("word", "conversationInitiator"),
  conversationStart: conversationField("instant", "conversationStart"),
  customerParticipation: conversationField("boolean", "customerParticipation"),
  divisionId: conversationField("word", "divisionIds"),
  externalTag: conversationField("text", "externalTag"),
  mediaStatsMinConversationMos: conversationField("number", "mediaStatsMinConversationMos"),
  originatingDirection: conversationField("word", "originatingDirection"),
  originatingSocialMediaPublic: conversationField("boolean", "originatingSocialMediaPublic"),
};

/** The dimensions of segment filters; session, participant and flow lend theirs to each of their segments. */
export const SEGMENT_FIELDS: Readonly<Record<string, Field<SegmentSubject>>> = {
  ...onSession("word", [
    "agentAssistantId bargedParticipantId coachedParticipantId deliveryStatus direction edgeId engagementSource",
    "extendedDeliveryStatus flowOutType journeyActionId journeyActionMapId journeyCustomerId journeyCustomerIdType",
    "journeyCustomerSessionId mediaType messageType monitoredParticipantId outboundCampaignId outboundContactId",
    "outboundContactListId protocolCallId provider screenMonitoredUserId scriptId skillExpressionId usedRouting",
  ]),
  ...onSession("text", ["addressFrom addressTo ani dnis remote remoteNameDisplayable sessionDnis"]),
  ...onSession("boolean", ["agentOwned authenticated cleared deliveryPushed recording snippetRecording"]),
  ...onSession("instant", ["callbackScheduledTime detectedSpeechEnd detectedSpeechStart"]),
  ...onSession("number", ["mediaCount"]),
  callbackNumber: { kind: "text", read: ({ session }) => session.callbackNumbers },
  destinationAddress: { kind: "text", read: ({ session }) => session.destinationAddresses },
  requestedRouting: { kind: "word", read: ({ session }) => session.requestedRoutings },

  ...onFlow("word", "exitReason flowId flowVersion transferType"),
  ...onFlow("text", "flowName transferTargetAddress transferTargetName"),
  flowOutcome: { kind: "word", read: ({ session }) => outcomesOf(session, "flowOutcome") },
  flowOutcomeId: { kind: "word", read: ({ session }) => outcomesOf(session, "flowOutcomeId") },
  flowOutcomeValue: { kind: "word", read: ({ session }) => outcomesOf(session, "flowOutcomeValue") },

  ...onSegment("word", "destinationConversationId disconnectType errorCode groupId queueId requestedLanguageId"),
  ...onSegment("word", "segmentType wrapUpCode"),
  ...onSegment("text", "subject wrapUpNote"),
  ...onSegment("boolean", "conference"),
  ...onSegment("instant", "segmentEnd"),
  requestedRoutingSkillId: { kind: "word", read: ({ segment }) => segment.requestedRoutingSkillIds },
  scoredAgentId: { kind: "word", read: ({ segment }) => membersOf(segment.scoredAgents, "scoredAgentId") },
  sipResponseCode: { kind: "number", read: ({ segment }) => segment.sipResponseCodes },

  ...onParticipant("word", "externalContactId externalOrganizationId flaggedReason purpose teamId userId"),
  ...onParticipant("text", "participantName"),
  ...onParticipant("boolean", "screenRecording"),
  canonicalExternalContactId: { kind: "word", read: () => undefined },
};

/** The dimensions and metrics of evaluation filters. */
export const EVALUATION_FIELDS: Readonly<Record<string, Field<FlatSubject>>> = {
  ...flat("word", "assigneeId calibrationId contextId evaluationId evaluationStatus evaluatorId formId queueId userId"),
  ...flat("boolean", "assigneeApplicable deleted released rescored systemSubmitted"),
  ...flat("text", "formName"),
  ...flat("instant", "eventTime"),
  ...flat("number", "oTotalCriticalScore oTotalScore"),
};

/** The dimensions and metrics of survey filters. */
export const SURVEY_FIELDS: Readonly<Record<string, Field<FlatSubject>>> = {
  ...flat("word", "queueId surveyFormContextId surveyFormId surveyId surveyStatus surveyType userId"),
  ...flat("boolean", "surveyPartialResponse"),
  ...flat("instant", "eventTime surveyCompletedDate"),
  ...flat("number", "surveyPromoterScore oSurveyTotalScore"),
};

/** The metrics of resolution filters. */
export const RESOLUTION_FIELDS: Readonly<Record<string, Field<FlatSubject>>> = flat("number", "nNextContactAvoided");

/** The length of a segment in milliseconds; none while it lasts. */
export const SEGMENT_DURATION: Field<SegmentSubject> = {
  kind: "number",
  read: ({ segment }) => spanOf(segment.segmentStart, segment.segmentEnd),
};

/** A metric of a conversation: what its sessions carry under that name, and two that are computed from the whole. */
export function conversationMetric(name: string): Field<Conversation> {
  if (name === "nConversations") return { kind: "number", read: () => 1 };
  if (name === "tConversationDuration") {
    return {
      kind: "number",
      read: ({ conversationStart, conversationEnd }) => spanOf(conversationStart, conversationEnd),
    };
  }
  return { kind: "number", read: (conversation) => metricValues(conversation, name) };
}

function metricValues(conversation: Conversation, name: string): number[] {
  const values: number[] = [];
  for (const { sessions } of conversation.participants) {
    for (const { metrics } of sessions) {
      for (const metric of metrics ?? []) if (metric.name === name) values.push(metric.value);
    }
  }
  return values;
}

function conversationField(kind: FieldKind, member: string): Field<Conversation> {
  return { kind, read: (conversation) => conversation[member] };
}

function onSession(kind: FieldKind, lines: readonly string[]): Record<string, Field<SegmentSubject>> {
  return table(lines.join(" "), (member) => ({ kind, read: ({ session }) => session[member] }));
}

function onFlow(kind: FieldKind, members: string): Record<string, Field<SegmentSubject>> {
  return table(members, (member) => ({ kind, read: ({ session }) => memberOf(session.flow, member) }));
}

function onSegment(kind: FieldKind, members: string): Record<string, Field<SegmentSubject>> {
  return table(members, (member) => ({ kind, read: ({ segment }) => segment[member] }));
}

function onParticipant(kind: FieldKind, members: string): Record<string, Field<SegmentSubject>> {
  return table(members, (member) => ({ kind, read: ({ participant }) => participant[member] }));
}

function flat(kind: FieldKind, members: string): Record<string, Field<FlatSubject>> {
  return table(members, (member) => ({ kind, read: (subject) => subject[member] }));
}

function table<Subject>(members: string, make: (member: string) => Field<Subject>): Record<string, Field<Subject>> {
  return Object.fromEntries(members.split(" ").map((member) => [member, make(member)]));
}

function outcomesOf(session: Session, member: string): unknown[] {
  return membersOf(memberOf(session.flow, "outcomes"), member);
}

function membersOf(list: unknown, member: string): unknown[] {
  if (!Array.isArray(list)) return [];
  return list.map((item) => memberOf(item, member)).filter((value) => value !== undefined);
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, member) : undefined;
}

function spanOf(start: string, end: string | undefined): number | undefined {
  return end === undefined ? undefined : Date.parse(end) - Date.parse(start);
}
