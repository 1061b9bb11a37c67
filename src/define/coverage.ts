/**
 * Which of the vendor's dimensions and metrics the vocabulary has, and why it lacks the others. What is covered is
 * read from the fields and measures themselves; only what is left out is written here, with its reason.
 */
import { factsOf } from "../domain/measure.ts";
import type { Field } from "../domain/field.ts";
import { MEASURES } from "./measure-catalogue.ts";
import { VENDOR_LISTS, type VendorList } from "./vendor-lists.ts";
import { FIELDS } from "./vocabulary.ts";

/** One name of one list: the paths and measures that have it, or the reason why none does; neither is a gap. */
export interface CoverageEntry {
  readonly list: VendorList;
  readonly name: string;
  readonly coveredBy: readonly string[];
  readonly excluded?: string;
}

const INSTANT = "not in this version: an instant; the window chooses by the conversation's start";
const OTHER_NAME = "not in this version: the name of that time; flow.name is the name in the listing of flows";
const SEGMENT_LENGTH = "not in this version: segments are lines of detail reports with a start and an end, not figures";
const NUMBER = "not in this version: a bare number on a session or conversation";
const NESTED = "not in this version: one of several values inside a list of objects of a session or segment";
const NOT_IN_TREE = "not in this version: only the aggregates endpoint tells it, the conversation itself does not";
const NO_MEASURE = "not in this version: no measure is made from this metric";
const OPINION = "not in this version: the service computes it from its own settings; a conversation does not carry it";

/** What is left out, by reason. */
const EXCLUSIONS: readonly (readonly [reason: string, names: string])[] = [
  [INSTANT, "callbackScheduledTime detectedSpeechEnd detectedSpeechStart eventTime surveyCompletedDate"],
  [NUMBER, "mediaCount mediaStatsMinConversationMos eligibleAgentCount waitingInteractionCount"],
  [OTHER_NAME, "flowName"],
  [SEGMENT_LENGTH, "tSegmentDuration"],
  [NESTED, "scoredAgentId agentScore agentRank proposedAgentId"],
  [NOT_IN_TREE, "activeRouting canonicalExternalContactId convertedFrom convertedTo externalMediaCount firstQueue"],
  [NOT_IN_TREE, "interactionType routingPriority stationId videoPresent tWait oServiceTarget"],
  [OPINION, "oServiceLevel oCallbackServiceLevel nOverSla nCallbackOverSla"],
  [NO_MEASURE, "nBlindTransferred nBotInteractions nCallbackAttempts nCallbackScheduled nCfcOffered nCobrowseSessions"],
  [NO_MEASURE, "nConnected nConsult nConsultTransferred nError nFlow nFlowMilestone nFlowOutcome nFlowOutcomeFailed"],
  [NO_MEASURE, "nOutbound nOutboundAbandoned nOutboundAttempted nOutboundConnected nStateTransitionError nTakeover"],
  [NO_MEASURE, "nTransferred oAudioMessageCount oExternalAudioMessageCount oExternalMediaCount oFlowMilestone"],
  [NO_MEASURE, "oMediaCount oMessageCount oMessageSegmentCount oMessageTurn oSkillExpressionApplications tAcd"],
  [NO_MEASURE, "tActiveCallback tActiveCallbackComplete tAgentResponseTime tAgentVideoConnected tAlert"],
  [NO_MEASURE, "tAverageAgentResponseTime tAverageCustomerResponseTime tBarging tCallbackAbandon tCallbackConnect"],
  [NO_MEASURE, "tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered tCfcFlowOut tCoaching"],
  [NO_MEASURE, "tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial tFirstEngagement"],
  [NO_MEASURE, "tFirstResponse tFlow tFlowDisconnect tFlowExit tFlowOut tFlowOutcome tHeld tIvr tMonitoring"],
  [NO_MEASURE, "tMonitoringComplete tNotResponding tPark tParkComplete tScreenMonitoring tShortAbandon"],
  [NO_MEASURE, "tSnippetRecord tTalk tTransmitting tUserResponseTime tVoicemail"],
];

/** Every name of every list. */
export function coverage(): CoverageEntry[] {
  const reasons = new Map(EXCLUSIONS.flatMap(([reason, names]) => names.split(" ").map((name) => [name, reason])));
  return (Object.keys(VENDOR_LISTS) as VendorList[]).flatMap((list) => {
    const holders = holdersFor(list);
    return VENDOR_LISTS[list].map((name): CoverageEntry => {
      const coveredBy = holders.get(name) ?? [];
      const reason = reasons.get(name);
      return { list, name, coveredBy, ...(coveredBy.length === 0 && reason !== undefined ? { excluded: reason } : {}) };
    });
  });
}

/** The fields and measures by the vendor's name; surveys and evaluations have names that others have too. */
function holdersFor(list: VendorList): Map<string, string[]> {
  const place = /^(survey|evaluation|resolution)/.exec(list)?.[0];
  const holders = new Map<string, string[]>();
  const add = (name: string | undefined, holder: string): void => {
    if (name !== undefined) holders.set(name, [...(holders.get(name) ?? []), holder]);
  };
  for (const field of FIELDS.values()) {
    const at = field.member?.at;
    const own = at === "survey" || at === "evaluation" || at === "resolution" ? at : undefined;
    if (own === place) add(vendorNameOf(field), field.path);
  }
  if (place !== undefined) return holders;
  for (const measure of MEASURES.values()) {
    for (const { metric, name } of factsOf([measure]))
      add(metric ?? (name === "conversations" ? "nConversations" : undefined), measure.name);
  }
  return holders;
}

function vendorNameOf({ pushDown, vendorName, metric }: Field): string | undefined {
  if (pushDown) return "dimension" in pushDown ? pushDown.dimension : pushDown.metric;
  return vendorName ?? metric;
}
