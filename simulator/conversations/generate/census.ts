/**
 * Counts in how many conversations each promised feature occurs. The table in docs/simulator-centre.md is written
 * from it, and the tests hold the table against it, so what the documentation promises is what is generated.
 */
import type { Centre, Conversation, Participant, Segment, Session } from "../centre.ts";

/** A conversation laid out flat, so that a feature is one line. */
interface View {
  readonly conversation: Conversation;
  readonly participants: readonly Participant[];
  readonly sessions: readonly Session[];
  readonly segments: readonly Segment[];
  readonly agentLegs: readonly Participant[];
  readonly startAt: number;
  readonly endAt: number | undefined;
  /** How many metrics of this name there are. */
  readonly count: (metric: string) => number;
}

type Feature = (view: View, listed: Listed) => boolean;

/** Ids that the centre's listings show, and the end of the period. */
interface Listed {
  readonly queues: ReadonlySet<string>;
  readonly users: ReadonlyMap<string, unknown>;
  readonly wrapUpCodes: ReadonlySet<string>;
  readonly asOf: number;
}

const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PLAIN_ATTRIBUTES = new Set(["customerTier", "accountNumber", "lastOrder"]);
const EUROPEAN_CHANGE_AT = Date.parse("2024-03-31T01:00:00Z");
const AMERICAN_CHANGE_AT = Date.parse("2024-03-10T07:00:00Z");
/** Milliseconds by which midnight in Jerusalem (winter) comes before midnight UTC. */
const JERUSALEM_LEAD_MS = 7_200_000;
/** The enum values that the generator makes up; in no list of the vendor. */
export const UNKNOWN_VALUES: ReadonlySet<string> = new Set(["hologram", "daydreaming", "teleported"]);

/** Each feature by the name it has in the documentation. */
const FEATURES: Readonly<Record<string, Feature>> = {
  inbound: ({ conversation }) => conversation.originatingDirection === "inbound",
  outbound: ({ conversation }) => conversation.originatingDirection === "outbound",
  "media voice": hasMedia("voice"),
  "media chat": hasMedia("chat"),
  "media message": hasMedia("message"),
  "media email": hasMedia("email"),
  "media callback": hasMedia("callback"),
  "voice with cobrowse": hasMedia("cobrowse"),
  "voice with screenshare": hasMedia("screenshare"),
  "callback with a voice leg": (view, listed) => hasMedia("callback")(view, listed) && hasMedia("voice")(view, listed),
  internal: ({ participants }) => participants.every(({ purpose }) => purpose === "agent" || purpose === "user"),
  "dialled by an agent": ({ count, participants }) =>
    count("tDialing") > 0 && count("nOffered") === 0 && participants.some(({ purpose }) => purpose === "customer"),
  "campaign call": ({ count }) => count("nOutboundAttempted") > 0,
  "offered to a queue": ({ count }) => count("nOffered") > 0,
  "ended in a menu or bot": ({ conversation }) => conversation.selfServed !== undefined,
  "several queues": ({ segments }) => distinct(segments.map(({ queueId }) => queueId)) > 1,
  "several divisions": ({ conversation }) => conversation.divisionIds.length > 1,
  answered: ({ count }) => count("tAnswered") > 0,
  abandoned: ({ count }) => count("tAbandon") > 0,
  "short abandon": ({ count }) => count("tShortAbandon") > 0,
  "flowed out": ({ count }) => count("tFlowOut") > 0,
  "over the service level": ({ count }) => count("nOverSla") > 0,
  "alert not answered": ({ count }) => count("tNotResponding") > 0,
  "not answered and yet wrapped up": ({ sessions }) =>
    sessions.some((session) => hasMetric(session, "tNotResponding") && hasMetric(session, "tAcw")),
  "several agents": ({ agentLegs }) => distinct(agentLegs.map(({ userId }) => userId)) > 1,
  "same agent twice": ({ agentLegs }) =>
    distinct(agentLegs.filter(isHandled).map(({ userId }) => userId)) < agentLegs.filter(isHandled).length,
  "blind transfer": ({ count }) => count("nBlindTransferred") > 0,
  consultation: ({ count }) => count("nConsult") > 0,
  "consult transfer": ({ count }) => count("nConsultTransferred") > 0,
  hold: ({ count }) => count("tHeld") > 0,
  "talk in several stretches": ({ sessions }) => sessions.some((session) => countMetric(session, "tTalk") > 1),
  "after-call work": ({ count }) => count("tAcw") > 0,
  "after-call work skipped": ({ sessions }) => sessions.some((session) => session.acwSkipped === true),
  "after-call work ends after the conversation": ({ segments, endAt }) =>
    endAt !== undefined &&
    segments.some(({ segmentEnd }) => segmentEnd !== undefined && Date.parse(segmentEnd) > endAt),
  "tAcw differs from its segment": ({ sessions }) => sessions.some(acwDiffers),
  "code ININ-WRAP-UP-TIMEOUT": ({ segments }) => segments.some((at) => at.wrapUpCode === "ININ-WRAP-UP-TIMEOUT"),
  "code ININ-WRAP-UP-SKIPPED": ({ segments }) => segments.some((at) => at.wrapUpCode === "ININ-WRAP-UP-SKIPPED"),
  "code ININ-OUTBOUND-…": ({ segments }) => segments.some((at) => at.wrapUpCode?.startsWith("ININ-OUTBOUND-") === true),
  "deleted wrap-up code": ({ segments }, { wrapUpCodes }) =>
    segments.some(({ wrapUpCode: code }) => code !== undefined && UUID.test(code) && !wrapUpCodes.has(code)),
  "deleted queue": ({ segments }, { queues }) =>
    segments.some(({ queueId }) => queueId !== undefined && !queues.has(queueId)),
  "inactive user": ({ participants }, { users }) =>
    participants.some((at) => users.get(at.userId ?? "") === "inactive"),
  "deleted user, listed": ({ participants }, { users }) =>
    participants.some((at) => users.get(at.userId ?? "") === "deleted"),
  "user that no listing shows": ({ participants }, { users }) =>
    participants.some(({ userId }) => userId !== undefined && !users.has(userId)),
  "skills requested": ({ segments }) => segments.some((at) => at.requestedRoutingSkillIds !== undefined),
  "language requested": ({ segments }) => segments.some((at) => at.requestedLanguageId !== undefined),
  flow: ({ sessions }) => sessions.some((session) => session.flow !== undefined),
  "flow outcome": ({ count }) => count("nFlowOutcome") > 0,
  voicemail: ({ count }) => count("tVoicemail") > 0,
  "monitored or joined by a supervisor": ({ count }) => count("tMonitoring") + count("tBarging") > 0,
  nError: ({ count }) => count("nError") > 0,
  "call quality": ({ conversation }) => conversation.mediaStatsMinConversationMos !== undefined,
  survey: ({ conversation }) => conversation.surveys !== undefined,
  "survey with scores": ({ conversation }) =>
    conversation.surveys?.some((at) => at.surveyPromoterScore !== undefined) === true,
  "several surveys": ({ conversation }) => (conversation.surveys?.length ?? 0) > 1,
  evaluation: ({ conversation }) => conversation.evaluations !== undefined,
  resolution: ({ conversation }) => conversation.resolutions !== undefined,
  attributes: ({ participants }) => participants.some(({ attributes }) => attributes !== undefined),
  "hostile attributes": ({ participants }) =>
    participants.some(({ attributes }) => Object.keys(attributes ?? {}).some((key) => !PLAIN_ATTRIBUTES.has(key))),
  "in progress": ({ endAt }) => endAt === undefined,
  "in progress, more than a day old": ({ endAt, startAt }, { asOf }) => endAt === undefined && asOf - startAt > DAY_MS,
  "over midnight UTC": (view) => crossesMidnight(view, 0),
  "over midnight in Jerusalem": (view) => crossesMidnight(view, JERUSALEM_LEAD_MS),
  "longer than a day": ({ startAt, endAt }) => endAt !== undefined && endAt - startAt > DAY_MS,
  "longer than three days": ({ startAt, endAt }) => endAt !== undefined && endAt - startAt > 3 * DAY_MS,
  "over the European clock change": (view) => crosses(view, EUROPEAN_CHANGE_AT),
  "over the American clock change": (view) => crosses(view, AMERICAN_CHANGE_AT),
  "segment before the conversation": ({ segments, startAt }) =>
    segments.some(({ segmentStart }) => Date.parse(segmentStart) < startAt),
  "participants in no order": ({ participants }) => !ascends(participants.map(firstInstant)),
  "segments in no order": ({ sessions }) =>
    sessions.some(({ segments }) => !ascends(segments.map(({ segmentStart }) => segmentStart))),
  "unknown enum value": ({ sessions, segments }) =>
    sessions.some(({ mediaType }) => UNKNOWN_VALUES.has(mediaType)) ||
    segments.some((at) => UNKNOWN_VALUES.has(at.segmentType) || UNKNOWN_VALUES.has(at.disconnectType ?? "")),
};

/** In how many of the centre's conversations each feature occurs; `asOf` is the end of its period in epoch milliseconds. */
export function takeCensus(centre: Centre, asOf: number): Map<string, number> {
  const listed: Listed = {
    queues: new Set(centre.queues.map(({ id }) => id)),
    users: new Map(centre.users.map((user) => [user.id, user.state])),
    wrapUpCodes: new Set(centre.wrapUpCodes.map(({ id }) => id)),
    asOf,
  };
  const counts = new Map(Object.keys(FEATURES).map((name) => [name, 0]));
  for (let index = 0; index < centre.conversations.size; index++) {
    const view = viewOf(centre.conversations.get(index));
    for (const [name, feature] of Object.entries(FEATURES)) {
      if (feature(view, listed)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

function viewOf(conversation: Conversation): View {
  const { participants, conversationEnd } = conversation;
  const sessions = participants.flatMap((participant) => participant.sessions);
  return {
    conversation,
    participants,
    sessions,
    segments: sessions.flatMap(({ segments }) => segments),
    agentLegs: participants.filter(({ purpose }) => purpose === "agent"),
    startAt: Date.parse(conversation.conversationStart),
    endAt: conversationEnd === undefined ? undefined : Date.parse(conversationEnd),
    count: (metric) => sessions.reduce((sum, session) => sum + countMetric(session, metric), 0),
  };
}

function hasMedia(mediaType: string): Feature {
  return ({ sessions }) => sessions.some((session) => session.mediaType === mediaType);
}

function countMetric(session: Session, metric: string): number {
  return session.metrics?.filter(({ name }) => name === metric).length ?? 0;
}

function hasMetric(session: Session, metric: string): boolean {
  return countMetric(session, metric) > 0;
}

function isHandled({ sessions }: Participant): boolean {
  return sessions.some((session) => hasMetric(session, "tTalkComplete"));
}

function acwDiffers(session: Session): boolean {
  const reported = session.metrics?.find(({ name }) => name === "tAcw")?.value;
  const segment = session.segments.find(({ segmentType }) => segmentType === "wrapup");
  if (reported === undefined || segment?.segmentEnd === undefined) return false;
  return Date.parse(segment.segmentEnd) - Date.parse(segment.segmentStart) !== reported;
}

function distinct(values: readonly (string | undefined)[]): number {
  return new Set(values.filter((value) => value !== undefined)).size;
}

function crossesMidnight({ startAt, endAt }: View, leadMs: number): boolean {
  if (endAt === undefined) return false;
  return Math.floor((startAt + leadMs) / DAY_MS) !== Math.floor((endAt + leadMs) / DAY_MS);
}

function crosses({ startAt, endAt }: View, at: number): boolean {
  return endAt !== undefined && startAt < at && endAt > at;
}

function firstInstant({ sessions }: Participant): string {
  return sessions.flatMap(({ segments }) => segments.map(({ segmentStart }) => segmentStart)).sort()[0] ?? "";
}

function ascends(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? "") <= value);
}
