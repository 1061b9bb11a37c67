/**
 * The vendor's metrics as paths: `metric.tAlert`. The word is the vendor's; `t…` are seconds, `n…` counts and `o…` bare
 * numbers. A metric that is known to sit on agents' legs or on visits to a queue belongs there; all others, and those
 * whose place is not documented, belong to the conversation, which adds them wherever they sit.
 */
import type { Field, Home } from "../domain/field.ts";

/** metric, meaning */
type Line = readonly [metric: string, meaning: string];

const ON_LEGS: readonly Line[] = [
  ["nBlindTransferred", "transfers by the agent without speaking to the next one first"],
  ["nConsult", "consultations that the agent began with a third party"],
  ["nConsultTransferred", "transfers by the agent after a consultation"],
  ["nTransferred", "transfers by the agent, of whatever kind"],
  ["nOutbound", "contacts that the agent began"],
  ["tAcw", "after-call work of the leg"],
  ["tActiveCallback", "stretches in which the agent worked on a callback"],
  ["tActiveCallbackComplete", "work on a callback, told once when the leg ended"],
  ["tAlert", "ringing at the agent, answered or not"],
  ["tAnswered", "how long the customer had waited when the agent answered"],
  ["tBarging", "how long a supervisor joined in the talk of others"],
  ["tCoaching", "stretches in which a supervisor coached an agent unheard by the customer"],
  ["tCoachingComplete", "that coaching, told once when it ended"],
  ["tContacting", "outbound: reaching the customer after dialling"],
  ["tDialing", "outbound: dialling, until the far end rang or took it"],
  ["tHandle", "talk, hold, after-call work, dialling and contacting of the leg together"],
  ["tHeld", "stretches on hold, each told as it ended"],
  ["tHeldComplete", "hold time of the leg, told once when it ended"],
  ["tMonitoring", "stretches in which a supervisor listened"],
  ["tMonitoringComplete", "that listening, told once when it ended"],
  ["tNotResponding", "ringing at an agent who did not take it"],
  ["tTalk", "stretches of talk, each told as it ended"],
  ["tTalkComplete", "talk time of the leg, told once when it ended"],
];

const ON_VISITS: readonly Line[] = [
  ["nOffered", "offers to a queue"],
  ["tAbandon", "how long the customer waited in the queue before giving up"],
  ["tAcd", "time in the queue, however it ended"],
  ["tFlowOut", "wait of a visit that left the queue for a flow or voicemail unanswered"],
  ["tShortAbandon", "wait of an abandon below the threshold of short ones; part of tAbandon too"],
];

const ON_CONVERSATIONS: readonly Line[] = [
  ["nBotInteractions", "interactions with a bot"],
  ["nCallbackAttempts", "attempts to reach the customer for a callback"],
  ["nCallbackOverSla", "callbacks that were made later than their threshold"],
  ["nCallbackScheduled", "callbacks that were put into the calendar"],
  ["nCfcOffered", "offers of a callback to the first caller in line"],
  ["nCobrowseSessions", "sessions of browsing together"],
  ["nConnected", "connections of a session, such as the customer's"],
  ["nError", "errors, of whatever session"],
  ["nFlow", "flows that were entered"],
  ["nFlowMilestone", "milestones that flows passed"],
  ["nFlowOutcome", "outcomes that flows reported, good or bad"],
  ["nFlowOutcomeFailed", "outcomes that flows reported as failed"],
  ["nOutboundAbandoned", "campaign calls that were taken by the customer and by no agent in time"],
  ["nOutboundAttempted", "campaign calls that were dialled"],
  ["nOutboundConnected", "campaign calls that the customer took"],
  ["nOverSla", "answers or offers beyond the queue's service level; some sit on the visit, some on the leg"],
  ["nStateTransitionError", "states that the service could not follow"],
  ["nTakeover", "take-overs of a conversation by another agent"],
  ["oAudioMessageCount", "audio messages"],
  ["oExternalAudioMessageCount", "audio messages from outside"],
  ["oExternalMediaCount", "pictures and files from outside"],
  ["oFlowMilestone", "the number that flow milestones reported"],
  ["oMediaCount", "pictures and files in messages"],
  ["oMessageCount", "messages"],
  ["oMessageSegmentCount", "parts that messages were sent in"],
  ["oMessageTurn", "turns between the customer and the other side"],
  ["oSkillExpressionApplications", "how often an expression of skills was applied in routing"],
  ["tAgentResponseTime", "how long agents took to answer messages"],
  ["tAgentVideoConnected", "how long an agent's video was on"],
  ["tAverageAgentResponseTime", "the service's average of how long an agent took to answer a message"],
  ["tAverageCustomerResponseTime", "the service's average of how long a customer took to answer a message"],
  ["tCallbackAbandon", "wait for a callback that the customer gave up"],
  ["tCallbackConnect", "from the wish for a callback to the customer's answering it"],
  ["tCallbackNotReached", "from the wish for a callback to the last attempt that reached nobody"],
  ["tCallbackVirtualWait", "how long a callback kept its place in the queue"],
  ["tCfcAbandon", "wait of a customer-first callback that the customer gave up"],
  ["tCfcAcd", "time of a customer-first callback in the queue"],
  ["tCfcAnswered", "wait of a customer-first callback that an agent answered"],
  ["tCfcFlowOut", "wait of a customer-first callback that left the queue for a flow"],
  ["tConnected", "how long a session, such as the customer's, was connected"],
  ["tFirstConnect", "from the start to the first connection"],
  ["tFirstDial", "from the start to the first dialling"],
  ["tFirstEngagement", "from the customer's first message to the first agent's joining"],
  ["tFirstResponse", "from the customer's first message to the first agent's answer"],
  ["tFlow", "time in flows"],
  ["tFlowDisconnect", "time in flows in which the contact ended"],
  ["tFlowExit", "time in flows that handed the contact on"],
  ["tFlowOutcome", "time in flows until an outcome was reported"],
  ["tIvr", "time in menus"],
  ["tPark", "stretches in which a message or e-mail was laid aside"],
  ["tParkComplete", "that laying aside, told once when it ended"],
  ["tScreenMonitoring", "how long an agent's screen was watched"],
  ["tSnippetRecord", "how long a part was recorded by hand"],
  ["tTransmitting", "how long something was being sent, such as a fax"],
  ["tUserResponseTime", "how long users took to answer messages"],
  ["tVoicemail", "how long voicemail was left"],
];

/** All of them; two are computed from start and end and sit on no session. */
export function metricFields(): Field[] {
  return [
    {
      ...metricField("conversation", ["tConversationDuration", "end minus start; empty while it is in progress"]),
      column: "durationMs",
    },
    ...ON_CONVERSATIONS.map((line) => metricField("conversation", line)),
    ...ON_VISITS.map((line) => metricField("visit", line)),
    ...ON_LEGS.map((line) => metricField("leg", line)),
    {
      path: "metric.tSegmentDuration",
      type: "number",
      home: "segment",
      column: "segmentMs",
      vendorName: "tSegmentDuration",
      groupable: false,
      filterable: false,
      meaning: "end minus start of the segment; filters choose legs and visits, not segments",
    },
  ];
}

function metricField(home: Home, [metric, meaning]: Line): Field {
  return {
    path: `metric.${metric}`,
    type: metric.startsWith("t") ? "number" : "score",
    home,
    column: "metricSum",
    metric,
    pushDown: { array: "conversationFilters", metric },
    groupable: false,
    filterable: true,
    meaning,
  };
}
