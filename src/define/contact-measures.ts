/** Measures of conversations: how many, how long, menus and flows, callbacks, campaigns, messages. */
import type { Fact } from "../domain/fact.ts";
import type { Measure } from "../domain/measure.ts";
import { added, counted, FACTS as facts, measure, quotient, sum, termQuotient, times } from "./measure-facts.ts";

const MENUS = "voice, where menus are";
const CALLBACKS = "callback";
const CAMPAIGNS = "outbound campaigns";
const WRITTEN = "chat, message, email";

const { conversations, durationMs, endedConversations, holdMs, menuConversations, talkMs } = facts;

/** They and what is measured against their length. */
export const CONTACT_MEASURES: readonly Measure[] = [
  measure(
    "conversation_count",
    "count",
    "conversation",
    sum(conversations),
    "distinct conversations that touched the group",
  ),
  measure(
    "open_conversations",
    "count",
    "conversation",
    sum(facts.openConversations),
    "conversations still in progress when they were fetched",
  ),
  measure(
    "handled_conversations",
    "count",
    "conversation",
    sum(facts.handledConversations),
    "conversations of which an agent handled some leg (tHandle)",
  ),
  measure(
    "total_duration_seconds",
    "seconds",
    "conversation",
    sum(durationMs),
    "end minus start of ended conversations, added",
  ),
  measure(
    "avg_duration_seconds",
    "seconds",
    "conversation",
    quotient(durationMs, endedConversations),
    "mean of end minus start over ended conversations",
  ),
  measure(
    "talk_ratio",
    "ratio",
    "conversation",
    quotient(talkMs, durationMs),
    "talk time ÷ total duration; empty without a duration",
  ),
  measure(
    "hold_ratio",
    "ratio",
    "conversation",
    quotient(holdMs, durationMs),
    "hold time ÷ total duration; empty without a duration",
  ),
  measure(
    "efficiency_score",
    "score",
    "conversation",
    // 100 − 50 × hold ÷ duration, over one denominator.
    { ...termQuotient([times(100, durationMs), times(-50, holdMs)], [times(1, durationMs)]), floor: 0 },
    "100 − 50 × hold_ratio, at least 0; empty without a duration",
  ),
];

/** Menus, bots and flows. */
export const FLOW_MEASURES: readonly Measure[] = [
  measure(
    "ivr_conversations",
    "count",
    "conversation",
    sum(menuConversations),
    "conversations that passed a menu (tIvr)",
    MENUS,
  ),
  measure("ivr_seconds", "seconds", "conversation", sum(whole("tIvr")), "time in menus (tIvr), added", MENUS),
  measure(
    "avg_ivr_seconds",
    "seconds",
    "conversation",
    quotient(whole("tIvr"), menuConversations),
    "time in menus for each conversation that passed one",
    MENUS,
  ),
  measure(
    "ivr_contained",
    "count",
    "conversation",
    sum(facts.contained),
    "conversations that ended in a menu: neither a queue nor an agent was reached",
    MENUS,
  ),
  measure(
    "ivr_containment_rate",
    "ratio",
    "conversation",
    quotient(facts.contained, menuConversations),
    "ivr_contained ÷ conversations that passed a menu",
    MENUS,
  ),
  measure("flow_seconds", "seconds", "conversation", sum(whole("tFlow")), "time in flows of every kind (tFlow), added"),
  measure(
    "flow_outcomes",
    "count",
    "conversation",
    sum(events("nFlowOutcome")),
    "outcomes that flows reported, good or bad",
  ),
  measure(
    "flow_outcome_failure_rate",
    "ratio",
    "conversation",
    quotient(events("nFlowOutcomeFailed"), events("nFlowOutcome")),
    "outcomes reported as failed ÷ outcomes",
  ),
  measure(
    "bot_interactions",
    "count",
    "conversation",
    sum(events("nBotInteractions")),
    "interactions with a bot (nBotInteractions)",
  ),
  measure("voicemails", "count", "conversation", sum(events("tVoicemail")), "voicemails left (tVoicemail)", "voice"),
  measure("errors", "count", "conversation", sum(events("nError")), "errors, of whatever session (nError)"),
  measure(
    "over_sla",
    "count",
    "conversation",
    sum(events("nOverSla")),
    "answers and offers beyond the queue's own service level, as the service marks them (nOverSla)",
  ),
];

/** Callbacks. */
export const CALLBACK_MEASURES: readonly Measure[] = [
  measure(
    "callbacks_scheduled",
    "count",
    "conversation",
    sum(events("nCallbackScheduled")),
    "callbacks put into the calendar",
    CALLBACKS,
  ),
  measure(
    "callback_attempts",
    "count",
    "conversation",
    sum(events("nCallbackAttempts")),
    "attempts to reach the customer",
    CALLBACKS,
  ),
  measure(
    "callbacks_connected",
    "count",
    "conversation",
    sum(events("tCallbackConnect")),
    "callbacks that the customer answered (tCallbackConnect)",
    CALLBACKS,
  ),
  measure(
    "callbacks_not_reached",
    "count",
    "conversation",
    sum(events("tCallbackNotReached")),
    "callbacks whose last attempt reached nobody",
    CALLBACKS,
  ),
  measure(
    "callbacks_abandoned",
    "count",
    "conversation",
    sum(events("tCallbackAbandon")),
    "callbacks that the customer gave up (tCallbackAbandon)",
    CALLBACKS,
  ),
  measure(
    "avg_callback_connect_seconds",
    "seconds",
    "conversation",
    quotient(whole("tCallbackConnect"), events("tCallbackConnect")),
    "from the wish for a callback to the customer's answering it, for each that was",
    CALLBACKS,
  ),
];

/** Campaigns. */
export const CAMPAIGN_MEASURES: readonly Measure[] = [
  measure(
    "outbound_attempted",
    "count",
    "conversation",
    sum(events("nOutboundAttempted")),
    "campaign calls that were dialled",
    CAMPAIGNS,
  ),
  measure(
    "outbound_connected",
    "count",
    "conversation",
    sum(events("nOutboundConnected")),
    "campaign calls that the customer took",
    CAMPAIGNS,
  ),
  measure(
    "outbound_abandoned",
    "count",
    "conversation",
    sum(events("nOutboundAbandoned")),
    "campaign calls that the customer took and no agent in time",
    CAMPAIGNS,
  ),
  measure(
    "outbound_connect_rate",
    "ratio",
    "conversation",
    quotient(events("nOutboundConnected"), events("nOutboundAttempted")),
    "taken ÷ dialled campaign calls",
    CAMPAIGNS,
  ),
  measure(
    "outbound_abandon_rate",
    "ratio",
    "conversation",
    quotient(events("nOutboundAbandoned"), events("nOutboundConnected")),
    "campaign calls without an agent in time ÷ taken ones",
    CAMPAIGNS,
  ),
];

/** Messages. */
export const MESSAGE_MEASURES: readonly Measure[] = [
  measure("messages", "count", "conversation", sum(whole("oMessageCount")), "messages (oMessageCount)", WRITTEN),
  measure(
    "avg_first_response_seconds",
    "seconds",
    "conversation",
    quotient(whole("tFirstResponse"), events("tFirstResponse")),
    "from the customer's first message to the first agent's answer, on average",
    WRITTEN,
  ),
  measure(
    "avg_agent_response_seconds",
    "seconds",
    "conversation",
    quotient(whole("tAgentResponseTime"), events("tAgentResponseTime")),
    "how long agents took to answer a message, on average",
    WRITTEN,
  ),
  measure(
    "avg_user_response_seconds",
    "seconds",
    "conversation",
    quotient(whole("tUserResponseTime"), events("tUserResponseTime")),
    "how long users took to answer a message, on average",
    WRITTEN,
  ),
];

/** Wherever in the conversation the metric sits. */
function whole(metric: string): Fact {
  return added(`whole_${metric}`, "conversation", metric, `sum of ${metric}`);
}

function events(metric: string): Fact {
  return counted(`events_${metric}`, "conversation", metric, `events of ${metric}`);
}
