// The figures of a report a second time, the slow way: for each conversation the ways in which it touched a group, as
// the head of src/aggregate/touch-rows.ts and PRODUCT.md describe them, then sets of units and sums over them, group by
// group. Reads the vendor's tree itself; nothing of src/ is imported.

import { divide } from "./raw-month.ts";

/** The vendor's tree, as far as it is read. */
export interface Tree {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd?: string;
  readonly originatingDirection?: string;
  readonly divisionIds?: readonly string[];
  readonly mediaStatsMinConversationMos?: number;
  readonly surveys?: readonly {
    readonly surveyStatus?: string;
    readonly oSurveyTotalScore?: number;
    readonly surveyPromoterScore?: number;
  }[];
  readonly evaluations?: readonly (Loose & {
    readonly evaluationStatus?: string;
    readonly oTotalScore?: number;
    readonly oTotalCriticalScore?: number;
  })[];
  readonly participants: readonly {
    readonly purpose: string;
    readonly userId?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly sessions: readonly TreeSession[];
  }[];
}

interface TreeSession {
  readonly mediaType?: string;
  readonly ani?: string;
  readonly dnis?: string;
  readonly flow?: { readonly flowId?: string; readonly flowName?: string; readonly outcomes?: readonly Loose[] };
  readonly segments: readonly {
    readonly segmentStart: string;
    readonly segmentEnd?: string;
    readonly queueId?: string;
    readonly wrapUpCode?: string;
    readonly requestedRoutingSkillIds?: readonly string[];
    readonly requestedLanguageId?: string;
  }[];
  readonly metrics?: readonly { readonly name: string; readonly value: number }[];
}

/** A session with what matters about it. */
export interface Stay {
  readonly kind: "leg" | "visit" | "other";
  readonly media: string;
  readonly queue: string | null;
  readonly user: string | null;
  readonly codes: readonly string[];
  readonly skills: readonly string[];
  /** What it is made from. */
  readonly raw: Readonly<Record<string, readonly Loose[]>>;
  readonly languages: readonly string[];
  readonly startedAt: number;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

/** One way in which a conversation touched a group. Stays are compared as objects: each is one unit. */
export interface Way {
  readonly tree: Tree;
  readonly place: Stay | null;
  readonly leg: Stay | null;
  readonly visit: Stay | null;
  readonly code: string | null;
  readonly division: string | null;
  /** Every stay of the conversation, whether it is a way or not. */
  readonly stays: readonly Stay[];
  /** One value of each list that the ways were split over, where it has any. */
  readonly chosen: Readonly<Record<string, string | number>>;
}

/** Every way of a conversation, for each of its divisions and of a leg's wrap-up codes. */
export function waysOf(tree: Tree): Way[] {
  const stays = tree.participants.flatMap((participant) =>
    participant.sessions.map((session) => readStay(tree, participant, session)),
  );
  const visitOf = matchLegs(stays, tree.originatingDirection !== "outbound");
  const rows: { place: Stay | null; leg: Stay | null; visit: Stay | null }[] = [];
  for (const leg of stays.filter(({ kind }) => kind === "leg"))
    rows.push({ place: leg, leg, visit: visitOf.get(leg) ?? null });
  const led = new Set(visitOf.values());
  for (const visit of stays.filter(({ kind }) => kind === "visit"))
    if (!led.has(visit)) rows.push({ place: visit, leg: null, visit });
  const others = stays.filter(({ kind }) => kind === "other");
  for (const place of [...others.filter(({ queue }) => queue !== null), ...others]) {
    const seen = rows.some((row) => row.place?.media === place.media && [null, row.place.queue].includes(place.queue));
    if (!seen) rows.push({ place, leg: null, visit: null });
  }
  if (rows.length === 0) rows.push({ place: null, leg: null, visit: null });
  return rows.flatMap((row) =>
    orNull(row.leg?.codes).flatMap((code) =>
      orNull(tree.divisionIds).map((division) => ({ tree, ...row, code, division, stays, chosen: {} })),
    ),
  );
}

/** A list that a way can be split over: what it is asked for by, and its values on a way. */
export const SPLITS: Readonly<Record<string, (way: Way) => readonly (string | number)[]>> = {
  "routing.skill": ({ visit, place }) => (visit !== null && visit.skills.length > 0 ? visit : place)?.skills ?? [],
  "routing.language": ({ visit, place }) =>
    (visit !== null && visit.languages.length > 0 ? visit : place)?.languages ?? [],
  flow: ({ tree }) => sessionsOf(tree).flatMap(({ flow }) => flow?.flowId ?? []),
  "customer.ani": ({ tree }) => sessionsOf(tree, "customer").flatMap(({ ani }) => ani ?? []),
  "customer.dnis": ({ tree }) => sessionsOf(tree, "customer").flatMap(({ dnis }) => dnis ?? []),
  "survey.score": ({ tree }) => (tree.surveys ?? []).flatMap(({ oSurveyTotalScore }) => oSurveyTotalScore ?? []),
  "survey.nps": ({ tree }) => (tree.surveys ?? []).flatMap(({ surveyPromoterScore }) => surveyPromoterScore ?? []),
};

/** What a member can be read from: what a way stands on, or the whole conversation. */
type Loose = Readonly<Record<string, unknown>>;

/**
 * Members that a report can ask for by name: its path and its place. Written anew from the API's description of the
 * tree, so that a slip in the vocabulary is not copied.
 */
const OWN = {
  session: [
    "provider direction messageType usedRouting requestedRoutings deliveryStatus extendedDeliveryStatus flowOutType",
    "agentAssistantId agentOwned authenticated cleared deliveryPushed recording snippetRecording edgeId engagementSource",
    "protocolCallId remote remoteNameDisplayable scriptId skillExpressionId bargedParticipantId coachedParticipantId",
    "monitoredParticipantId screenMonitoredUserId sessionId activeSkillIds removedSkillIds agentBullseyeRing routingRing",
    "routingRule routingRuleType selectedAgentId selectedAgentRank assignerId flowInType peerId roomId",
  ],
  segment: ["errorCode groupId destinationConversationId conference sipResponseCodes subject wrapUpNote"],
  participant: ["purpose teamId screenRecording"],
} as const;
const WHOLE = {
  session: [
    "addressFrom addressTo sessionDnis callbackNumbers destinationAddresses journeyActionId journeyActionMapId",
    "journeyActionMapVersion journeyCustomerId journeyCustomerIdType journeyCustomerSessionId",
    "journeyCustomerSessionIdType outboundCampaignId outboundContactId outboundContactListId",
  ],
  participant: ["participantName externalContactId externalOrganizationId flaggedReason"],
  flow: ["exitReason flowVersion transferType transferTargetName transferTargetAddress"],
  outcomes: ["flowOutcomeId flowOutcome flowOutcomeValue"],
  surveys: ["surveyId surveyStatus surveyType surveyFormId surveyFormContextId surveyPartialResponse queueId userId"],
  evaluations: [
    "evaluationId evaluationStatus evaluatorId assigneeId calibrationId contextId formId formName queueId userId",
    "assigneeApplicable deleted released rescored systemSubmitted",
  ],
  conversation: [
    "conversationInitiator customerParticipation externalTag originatingSocialMediaPublic accessAttributes selfServed",
    "knowledgeBaseIds",
  ],
} as const;

/** The members of OWN and WHOLE by the path that a report asks for them by. */
export const MEMBER_READERS: ReadonlyMap<string, (way: Way) => readonly (string | number)[]> = new Map([
  ...readers(OWN, ({ place }, where) => place?.raw[where] ?? []),
  ...readers(WHOLE, ({ tree }, where) => placesIn(tree, where)),
  ["flow.recorded.name", ({ tree }: Way) => sessionsOf(tree).flatMap(({ flow }) => flow?.flowName ?? [])],
  ["session.proposed.agent.id", ({ place }: Way) => inside(place?.raw.session, "proposedAgents", "proposedAgentId")],
  ["segment.scored.agent.id", ({ place }: Way) => inside(place?.raw.segment, "scoredAgents", "scoredAgentId")],
  [
    "conversation.attribute.customerTier",
    ({ tree }: Way) => tree.participants.flatMap(({ attributes }) => attributes?.customerTier || []),
  ],
]);

/** The texts of a member in the lists that places hold. */
function inside(places: readonly Loose[] = [], list: string, member: string): string[] {
  return places
    .flatMap((place) => (place[list] ?? []) as readonly Loose[])
    .flatMap((entry) => (typeof entry[member] === "string" ? entry[member] : []));
}

function readers(
  members: Readonly<Record<string, readonly string[]>>,
  placesOf: (way: Way, where: string) => readonly Loose[],
): [string, (way: Way) => readonly string[]][] {
  return Object.entries(members).flatMap(([where, lines]) =>
    lines
      .join(" ")
      .split(" ")
      .map((member): [string, (way: Way) => readonly string[]] => [
        pathFor(where.replace(/^outcomes$/, "flow").replace(/s$/, ""), member),
        (way) =>
          placesOf(way, where)
            .flatMap((place) => place[member] ?? [])
            .filter((value) => value !== "")
            .map(String),
      ]),
  );
}

/** `session.requested.routing` for the requestedRoutings of a session. */
function pathFor(place: string, member: string): string {
  const words = [
    ...member.replace(/(address|number|routing|id|code|attribute)(e?s)$/i, "$1").matchAll(/^[a-z]+|[A-Z][a-z]*/g),
  ];
  const path = words.map(([word]) => word.toLowerCase());
  return (path[0] === place && path.length > 1 ? path : [place, ...path]).join(".");
}

function placesIn(tree: Tree, where: string): readonly Loose[] {
  const flows = sessionsOf(tree).flatMap(({ flow }) => flow ?? []);
  const places: Readonly<Record<string, () => readonly Loose[]>> = {
    conversation: () => [{ ...tree }],
    participant: () => tree.participants.map((participant) => ({ ...participant })),
    session: () => sessionsOf(tree).map((session) => ({ ...session })),
    flow: () => flows.map((flow) => ({ ...flow })),
    outcomes: () => flows.flatMap(({ outcomes }) => outcomes ?? []),
    surveys: () => (tree.surveys ?? []).map((survey) => ({ ...survey })),
    evaluations: () => tree.evaluations ?? [],
  };
  return places[where]?.() ?? [];
}

/** A way for each value that it has of each of some lists. */
export function splitWays(ways: readonly Way[], lists: readonly string[]): readonly Way[] {
  let split = ways;
  for (const list of lists) {
    split = split.flatMap((way) => {
      const values = [...new Set((SPLITS[list] ?? MEMBER_READERS.get(list))?.(way))];
      return values.length === 0
        ? [way]
        : values.map((value) => ({ ...way, chosen: { ...way.chosen, [list]: value } }));
    });
  }
  return split;
}

function sessionsOf({ participants }: Tree, of?: string): TreeSession[] {
  return participants
    .filter(({ purpose }) => of === undefined || purpose === of)
    .flatMap((participant) => participant.sessions);
}

function orNull(values: readonly string[] | undefined): readonly (string | null)[] {
  return values === undefined || values.length === 0 ? [null] : values;
}

function readStay(tree: Tree, participant: Tree["participants"][number], session: TreeSession): Stay {
  const { purpose, userId } = participant;
  const segments = [...session.segments].sort((a, b) => Date.parse(a.segmentStart) - Date.parse(b.segmentStart));
  const metrics = session.metrics ?? [];
  const emits = (...names: string[]): boolean => metrics.some(({ name }) => names.includes(name));
  const kind =
    purpose === "agent" || purpose === "user"
      ? "leg"
      : purpose === "acd"
        ? "visit"
        : emits("tAnswered", "tTalkComplete", "tHandle")
          ? "leg"
          : emits("nOffered", "tAbandon", "tFlowOut")
            ? "visit"
            : "other";
  return {
    kind,
    media: session.mediaType ?? "unknown",
    queue: segments.find(({ queueId }) => queueId !== undefined)?.queueId ?? null,
    user: kind === "leg" ? (userId ?? null) : null,
    raw: { session: [{ ...session }], segment: segments, participant: [{ ...participant }] },
    skills: segments.flatMap(({ requestedRoutingSkillIds }) => requestedRoutingSkillIds ?? []),
    languages: segments.flatMap(({ requestedLanguageId }) => requestedLanguageId ?? []),
    codes: [...new Set(segments.map(({ wrapUpCode }) => wrapUpCode).filter((code) => code !== undefined))],
    startedAt: Date.parse(segments[0]?.segmentStart ?? tree.conversationStart),
    metrics,
  };
}

/** Two seconds of tolerance; then, in conversations that did not begin outbound, whatever visit is left. */
function matchLegs(stays: readonly Stay[], mayBeLate: boolean): Map<Stay, Stay> {
  const matched = new Map<Stay, Stay>();
  const legs = stays.filter(({ kind, queue }) => kind === "leg" && queue !== null);
  legs.sort((a, b) => a.startedAt - b.startedAt);
  const visitsFor = (leg: Stay): Stay[] =>
    stays
      .filter(({ kind, queue, media }) => kind === "visit" && queue === leg.queue && media === leg.media)
      .sort((a, b) => a.startedAt - b.startedAt);
  for (const leg of legs) {
    const begun = visitsFor(leg).findLast(({ startedAt }) => startedAt <= leg.startedAt + 2000);
    if (begun) matched.set(leg, begun);
  }
  for (const leg of mayBeLate ? legs : []) {
    const free = visitsFor(leg).find((visit) => ![...matched.values()].includes(visit));
    if (!matched.has(leg) && free) matched.set(leg, free);
  }
  return matched;
}

/** End minus start in milliseconds; null while in progress. */
export function durationOf({ conversationStart, conversationEnd }: Tree): number | null {
  return conversationEnd === undefined ? null : Date.parse(conversationEnd) - Date.parse(conversationStart);
}

/** Milliseconds of a metric on a leg; null when it was not emitted. */
export function metricOf(leg: Stay | null, name: string): number | null {
  const values = (leg?.metrics ?? []).filter((metric) => metric.name === name).map(({ value }) => value);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** Legs by code, the codes in the order of their code points. */
export function countCodes(ways: readonly Way[]): Record<string, number> {
  const codes = [...new Set(ways.map(({ code }) => code))].filter((code) => code !== null).sort(byCodePoint);
  return Object.fromEntries(
    codes.map((code) => [code, new Set(ways.filter((way) => way.code === code).map(({ leg }) => leg)).size]),
  );
}

/** An exact quotient, rounded half away from zero; null over nothing. */
export function ratio(dividend: bigint, divisor: bigint, decimals: number): number | null {
  if (divisor === 0n) return null;
  const size = Number.parseFloat(divide(dividend < 0n ? -dividend : dividend, divisor, decimals));
  return dividend < 0n ? -size : size;
}

/** Orders texts by code point; `<` would go by UTF-16 unit and put an emoji before a full-width sign. */
export function byCodePoint(left: string, right: string): number {
  const [mine, other] = [Array.from(left), Array.from(right)];
  for (const [index, sign] of mine.entries()) {
    const difference = (sign.codePointAt(0) ?? 0) - (other[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return mine.length - other.length;
}

/** Makes the function that gives the bucket of an instant as a report shows it, from the runtime's own clock of the zone. */
export function bucketsIn(timeZone: string): (instant: string, width: string) => string | number {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "longOffset",
  });
  return (instant, width) => bucketOf(clock.formatToParts(Date.parse(instant)), width);
}

function bucketOf(parts: readonly Intl.DateTimeFormatPart[], width: string): string | number {
  const part = (type: string): string => parts.find((entry) => entry.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  const offset = part("timeZoneName") === "GMT" ? "+00:00" : part("timeZoneName").slice(3);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const minutes = (each: number): string => String(Math.floor(Number(part("minute")) / each) * each).padStart(2, "0");
  switch (width) {
    case "minute15":
      return `${day}T${part("hour")}:${minutes(15)}${offset}`;
    case "minute30":
      return `${day}T${part("hour")}:${minutes(30)}${offset}`;
    case "hour":
      return `${day}T${part("hour")}:00${offset}`;
    case "day":
      return day;
    case "week":
      return new Date(Date.parse(`${day}T00:00:00Z`) - weekday * 86_400_000).toISOString().slice(0, 10);
    case "month":
      return `${day.slice(0, 7)}-01`;
    case "hour_of_day":
      return Number(part("hour"));
    default:
      return weekday + 1;
  }
}
