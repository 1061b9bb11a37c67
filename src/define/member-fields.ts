/**
 * Fields that are plain members of the vendor's tree: one line each. The path is the place and the member's words
 * (`session.message.type` is `messageType` of a session). Of a part: the row's own leg or visit. Of the conversation:
 * any place in it; a conversation with several values counts once under each.
 */
import type { Field } from "../domain/field.ts";
import type { Member } from "../domain/member.ts";

/** What the values are: codes and ids, texts, true or false, bare numbers, instants. `[]`: one place has several. */
type Kind = "code" | "text" | "flag" | "score" | "instant" | "code[]" | "text[]" | "score[]";

/** member (its dimension is the same, or stands behind a colon; none after a bar), kind, meaning */
type Line = readonly [member: string, kind: Kind, meaning: string];

/** Members of sessions, of the row's own leg or visit. A bar in front: the details filters do not have it. */
const OWN_SESSION: readonly Line[] = [
  ["provider", "code", "the system that carried the session, such as Edge"],
  ["direction", "code", "inbound or outbound, of this leg or visit"],
  ["messageType", "code", "the kind of a message: sms, whatsapp, webmessaging, …"],
  ["usedRouting", "code", "the routing method that found the agent"],
  ["requestedRoutings:requestedRouting", "code[]", "a routing method that was asked for"],
  ["deliveryStatus", "code", "how far a message was delivered"],
  ["extendedDeliveryStatus", "code", "the carrier's word for how far a message was delivered"],
  ["flowOutType", "code", "why a visit left its queue for a flow"],
  ["agentAssistantId", "code", "the assistant that helped the agent"],
  ["agentOwned", "flag", "whether a callback belonged to one agent"],
  ["authenticated", "flag", "whether the customer was authenticated"],
  ["cleared", "flag", "whether the session was cleared"],
  ["deliveryPushed", "flag", "whether a message was pushed"],
  ["recording", "flag", "whether it was recorded"],
  ["snippetRecording", "flag", "whether a part of it was recorded by hand"],
  ["edgeId", "code", "the telephone server of the session"],
  ["engagementSource", "code", "where the engagement came from"],
  ["protocolCallId", "code", "the call's id in the telephone protocol"],
  ["remote", "text", "name or address of the other side"],
  ["remoteNameDisplayable", "text", "the other side's name as shown to the agent"],
  ["scriptId", "code", "the script that the agent saw"],
  ["skillExpressionId", "code", "the expression of skills that routed it"],
  ["bargedParticipantId", "code", "the participant that a supervisor barged in on"],
  ["coachedParticipantId", "code", "the participant that a supervisor coached"],
  ["monitoredParticipantId", "code", "the participant that a supervisor listened to"],
  ["screenMonitoredUserId", "code", "the user whose screen was watched"],
  ["|sessionId", "code", "the session's id"],
  ["|activeSkillIds:activeSkillId", "code[]", "a skill in force when an agent was found"],
  ["|removedSkillIds:removedSkillId", "code[]", "a skill that routing gave up"],
  ["|agentBullseyeRing", "code", "the bullseye ring of the agent"],
  ["|routingRing", "code", "the ring that routing had reached"],
  ["|routingRule", "code", "the routing rule that applied"],
  ["|routingRuleType", "code", "the kind of that rule"],
  ["|selectedAgentId", "code", "the agent that routing selected"],
  ["|selectedAgentRank", "code", "that agent's rank"],
  ["|assignerId", "code", "who assigned it by hand"],
  ["|flowInType", "code", "how it came in from a flow"],
  ["|peerId", "code", "the session on the other side"],
  ["|roomId", "code", "the room of a chat or video"],
  ["mediaCount", "score", "how many pictures and files the session had"],
  ["|eligibleAgentCounts:eligibleAgentCount", "score[]", "how many agents could have taken it, at a step of routing"],
  ["|waitingInteractionCounts:waitingInteractionCount", "score[]", "how many others waited, at a step of routing"],
  ["callbackScheduledTime", "instant", "when a callback was due"],
  ["detectedSpeechStart", "instant", "when speech was first heard on an outbound call"],
  ["detectedSpeechEnd", "instant", "when that speech ended"],
];

const ANY_SESSION: readonly Line[] = [
  ["addressFrom", "text", "an address that a message or e-mail came from"],
  ["addressTo", "text", "an address that a message or e-mail went to"],
  ["sessionDnis", "text", "the number called, as it was before any transfer"],
  ["callbackNumbers:callbackNumber", "text[]", "a number to call back"],
  ["destinationAddresses:destinationAddress", "text[]", "an address that a transfer went to"],
  ["journeyActionId", "code", "the web journey's action"],
  ["journeyActionMapId", "code", "the action map that led to it"],
  ["|journeyActionMapVersion", "code", "the version of that map"],
  ["journeyCustomerId", "code", "the customer's id in the web journey"],
  ["journeyCustomerIdType", "code", "the kind of that id"],
  ["journeyCustomerSessionId", "code", "the customer's visit to the site"],
  ["|journeyCustomerSessionIdType", "code", "the kind of that visit"],
  ["outboundCampaignId", "code", "the campaign that dialled"],
  ["outboundContactId", "code", "the contact that was dialled"],
  ["outboundContactListId", "code", "the list of that contact"],
];

const OWN_SEGMENT: readonly Line[] = [
  ["errorCode", "code", "an error on a segment of this leg or visit"],
  ["groupId", "code", "a group that it rang"],
  ["destinationConversationId", "code", "a conversation that it was transferred to"],
  ["conference", "flag", "whether a segment was a conference"],
  ["sipResponseCodes:sipResponseCode", "code[]", "an answer of the telephone protocol"],
  ["subject", "text", "an e-mail's subject"],
  ["wrapUpNote", "text", "the note that an agent wrote with the code"],
];

const OWN_PROPOSED_AGENT: readonly Line[] = [
  ["|proposedAgentId", "code", "an agent that routing proposed"],
  ["|agentRank", "score", "the rank of an agent that routing proposed"],
];

const OWN_SCORED_AGENT: readonly Line[] = [
  ["scoredAgentId", "code", "an agent that routing scored"],
  ["|agentScore", "score", "the score that routing gave to an agent"],
];

const ANY_FLOW: readonly Line[] = [
  ["exitReason", "code", "how a flow ended"],
  ["flowVersion", "code", "the version of a flow"],
  ["transferType", "code", "the kind of a flow's transfer"],
  ["transferTargetName", "text", "whom a flow transferred to"],
  ["transferTargetAddress", "text", "the address that a flow transferred to"],
];

const ANY_OUTCOME: readonly Line[] = [
  ["flowOutcomeId", "code", "an outcome that a flow reported"],
  ["flowOutcome", "code", "the name of an outcome as the flow reported it"],
  ["flowOutcomeValue", "code", "SUCCESS, FAILURE, … of an outcome"],
];

const OWN_PARTICIPANT: readonly Line[] = [
  ["purpose", "code", "agent, user, acd, … of this leg or visit"],
  ["teamId", "code", "the agent's team"],
  ["screenRecording", "flag", "whether the agent's screen was recorded"],
];

const ANY_PARTICIPANT: readonly Line[] = [
  ["participantName", "text", "the name of any participant"],
  ["externalContactId", "code", "a known contact who took part"],
  ["externalOrganizationId", "code", "that contact's organisation"],
  ["flaggedReason", "code", "why a participant was flagged"],
];

const CONVERSATION: readonly Line[] = [
  ["conversationInitiator", "code", "who began it: agent, api, bot, customer, …"],
  ["customerParticipation", "flag", "whether the customer took part"],
  ["externalTag", "text", "the tag that another system gave it"],
  ["originatingSocialMediaPublic", "flag", "whether it began as a public post"],
  ["accessAttributes:accessAttribute", "text[]", "an attribute that decides who may see it"],
  ["|selfServed", "flag", "whether it ended without an agent being asked for"],
  ["|knowledgeBaseIds:knowledgeBaseId", "code[]", "a knowledge base that was used"],
  ["mediaStatsMinConversationMos", "score", "the worst sound quality of its calls, 1 bad to 5 perfect"],
];

const SURVEY: readonly Line[] = [
  ["surveyId", "code", "a survey's id"],
  ["surveyStatus", "code", "how far a survey got"],
  ["surveyType", "code", "the kind of a survey"],
  ["surveyFormId", "code", "a survey's form"],
  ["surveyFormContextId", "code", "that form, whatever its version"],
  ["surveyPartialResponse", "flag", "whether a survey was left half answered"],
  ["surveyCompletedDate", "instant", "when a survey was completed"],
  ["eventTime", "instant", "when something last happened to a survey"],
  ["queueId", "code", "the queue that a survey is about"],
  ["userId", "code", "the user whom a survey is about"],
];

const EVALUATION: readonly Line[] = [
  ["evaluationId", "code", "an evaluation's id"],
  ["evaluationStatus", "code", "how far an evaluation got"],
  ["evaluatorId", "code", "who evaluated"],
  ["assigneeId", "code", "to whom an evaluation is assigned"],
  ["calibrationId", "code", "the calibration that an evaluation belongs to"],
  ["contextId", "code", "an evaluation's form, whatever its version"],
  ["formId", "code", "an evaluation's form"],
  ["formName", "text", "the name of that form"],
  ["queueId", "code", "the queue that an evaluation is about"],
  ["userId", "code", "the user whom an evaluation is about"],
  ["assigneeApplicable", "flag", "whether an evaluation can be assigned"],
  ["deleted", "flag", "whether an evaluation was deleted"],
  ["released", "flag", "whether the agent may see an evaluation"],
  ["rescored", "flag", "whether an evaluation was scored again"],
  ["systemSubmitted", "flag", "whether the system submitted an evaluation"],
  ["eventTime", "instant", "when something last happened to an evaluation"],
  ["oTotalScore", "score", "the total score of an evaluation"],
  ["oTotalCriticalScore", "score", "the score of an evaluation's critical questions"],
];

const RESOLUTION: readonly Line[] = [
  ["nNextContactAvoided", "score", "1 when no further contact followed, 0 when one did"],
];

/** All of them, in the order of the vocabulary. */
export function memberFields(): Field[] {
  return [
    ...CONVERSATION.map((line) => fieldOf("conversation", "conversation", line)),
    ...OWN_SESSION.map((line) => fieldOf("session", "part", line)),
    ...ANY_SESSION.map((line) => fieldOf("session", "conversation", line)),
    ...OWN_SEGMENT.map((line) => fieldOf("segment", "part", line)),
    ...OWN_PROPOSED_AGENT.map((line) => fieldOf("proposedAgent", "part", line)),
    ...OWN_SCORED_AGENT.map((line) => fieldOf("scoredAgent", "part", line)),
    ...OWN_PARTICIPANT.map((line) => fieldOf("participant", "part", line)),
    ...ANY_PARTICIPANT.map((line) => fieldOf("participant", "conversation", line)),
    ...ANY_FLOW.map((line) => fieldOf("flow", "conversation", line)),
    ...ANY_OUTCOME.map((line) => fieldOf("outcome", "conversation", line)),
    ...SURVEY.map((line) => fieldOf("survey", "conversation", line)),
    ...EVALUATION.map((line) => fieldOf("evaluation", "conversation", line)),
    ...RESOLUTION.map((line) => fieldOf("resolution", "conversation", line)),
  ];
}

/** Evaluations, surveys and resolutions have filters of their own, which are not asked: they are evaluated here. */
const FILTER_ARRAYS: Readonly<Partial<Record<Member["at"], "conversationFilters" | "segmentFilters">>> = {
  conversation: "conversationFilters",
  participant: "segmentFilters",
  session: "segmentFilters",
  segment: "segmentFilters",
  scoredAgent: "segmentFilters",
  flow: "segmentFilters",
  outcome: "segmentFilters",
};

function fieldOf(at: Member["at"], of: Member["of"], [words, kind, meaning]: Line): Field {
  const [name = "", dimension = name] = words.replace("|", "").split(":");
  const array = words.startsWith("|") ? undefined : FILTER_ARRAYS[at];
  const isScore = kind.startsWith("score");
  const isInstant = kind === "instant";
  const onePlace = at === "conversation" || (of === "part" && (at === "session" || at === "participant"));
  const several = kind.endsWith("[]") || !onePlace;
  return {
    path: pathOf(at, dimension),
    type: isScore ? "score" : isInstant ? "instant" : kind.startsWith("text") ? "text" : "code",
    home: of === "part" ? "leg" : "conversation",
    column: "member",
    member: { at, name, of, ...(isInstant ? { isInstant } : {}) },
    vendorName: dimension,
    ...(kind === "flag" ? { values: ["true", "false"] } : {}),
    ...(several ? { multiple: true } : {}),
    ...(array === undefined || isInstant ? {} : { pushDown: { array, dimension } }),
    groupable: !isScore && !isInstant,
    filterable: !isInstant,
    meaning,
  };
}

/** Places whose values a reader looks for at another one. */
const PLACE_WORDS: Readonly<Partial<Record<Member["at"], string>>> = {
  outcome: "flow",
  proposedAgent: "session",
  scoredAgent: "segment",
};

/** `session` and `messageType` are `session.message.type`; a word that the place says already is not said twice. */
function pathOf(at: Member["at"], name: string): string {
  const words = name.replace(/^[ot](?=[A-Z])|^n(?=[A-Z])/, "").replaceAll(/[A-Z]/g, (letter) => `.${letter}`);
  const path = words.toLowerCase().replace(/^\./, "");
  const place = PLACE_WORDS[at] ?? at;
  return path.startsWith(`${place}.`) ? path : `${place}.${path}`;
}
