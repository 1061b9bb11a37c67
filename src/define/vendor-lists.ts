/**
 * The names of the vendor's lists that a report could be about: what the filters of the details query and the
 * conversation aggregates know, as of the API description that the tests hold this table against.
 */

/** Names by list, in the order of the alphabet. */
export const VENDOR_LISTS = {
  "conversationFilters dimension": names([
    "accessAttribute conversationEnd conversationId conversationInitiator conversationStart customerParticipation",
    "divisionId externalTag mediaStatsMinConversationMos originatingDirection originatingSocialMediaPublic",
  ]),
  "conversationFilters metric": names([
    "nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla nCallbackScheduled nCfcOffered",
    "nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError nFlow nFlowMilestone",
    "nFlowOutcome nFlowOutcomeFailed nOffered nOutbound nOutboundAbandoned nOutboundAttempted nOutboundConnected",
    "nOverSla nStateTransitionError nTakeover nTransferred oAudioMessageCount oExternalAudioMessageCount",
    "oExternalMediaCount oFlowMilestone oMediaCount oMessageCount oMessageSegmentCount oMessageTurn",
    "oSkillExpressionApplications tAbandon tAcd tActiveCallback tActiveCallbackComplete tAcw tAgentResponseTime",
    "tAgentVideoConnected tAlert tAnswered tAverageAgentResponseTime tAverageCustomerResponseTime tBarging",
    "tCallbackAbandon tCallbackConnect tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered",
    "tCfcFlowOut tCoaching tCoachingComplete tConnected tContacting tConversationDuration tDialing tFirstConnect",
    "tFirstDial tFirstEngagement tFirstResponse tFlow tFlowDisconnect tFlowExit tFlowOut tFlowOutcome tHandle",
    "tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete tNotResponding tPark tParkComplete",
    "tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime",
    "tVoicemail",
  ]),
  "segmentFilters dimension": names([
    "addressFrom addressTo agentAssistantId agentOwned ani authenticated bargedParticipantId callbackNumber",
    "callbackScheduledTime canonicalExternalContactId cleared coachedParticipantId conference deliveryPushed",
    "deliveryStatus destinationAddress destinationConversationId detectedSpeechEnd detectedSpeechStart direction",
    "disconnectType dnis edgeId engagementSource errorCode exitReason extendedDeliveryStatus externalContactId",
    "externalOrganizationId flaggedReason flowId flowName flowOutType flowOutcome flowOutcomeId flowOutcomeValue",
    "flowVersion groupId journeyActionId journeyActionMapId journeyCustomerId journeyCustomerIdType",
    "journeyCustomerSessionId mediaCount mediaType messageType monitoredParticipantId outboundCampaignId",
    "outboundContactId outboundContactListId participantName protocolCallId provider purpose queueId recording",
    "remote remoteNameDisplayable requestedLanguageId requestedRouting requestedRoutingSkillId scoredAgentId",
    "screenMonitoredUserId screenRecording scriptId segmentEnd segmentType sessionDnis sipResponseCode",
    "skillExpressionId snippetRecording subject teamId transferTargetAddress transferTargetName transferType",
    "usedRouting userId wrapUpCode wrapUpNote",
  ]),
  "segmentFilters metric": names(["tSegmentDuration"]),
  "evaluationFilters dimension": names([
    "assigneeApplicable assigneeId calibrationId contextId deleted evaluationId evaluationStatus evaluatorId",
    "eventTime formId formName queueId released rescored systemSubmitted userId",
  ]),
  "evaluationFilters metric": names(["oTotalCriticalScore oTotalScore"]),
  "surveyFilters dimension": names([
    "eventTime queueId surveyCompletedDate surveyFormContextId surveyFormId surveyId surveyPartialResponse",
    "surveyPromoterScore surveyStatus surveyType userId",
  ]),
  "surveyFilters metric": names(["oSurveyTotalScore"]),
  "resolutionFilters metric": names(["nNextContactAvoided"]),
  "aggregates groupBy": names([
    "activeRouting activeSkillId addressFrom addressTo agentAssistantId agentBullseyeRing agentOwned agentRank",
    "agentScore ani assignerId authenticated conversationId conversationInitiator convertedFrom convertedTo",
    "customerParticipation deliveryStatus destinationAddress direction disconnectType divisionId dnis edgeId",
    "eligibleAgentCount errorCode extendedDeliveryStatus externalContactId externalMediaCount",
    "externalOrganizationId externalTag firstQueue flaggedReason flowInType flowOutType groupId interactionType",
    "journeyActionId journeyActionMapId journeyActionMapVersion journeyCustomerId journeyCustomerIdType",
    "journeyCustomerSessionId journeyCustomerSessionIdType knowledgeBaseId mediaCount mediaType messageType",
    "originatingDirection originatingSocialMediaPublic outboundCampaignId outboundContactId outboundContactListId",
    "participantName peerId proposedAgentId provider purpose queueId remote removedSkillId requestedLanguageId",
    "requestedRouting requestedRoutingSkillId roomId routingPriority routingRing routingRule routingRuleType",
    "scoredAgentId selectedAgentId selectedAgentRank selfServed sessionDnis sessionId skillExpressionId stationId",
    "teamId usedRouting userId videoPresent waitingInteractionCount wrapUpCode",
  ]),
  "aggregates filter": names([
    "activeRouting activeSkillId addressFrom addressTo agentAssistantId agentBullseyeRing agentOwned agentRank",
    "agentScore ani assignerId authenticated canonicalExternalContactId conversationId conversationInitiator",
    "convertedFrom convertedTo customerParticipation deliveryStatus destinationAddress direction disconnectType",
    "divisionId dnis edgeId eligibleAgentCount errorCode extendedDeliveryStatus externalContactId",
    "externalMediaCount externalOrganizationId externalTag firstQueue flaggedReason flowInType flowOutType",
    "groupId interactionType journeyActionId journeyActionMapId journeyActionMapVersion journeyCustomerId",
    "journeyCustomerIdType journeyCustomerSessionId journeyCustomerSessionIdType knowledgeBaseId mediaCount",
    "mediaType messageType originatingDirection originatingSocialMediaPublic outboundCampaignId outboundContactId",
    "outboundContactListId participantName peerId proposedAgentId provider purpose queueId remote removedSkillId",
    "requestedLanguageId requestedRouting requestedRoutingSkillId roomId routingPriority routingRing routingRule",
    "routingRuleType scoredAgentId selectedAgentId selectedAgentRank selfServed sessionDnis sessionId",
    "skillExpressionId stationId teamId usedRouting userId videoPresent waitingInteractionCount wrapUpCode",
  ]),
  "aggregates metrics": names([
    "nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla nCallbackScheduled nCfcOffered",
    "nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError nOffered nOutbound",
    "nOutboundAbandoned nOutboundAttempted nOutboundConnected nOverSla nStateTransitionError nTakeover",
    "nTransferred oAudioMessageCount oCallbackServiceLevel oExternalAudioMessageCount oExternalMediaCount",
    "oMediaCount oMessageCount oMessageSegmentCount oMessageTurn oServiceLevel oServiceTarget",
    "oSkillExpressionApplications tAbandon tAcd tActiveCallback tActiveCallbackComplete tAcw tAgentResponseTime",
    "tAgentVideoConnected tAlert tAnswered tAverageAgentResponseTime tAverageCustomerResponseTime tBarging",
    "tCallbackAbandon tCallbackConnect tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered",
    "tCfcFlowOut tCoaching tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial",
    "tFirstEngagement tFirstResponse tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete",
    "tNotResponding tPark tParkComplete tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete",
    "tTransmitting tUserResponseTime tVoicemail tWait",
  ]),
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of the lists. */
export type VendorList = keyof typeof VENDOR_LISTS;

function names(lines: readonly string[]): readonly string[] {
  return lines.join(" ").split(" ");
}
