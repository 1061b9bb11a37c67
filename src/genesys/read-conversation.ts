/**
 * The vendor's conversation tree becomes our record. A tolerant reader: unknown members and values pass, absent
 * is absent; only what makes a conversation one (an id and a start) must be there.
 *
 * Members come in any order and, as in JSON.parse, the last of several of one name counts. So each level is read into
 * a draft first; a draft becomes a part of the record when the whole conversation is known. A further place that
 * reports read is a name in a table of `read-names.ts`, a case here and a member of a draft.
 */
import type { ConversationRecord, MetricTotal, PartRecord, SegmentRecord } from "../domain/conversation-record.ts";
import { type Member, memberKey, type MemberValues, memberValues } from "../domain/member.ts";
import type { Reject } from "../domain/page.ts";
import type { RecordNeeds } from "../domain/query-plan.ts";
import type { JsonReader } from "./json-reader.ts";
import { createNames, type Metric, type Names, type Place } from "./read-names.ts";

/** The values of the needed members in one place of the tree, by their position in the needs. */
type PlaceValues = (readonly string[] | undefined)[];

/** Makes the reader of one conversation; `needs` says which metrics and members and whether segments are kept. */
export function createConversationReader(needs: RecordNeeds): (reader: JsonReader) => ConversationRecord | Reject {
  const names = createNames(needs);
  return (reader) => {
    if (reader.isObject()) return recordOf(readConversation(reader, names), needs);
    reader.skipValue();
    return { reason: "not an object" };
  };
}

interface ConversationDraft {
  id: string | undefined;
  startedAt: number | null;
  /** Undefined when absent, NaN when unreadable. */
  endedAt: number | null | undefined;
  direction: string | undefined;
  divisionIds: readonly string[];
  participants: readonly ParticipantDraft[];
  readonly own: PlaceValues;
  surveys: readonly PlaceValues[];
  evaluations: readonly PlaceValues[];
  resolutions: readonly PlaceValues[];
}

interface ParticipantDraft {
  /** What its purpose makes of its sessions. */
  role: "leg" | "visit" | "customer" | "";
  userId: string | undefined;
  sessions: readonly SessionDraft[];
  readonly own: PlaceValues;
  attributes: PlaceValues | undefined;
}

interface SessionDraft {
  mediaType: string | undefined;
  metrics: MetricsDraft | undefined;
  segments: readonly SegmentDraft[];
  readonly own: PlaceValues;
  proposedAgents: readonly PlaceValues[];
  flow: FlowDraft | undefined;
}

interface FlowDraft {
  readonly own: PlaceValues;
  outcomes: readonly PlaceValues[];
}

interface SegmentDraft {
  /** NaN when it has none that is readable. */
  startedAt: number | null;
  endedAt: number | null;
  type: string | undefined;
  queueId: string | undefined;
  wrapUpCode: string | undefined;
  disconnectType: string | undefined;
  readonly own: PlaceValues;
  scoredAgents: readonly PlaceValues[];
}

interface MetricsDraft {
  totals: Record<string, MetricTotal> | undefined;
  /** The first needed metric whose value is no number, or one too large to be added up exactly. */
  uncountable: string | undefined;
  isLeg: boolean;
  isVisit: boolean;
}

/** Shared by all places of which nothing is needed. */
const NO_VALUES: PlaceValues = [];

function readConversation(reader: JsonReader, names: Names): ConversationDraft {
  const draft: ConversationDraft = {
    id: undefined,
    startedAt: null,
    endedAt: undefined,
    direction: undefined,
    divisionIds: [],
    participants: [],
    own: valuesFor(names.conversation.hasMembers),
    surveys: [],
    evaluations: [],
    resolutions: [],
  };
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    switch (readMember(reader, names.conversation, draft.own)) {
      case "id":
        draft.id = reader.readOwnText();
        break;
      case "startedAt":
        draft.startedAt = reader.readInstant();
        break;
      case "endedAt":
        draft.endedAt = reader.readInstant();
        break;
      case "direction":
        draft.direction = reader.readText();
        break;
      case "divisionIds":
        draft.divisionIds = readTexts(reader);
        break;
      case "participants":
        draft.participants = readList(reader, names, readParticipant);
        break;
      case "surveys":
        draft.surveys = readPlaces(reader, names.survey);
        break;
      case "evaluations":
        draft.evaluations = readPlaces(reader, names.evaluation);
        break;
      case "resolutions":
        draft.resolutions = readPlaces(reader, names.resolution);
        break;
      default:
        reader.skipValue();
    }
  }
  return draft;
}

function readParticipant(reader: JsonReader, names: Names): ParticipantDraft {
  const own = valuesFor(names.participant.hasMembers);
  const draft: ParticipantDraft = { role: "", userId: undefined, sessions: [], own, attributes: undefined };
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    switch (readMember(reader, names.participant, own)) {
      case "purpose":
        draft.role = reader.readWord(names.roles);
        break;
      case "userId":
        draft.userId = reader.readText();
        break;
      case "sessions":
        draft.sessions = readList(reader, names, readSession);
        break;
      case "attributes":
        draft.attributes = readPlace(reader, names.attribute);
        break;
      default:
        reader.skipValue();
    }
  }
  return draft;
}

function readSession(reader: JsonReader, names: Names): SessionDraft {
  const own = valuesFor(names.session.hasMembers);
  const draft: SessionDraft = {
    mediaType: undefined,
    metrics: undefined,
    segments: [],
    own,
    proposedAgents: [],
    flow: undefined,
  };
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    switch (readMember(reader, names.session, own)) {
      case "mediaType":
        draft.mediaType = reader.readText();
        break;
      case "metrics":
        draft.metrics = readMetrics(reader, names);
        break;
      case "segments":
        draft.segments = readList(reader, names, readSegment);
        break;
      case "flow":
        draft.flow = readFlow(reader, names);
        break;
      case "proposedAgents":
        draft.proposedAgents = readPlaces(reader, names.proposedAgent);
        break;
      default:
        reader.skipValue();
    }
  }
  return draft;
}

function readSegment(reader: JsonReader, names: Names): SegmentDraft {
  const draft: SegmentDraft = {
    startedAt: null,
    endedAt: null,
    type: undefined,
    queueId: undefined,
    wrapUpCode: undefined,
    disconnectType: undefined,
    own: valuesFor(names.segment.hasMembers),
    scoredAgents: [],
  };
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    switch (readMember(reader, names.segment, draft.own)) {
      case "startedAt":
        draft.startedAt = reader.readInstant();
        break;
      case "endedAt":
        draft.endedAt = reader.readInstant();
        break;
      case "type":
        draft.type = reader.readText();
        break;
      case "queueId":
        draft.queueId = reader.readText();
        break;
      case "wrapUpCode":
        draft.wrapUpCode = reader.readText();
        break;
      case "disconnectType":
        draft.disconnectType = reader.readText();
        break;
      case "scoredAgents":
        draft.scoredAgents = readPlaces(reader, names.scoredAgent);
        break;
      default:
        reader.skipValue();
    }
  }
  return draft;
}

function readFlow(reader: JsonReader, names: Names): FlowDraft | undefined {
  if (!reader.isObject()) {
    reader.skipValue();
    return undefined;
  }
  const draft: FlowDraft = { own: valuesFor(names.flow.hasMembers), outcomes: [] };
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    if (readMember(reader, names.flow, draft.own) === "outcomes") draft.outcomes = readPlaces(reader, names.outcome);
    else reader.skipValue();
  }
  return draft;
}

function readMetrics(reader: JsonReader, names: Names): MetricsDraft | undefined {
  if (!reader.isList()) {
    reader.skipValue();
    return undefined;
  }
  const draft: MetricsDraft = { totals: undefined, uncountable: undefined, isLeg: false, isVisit: false };
  for (let another = reader.openList(); another; another = reader.nextItem()) {
    if (reader.isObject()) readMetric(reader, names, draft);
    else reader.skipValue();
  }
  return draft;
}

function readMetric(reader: JsonReader, names: Names, draft: MetricsDraft): void {
  let metric: Metric = names.metrics.nothing;
  let value: number | null | true = null;
  let emittedAt: number | null = null;
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    switch (reader.readName(names.metric)) {
      case "name":
        metric = reader.readWord(names.metrics);
        break;
      case "value":
        value = reader.readNumber();
        break;
      case "emittedAt":
        emittedAt = reader.readInstant();
        break;
      default:
        reader.skipValue();
    }
  }
  if (metric.makesLeg) draft.isLeg = true;
  if (metric.makesVisit) draft.isVisit = true;
  // An absent value is no value; everything else must be exact.
  if (!metric.isNeeded || value === null) return;
  if (value === true || !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) draft.uncountable ??= metric.name;
  else draft.totals = addValue(draft.totals ?? {}, metric.name, Math.round(value), emittedAt, names.keepsEmits);
}

function addValue(
  totals: Record<string, MetricTotal>,
  name: string,
  value: number,
  emittedAt: number | null,
  keepsEmits: boolean,
): Record<string, MetricTotal> {
  const { count, sum, emits = [] } = totals[name] ?? { count: 0, sum: 0 };
  const total = { count: count + 1, sum: sum + value };
  if (!keepsEmits) totals[name] = total;
  else totals[name] = { ...total, emits: isInstant(emittedAt) ? [...emits, [emittedAt, value]] : emits };
  return totals;
}

/** Each object of a list; what is no object, and anything that is no list, has nothing to say. */
function readList<T>(reader: JsonReader, names: Names, read: (reader: JsonReader, names: Names) => T): T[] {
  const items: T[] = [];
  if (!reader.isList()) {
    reader.skipValue();
    return items;
  }
  for (let another = reader.openList(); another; another = reader.nextItem()) {
    if (reader.isObject()) items.push(read(reader, names));
    else reader.skipValue();
  }
  return items;
}

/** A list of places of which nothing but members is needed. */
function readPlaces<T>(reader: JsonReader, place: Place<T>): PlaceValues[] {
  const places: PlaceValues[] = [];
  if (!reader.isList()) {
    reader.skipValue();
    return places;
  }
  for (let another = reader.openList(); another; another = reader.nextItem()) {
    const values = readPlace(reader, place);
    if (values !== undefined) places.push(values);
  }
  return places;
}

/** An object of which nothing but members is needed; undefined when it is none. */
function readPlace<T>(reader: JsonReader, place: Place<T>): PlaceValues | undefined {
  if (!reader.isObject()) {
    reader.skipValue();
    return undefined;
  }
  const values = valuesFor(place.hasMembers);
  for (let more = reader.openObject(); more; more = reader.nextMember()) {
    readMember(reader, place, values);
    reader.skipValue();
  }
  return values;
}

function readTexts(reader: JsonReader): string[] {
  const texts: string[] = [];
  if (!reader.isList()) {
    reader.skipValue();
    return texts;
  }
  for (let another = reader.openList(); another; another = reader.nextItem()) {
    const text = reader.readText();
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** Passes a name, keeps the value behind it where it is a needed member, and stands in front of the value. */
function readMember<T>(reader: JsonReader, place: Place<T>, values: PlaceValues): T | "" {
  const { field, member, isInstant } = reader.readName(place.names);
  if (member >= 0) values[member] = memberValues(isInstant ? reader.peekInstant() : reader.peekValue());
  return field;
}

function valuesFor(hasMembers: boolean): PlaceValues {
  return hasMembers ? [] : NO_VALUES;
}

function recordOf(draft: ConversationDraft, needs: RecordNeeds): ConversationRecord | Reject {
  const { id, startedAt, endedAt, direction, divisionIds, participants } = draft;
  if (id === undefined || id === "") return { reason: "no conversationId" };
  if (!isInstant(startedAt)) return { reason: "no readable conversationStart", conversationId: id };
  if (Number.isNaN(endedAt)) return { reason: "no readable conversationEnd", conversationId: id };
  const parts: PartRecord[] = [];
  for (const participant of participants) {
    for (const session of participant.sessions) {
      const uncountable = session.metrics?.uncountable;
      if (uncountable !== undefined) return { reason: `no countable ${uncountable}`, conversationId: id };
      parts.push(partOf(participant, session, startedAt, needs));
    }
  }
  const record: { -readonly [K in keyof ConversationRecord]: ConversationRecord[K] } = {
    id,
    startedAt,
    divisionIds,
    parts,
  };
  if (isInstant(endedAt)) record.endedAt = endedAt;
  if (isText(direction)) record.direction = direction;
  const { own, surveys, evaluations, resolutions } = draft;
  const members = membersOf(needs, {
    conversation: [own],
    attribute: participants.flatMap(({ attributes }) => (attributes ? [attributes] : [])),
    survey: surveys,
    evaluation: evaluations,
    resolution: resolutions,
  });
  if (members) record.members = members;
  return record;
}

function partOf(
  { role, userId, own }: ParticipantDraft,
  session: SessionDraft,
  conversationStartedAt: number,
  needs: RecordNeeds,
): PartRecord {
  const { metrics, flow } = session;
  const segments = inOrderOfTime(session.segments);
  const kind = kindOf(role, metrics);
  const part: { -readonly [K in keyof PartRecord]: PartRecord[K] } = {
    kind,
    mediaType: session.mediaType ?? "unknown",
    startedAt: segments[0]?.startedAt ?? conversationStartedAt,
  };
  const codes: string[] = [];
  let endedAt = Number.NEGATIVE_INFINITY;
  for (const segment of segments) {
    if (part.queueId === undefined && isText(segment.queueId)) part.queueId = segment.queueId;
    if (isText(segment.wrapUpCode) && !codes.includes(segment.wrapUpCode)) codes.push(segment.wrapUpCode);
    endedAt = isInstant(segment.endedAt) ? Math.max(endedAt, segment.endedAt) : Number.NaN;
  }
  if (kind === "leg" && isText(userId)) part.userId = userId;
  if (codes.length > 0) part.wrapUpCodes = codes;
  // One segment that goes on makes it NaN, and none leaves it where it was.
  if (Number.isFinite(endedAt)) part.endedAt = endedAt;
  if (metrics?.totals) part.metrics = metrics.totals;
  if (needs.segments) part.segments = segments.map((segment) => segmentOf(segment, needs));
  if (needs.members === undefined) return part;
  if (role === "customer" && needs.members.some((member) => member.of === "customer")) part.isCustomer = true;
  const members = membersOf(needs, {
    participant: [own],
    session: [session.own],
    proposedAgent: session.proposedAgents,
    flow: flow ? [flow.own] : [],
    outcome: flow?.outcomes ?? [],
    segment: session.segments.map((segment) => segment.own),
    scoredAgent: session.segments.flatMap((segment) => segment.scoredAgents),
  });
  if (members) part.members = members;
  return part;
}

/** Those that began, by their beginning; most come in order. */
function inOrderOfTime(segments: readonly SegmentDraft[]): readonly SegmentDraft[] {
  let last = Number.NEGATIVE_INFINITY;
  for (const { startedAt } of segments) {
    if (!isInstant(startedAt) || startedAt < last)
      return segments
        .filter((segment) => isInstant(segment.startedAt))
        .sort((left, right) => Number(left.startedAt) - Number(right.startedAt));
    last = startedAt;
  }
  return segments;
}

function kindOf(role: ParticipantDraft["role"], metrics: MetricsDraft | undefined): PartRecord["kind"] {
  if (role === "leg" || role === "visit") return role;
  if (metrics?.isLeg) return "leg";
  return metrics?.isVisit ? "visit" : "other";
}

function segmentOf(draft: SegmentDraft, needs: RecordNeeds): SegmentRecord {
  const { type, startedAt, endedAt, queueId, wrapUpCode, disconnectType, own, scoredAgents } = draft;
  const members = membersOf(needs, { segment: [own], scoredAgent: scoredAgents });
  return {
    type: type ?? "unknown",
    startedAt: Number(startedAt),
    ...(isInstant(endedAt) ? { endedAt } : {}),
    ...(isText(queueId) ? { queueId } : {}),
    ...(isText(wrapUpCode) ? { wrapUpCode } : {}),
    ...(isText(disconnectType) ? { disconnectType } : {}),
    ...(members ? { members } : {}),
  };
}

/** The needed members that stand in these places, with the values that they have there. */
function membersOf(
  { members }: RecordNeeds,
  places: Partial<Record<Member["at"], readonly PlaceValues[]>>,
): MemberValues | undefined {
  if (members === undefined) return undefined;
  const found: Record<string, readonly string[]> = {};
  let some = false;
  const slots = slotsOf(members);
  for (const [index, member] of members.entries()) {
    const slot = slots[index] ?? index;
    const values = (places[member.at] ?? []).map((place) => place[slot] ?? []);
    if (values.every((each) => each.length === 0)) continue;
    found[memberKey(member)] = member.every ? values.map(([first = ""]) => first) : [...new Set(values.flat())];
    some = true;
  }
  return some ? found : undefined;
}

/** Two needs of one name at one place share what was read there, which is kept under the later one. */
function slotsOf(members: readonly Member[]): readonly number[] {
  const known = SLOTS.get(members);
  if (known !== undefined) return known;
  const slots = members.map(({ at, name }) => members.findLastIndex((other) => other.at === at && other.name === name));
  SLOTS.set(members, slots);
  return slots;
}

const SLOTS = new WeakMap<readonly Member[], readonly number[]>();

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function isInstant(at: number | null | undefined): at is number {
  return typeof at === "number" && !Number.isNaN(at);
}
