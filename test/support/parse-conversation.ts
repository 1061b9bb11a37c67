/**
 * The oracle of `src/genesys/decode-page.ts`: the same record, read in the plainest way from the tree that JSON.parse
 * makes. It is slow and says what each member means in one line.
 */
import type {
  ConversationRecord,
  MetricTotal,
  PartRecord,
  SegmentRecord,
} from "../../src/domain/conversation-record.ts";
import { type Member, memberKey, type MemberValues, memberValues } from "../../src/domain/member.ts";
import type { Reject } from "../../src/domain/page.ts";
import type { RecordNeeds } from "../../src/domain/query-plan.ts";

type Json = Readonly<Record<string, unknown>>;

/** Metrics that make a session a leg or a visit whatever its participant's purpose says. */
const LEG_METRICS = new Set(["tAnswered", "tTalkComplete", "tHandle"]);
const VISIT_METRICS = new Set(["nOffered", "tAbandon", "tFlowOut"]);

/** Reads one conversation; `needs` says which metrics and members and whether segments are kept. */
export function parseConversation(json: unknown, needs: RecordNeeds): ConversationRecord | Reject {
  if (!isObject(json)) return { reason: "not an object" };
  const { conversationId, conversationStart, conversationEnd } = json;
  if (typeof conversationId !== "string" || conversationId === "") return { reason: "no conversationId" };
  const startedAt = instantOf(conversationStart);
  if (startedAt === undefined) return { reason: "no readable conversationStart", conversationId };
  const endedAt = instantOf(conversationEnd);
  const participants = listOf(json.participants).filter(isObject);
  if (conversationEnd !== undefined && conversationEnd !== null && endedAt === undefined)
    return { reason: "no readable conversationEnd", conversationId };
  const uncountable = uncountableMetric(participants, needs);
  if (uncountable !== undefined) return { reason: `no countable ${uncountable}`, conversationId };
  return {
    id: conversationId,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...textMember(json, "originatingDirection", "direction"),
    divisionIds: listOf(json.divisionIds).filter((id) => typeof id === "string"),
    parts: participants.flatMap((participant) => partsOf(participant, startedAt, needs)),
    ...membersOf(needs, {
      conversation: [json],
      attribute: participants.map(({ attributes }) => attributes).filter(isObject),
      survey: listOf(json.surveys).filter(isObject),
      evaluation: listOf(json.evaluations).filter(isObject),
      resolution: listOf(json.resolutions).filter(isObject),
    }),
  };
}

/** The first needed metric whose value is no number, or one too large to be added up exactly. */
function uncountableMetric(participants: readonly Json[], needs: RecordNeeds): string | undefined {
  for (const { sessions } of participants)
    for (const session of listOf(sessions))
      for (const metric of isObject(session) ? listOf(session.metrics) : [])
        if (isObject(metric) && !isCountable(metric.value) && typeof metric.name === "string")
          if (needs.metrics.includes(metric.name)) return metric.name;
  return undefined;
}

/** An absent value is no value; everything else must be exact. */
function isCountable(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function partsOf(participant: Json, conversationStartedAt: number, needs: RecordNeeds): PartRecord[] {
  return listOf(participant.sessions)
    .filter(isObject)
    .map((session) => {
      const segments = listOf(session.segments)
        .filter(isObject)
        .flatMap((segment) => parseSegment(segment, needs))
        .sort((left, right) => left.startedAt - right.startedAt);
      const metrics = totalsOf(session, needs);
      const kind = kindOf(participant, session);
      const queueId = segments.find((segment) => segment.queueId !== undefined)?.queueId;
      const codes = [...new Set(segments.flatMap(({ wrapUpCode }) => wrapUpCode ?? []))];
      const ends = segments.flatMap(({ endedAt }) => endedAt ?? []);
      return {
        kind,
        mediaType: typeof session.mediaType === "string" ? session.mediaType : "unknown",
        ...(queueId === undefined ? {} : { queueId }),
        ...(kind === "leg" ? textMember(participant, "userId", "userId") : {}),
        ...(codes.length > 0 ? { wrapUpCodes: codes } : {}),
        startedAt: segments[0]?.startedAt ?? conversationStartedAt,
        ...(ends.length > 0 && ends.length === segments.length ? { endedAt: Math.max(...ends) } : {}),
        ...(metrics === undefined ? {} : { metrics }),
        ...(needs.segments ? { segments } : {}),
        ...(participant.purpose === "customer" && needs.members?.some((member) => member.of === "customer")
          ? { isCustomer: true }
          : {}),
        ...membersOf(needs, {
          participant: [participant],
          session: [session],
          proposedAgent: listOf(session.proposedAgents).filter(isObject),
          flow: [session.flow].filter(isObject),
          outcome: isObject(session.flow) ? listOf(session.flow.outcomes).filter(isObject) : [],
          ...segmentPlaces(listOf(session.segments).filter(isObject)),
        }),
      };
    });
}

function kindOf(participant: Json, session: Json): PartRecord["kind"] {
  const { purpose } = participant;
  if (purpose === "agent" || purpose === "user") return "leg";
  if (purpose === "acd") return "visit";
  const names = listOf(session.metrics)
    .filter(isObject)
    .flatMap(({ name }) => (typeof name === "string" ? name : []));
  if (names.some((name) => LEG_METRICS.has(name))) return "leg";
  return names.some((name) => VISIT_METRICS.has(name)) ? "visit" : "other";
}

function totalsOf(session: Json, needs: RecordNeeds): Record<string, MetricTotal> | undefined {
  const totals: Record<string, MetricTotal> = {};
  let some = false;
  for (const metric of listOf(session.metrics)) {
    if (!isObject(metric)) continue;
    const { name, value, emitDate } = metric;
    if (typeof name !== "string" || typeof value !== "number" || !needs.metrics.includes(name)) continue;
    const total = totals[name];
    const emittedAt = needs.emits ? instantOf(emitDate) : undefined;
    const emits = [
      ...(total?.emits ?? []),
      ...(emittedAt === undefined ? [] : [[emittedAt, Math.round(value)] as const]),
    ];
    totals[name] = {
      count: (total?.count ?? 0) + 1,
      sum: (total?.sum ?? 0) + Math.round(value),
      ...(needs.emits ? { emits } : {}),
    };
    some = true;
  }
  return some ? totals : undefined;
}

function parseSegment(segment: Json, needs: RecordNeeds): SegmentRecord[] {
  const startedAt = instantOf(segment.segmentStart);
  if (startedAt === undefined) return [];
  const endedAt = instantOf(segment.segmentEnd);
  return [
    {
      type: typeof segment.segmentType === "string" ? segment.segmentType : "unknown",
      startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...textMember(segment, "queueId", "queueId"),
      ...textMember(segment, "wrapUpCode", "wrapUpCode"),
      ...textMember(segment, "disconnectType", "disconnectType"),
      ...(needs.segments ? membersOf(needs, segmentPlaces([segment])) : {}),
    },
  ];
}

type Places = Partial<Record<Member["at"], readonly Json[]>>;

function segmentPlaces(segments: readonly Json[]): Places {
  return {
    segment: segments,
    scoredAgent: segments.flatMap((segment) => listOf(segment.scoredAgents).filter(isObject)),
  };
}

/** The needed members that stand in these places, with the values that they have there. */
function membersOf({ members }: RecordNeeds, places: Places): { members?: MemberValues } {
  if (members === undefined) return {};
  const found: Record<string, readonly string[]> = {};
  for (const member of members) {
    const values = (places[member.at] ?? []).map((place) => valuesAt(place, member));
    if (!values.some((each) => each.length > 0)) continue;
    found[memberKey(member)] = member.every ? values.map(([first = ""]) => first) : [...new Set(values.flat())];
  }
  return Object.keys(found).length > 0 ? { members: found } : {};
}

/** Keys of attributes are anybody's words: what every object inherits is none of its values. */
function valuesAt(place: Json, { name, isInstant }: Member): readonly string[] {
  const value = Object.hasOwn(place, name) ? place[name] : undefined;
  return memberValues(isInstant ? instantOf(value) : value);
}

function textMember<K extends string>(json: Json, name: string, as: K): Partial<Record<K, string>> {
  const value = json[name];
  return typeof value === "string" && value !== "" ? ({ [as]: value } as Record<K, string>) : {};
}

/** Without an offset a text means another instant on every machine: it is not read. */
const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/i;

function instantOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !ISO_WITH_OFFSET.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
