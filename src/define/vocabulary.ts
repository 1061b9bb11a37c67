/**
 * Every path that a report may use: one table. Validation, `callsheet fields`, push-down and documentation are
 * made from it; nothing of it is written twice. Facts are from the vendor's model (docs/sources.md).
 */
import type { EntityKind, Field, Home } from "../domain/field.ts";
import type { Member } from "../domain/member.ts";
import { memberFields } from "./member-fields.ts";
import { metricFields } from "./metric-fields.ts";
import { PERSONAL_PATHS } from "./personal-fields.ts";

const GROUP_AND_FILTER = { groupable: true, filterable: true } as const;
const COLUMN_ONLY = { groupable: false, filterable: false } as const;
const FILTER_ONLY = { groupable: false, filterable: true } as const;
const GROUP_ONLY = { groupable: true, filterable: false } as const;

const MEDIA_TYPES = [
  "callback",
  "chat",
  "cobrowse",
  "email",
  "internalmessage",
  "message",
  "screenmonitoring",
  "screenshare",
  "unknown",
  "video",
  "voice",
];

/** The row of all participant attributes; `find-field` makes the field of one key from it. */
export const ATTRIBUTE: Field = {
  path: "conversation.attribute.<key>",
  type: "text",
  home: "conversation",
  column: "member",
  member: { at: "attribute", name: "<key>", of: "conversation" },
  multiple: true,
  onlyFrom: "details_job",
  personal: "attribute",
  ...GROUP_AND_FILTER,
  meaning: "what flows and scripts noted under that key on any participant; comes with details jobs only",
};

const FIELD_LIST: readonly Field[] = [
  {
    path: "conversation.id",
    type: "uuid",
    home: "conversation",
    column: "conversationId",
    pushDown: { array: "conversationFilters", dimension: "conversationId" },
    ...GROUP_AND_FILTER,
    meaning: "the conversation's id",
  },
  {
    path: "conversation.start",
    type: "instant",
    home: "conversation",
    column: "startedAt",
    vendorName: "conversationStart",
    ...COLUMN_ONLY,
    meaning: "when it began; the window decides on this instant",
  },
  {
    path: "conversation.end",
    type: "instant",
    home: "conversation",
    column: "endedAt",
    vendorName: "conversationEnd",
    ...COLUMN_ONLY,
    meaning: "when it ended; empty while it is in progress",
  },
  {
    path: "conversation.direction",
    type: "code",
    home: "conversation",
    column: "direction",
    values: ["inbound", "outbound"],
    pushDown: { array: "conversationFilters", dimension: "originatingDirection" },
    ...GROUP_AND_FILTER,
    meaning: "who began it: inbound or outbound",
  },
  {
    path: "conversation.media.type",
    type: "code",
    home: "visit",
    column: "mediaType",
    values: MEDIA_TYPES,
    pushDown: { array: "segmentFilters", dimension: "mediaType" },
    ...GROUP_AND_FILTER,
    meaning: "voice, chat, email, …; a conversation can have several",
  },
  {
    path: "conversation.duration.seconds",
    type: "number",
    home: "conversation",
    column: "durationMs",
    pushDown: { array: "conversationFilters", metric: "tConversationDuration" },
    ...FILTER_ONLY,
    meaning: "end minus start; empty while it is in progress",
  },
  {
    path: "conversation.division.id",
    type: "uuid",
    home: "conversation",
    column: "divisionId",
    multiple: true,
    pushDown: { array: "conversationFilters", dimension: "divisionId" },
    ...GROUP_AND_FILTER,
    meaning: "a division it belongs to; there can be several",
  },
  {
    path: "conversation.division.name",
    type: "text",
    home: "conversation",
    column: "divisionId",
    nameOf: "division",
    multiple: true,
    pushDown: { array: "conversationFilters", dimension: "divisionId" },
    ...GROUP_AND_FILTER,
    meaning: "the name of that division",
  },
  ATTRIBUTE,
  {
    path: "routing.queue.id",
    type: "uuid",
    home: "visit",
    column: "queueId",
    pushDown: { array: "segmentFilters", dimension: "queueId" },
    ...GROUP_AND_FILTER,
    meaning: "the queue of a visit and of the leg it led to",
  },
  {
    path: "routing.queue.name",
    type: "text",
    home: "visit",
    column: "queueId",
    nameOf: "queue",
    pushDown: { array: "segmentFilters", dimension: "queueId" },
    ...GROUP_AND_FILTER,
    meaning: "the name of that queue",
  },
  {
    path: "agent.id",
    type: "uuid",
    home: "leg",
    column: "userId",
    pushDown: { array: "segmentFilters", dimension: "userId" },
    ...GROUP_AND_FILTER,
    meaning: "the user who had the leg",
  },
  {
    path: "agent.name",
    type: "text",
    home: "leg",
    column: "userId",
    nameOf: "user",
    pushDown: { array: "segmentFilters", dimension: "userId" },
    ...GROUP_AND_FILTER,
    meaning: "the name of that user",
  },
  {
    path: "agent.talk.seconds",
    type: "number",
    home: "leg",
    column: "metricSum",
    metric: "tTalkComplete",
    ...FILTER_ONLY,
    meaning: "talk time of the leg (tTalkComplete)",
  },
  {
    path: "agent.hold.seconds",
    type: "number",
    home: "leg",
    column: "metricSum",
    metric: "tHeldComplete",
    ...FILTER_ONLY,
    meaning: "hold time of the leg (tHeldComplete)",
  },
  {
    path: "agent.acw.seconds",
    type: "number",
    home: "leg",
    column: "metricSum",
    metric: "tAcw",
    ...FILTER_ONLY,
    meaning: "after-call work of the leg (tAcw)",
  },
  {
    path: "agent.handle.seconds",
    type: "number",
    home: "leg",
    column: "metricSum",
    metric: "tHandle",
    ...FILTER_ONLY,
    meaning: "handle time of the leg (tHandle)",
  },
  {
    path: "wrapup.code",
    type: "code",
    home: "leg",
    column: "wrapUpCode",
    multiple: true,
    pushDown: { array: "segmentFilters", dimension: "wrapUpCode" },
    ...GROUP_AND_FILTER,
    meaning: "the outcome an agent picked, by id or literal",
  },
  {
    path: "wrapup.name",
    type: "text",
    home: "leg",
    column: "wrapUpCode",
    nameOf: "wrapUpCode",
    multiple: true,
    pushDown: { array: "segmentFilters", dimension: "wrapUpCode" },
    ...GROUP_AND_FILTER,
    meaning: "the name of that code",
  },
  ...withName("routing.skill", "skill", {
    home: "visit",
    member: { at: "segment", name: "requestedRoutingSkillIds", of: "visit" },
    dimension: "requestedRoutingSkillId",
    meaning: "a skill asked for by the visit; by the leg where no visit led to it",
  }),
  ...withName("routing.language", "language", {
    home: "visit",
    member: { at: "segment", name: "requestedLanguageId", of: "visit" },
    dimension: "requestedLanguageId",
    meaning: "a language asked for by the visit; by the leg where no visit led to it",
  }),
  ...withName("flow", "flow", {
    home: "conversation",
    member: { at: "flow", name: "flowId", of: "conversation" },
    dimension: "flowId",
    meaning: "a flow that the conversation passed",
  }),
  {
    path: "flow.recorded.name",
    type: "text",
    home: "conversation",
    column: "member",
    member: { at: "flow", name: "flowName", of: "conversation" },
    multiple: true,
    pushDown: { array: "segmentFilters", dimension: "flowName" },
    ...GROUP_AND_FILTER,
    meaning: "the name that a flow had when the conversation passed it; flow.name is today's",
  },
  customerNumber("ani", "a number or address that the customer was reached from"),
  customerNumber("dnis", "a number or address that was called on the customer's side"),
  surveyScore("survey.score", "oSurveyTotalScore", "the total score of a survey"),
  surveyScore("survey.nps", "surveyPromoterScore", "the answer to how likely one recommends, 0 to 10"),
  {
    path: "session.start",
    type: "instant",
    home: "visit",
    column: "partStartedAt",
    ...COLUMN_ONLY,
    meaning: "when the leg or visit of this row began",
  },
  {
    path: "session.end",
    type: "instant",
    home: "visit",
    column: "partEndedAt",
    ...COLUMN_ONLY,
    meaning: "when the leg or visit of this row ended",
  },
  {
    path: "segment.type",
    type: "code",
    home: "segment",
    column: "segmentType",
    vendorName: "segmentType",
    ...COLUMN_ONLY,
    meaning: "interact, hold, wrapup, …",
  },
  {
    path: "segment.start",
    type: "instant",
    home: "segment",
    column: "segmentStartedAt",
    ...COLUMN_ONLY,
    meaning: "when the segment began",
  },
  {
    path: "segment.end",
    type: "instant",
    home: "segment",
    column: "segmentEndedAt",
    vendorName: "segmentEnd",
    ...COLUMN_ONLY,
    meaning: "when the segment ended",
  },
  {
    path: "segment.disconnect.type",
    type: "code",
    home: "segment",
    column: "disconnectType",
    vendorName: "disconnectType",
    ...COLUMN_ONLY,
    meaning: "how the segment ended",
  },
  ...memberFields(),
  ...metricFields(),
  ...timeFields(),
];

/** The vocabulary, by path. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(
  FIELD_LIST.map((field) => [field.path, Object.freeze(withClass(field))]),
);

function withClass(field: Field): Field {
  const personal = PERSONAL_PATHS.get(field.path);
  return personal === undefined ? field : { ...field, personal };
}

/** An id of the vendor's tree and the name that its listing gives it. */
function withName(
  path: string,
  kind: EntityKind,
  { home, member, dimension, meaning }: { home: Home; member: Member; dimension: string; meaning: string },
): Field[] {
  const base = {
    home,
    column: "member",
    member,
    multiple: true,
    pushDown: { array: "segmentFilters", dimension },
    ...GROUP_AND_FILTER,
  } as const;
  return [
    { ...base, path: `${path}.id`, type: "uuid", meaning },
    { ...base, path: `${path}.name`, type: "text", nameOf: kind, meaning: `the name of that ${kind}` },
  ];
}

/** Numbers are the customer's data: they are columns where a report asks for them, and nowhere else. */
function customerNumber(name: "ani" | "dnis", meaning: string): Field {
  return {
    path: `customer.${name}`,
    type: "text",
    home: "conversation",
    column: "member",
    member: { at: "session", name, of: "customer" },
    multiple: true,
    pushDown: { array: "segmentFilters", dimension: name },
    ...GROUP_AND_FILTER,
    meaning,
  };
}

/** The vendor filters surveys by their own grammar, whose join with the other filters it does not say: done here. */
function surveyScore(path: string, name: string, meaning: string): Field {
  return {
    path,
    type: "score",
    home: "conversation",
    column: "member",
    member: { at: "survey", name, of: "conversation" },
    vendorName: name,
    multiple: true,
    ...FILTER_ONLY,
    meaning,
  };
}

/** Buckets of the conversation's start in the report's zone. */
function timeFields(): Field[] {
  const meanings = {
    minute15: "the quarter of an hour in which it began",
    minute30: "the half-hour in which it began",
    hour: "the hour in which it began",
    day: "the day on which it began",
    week: "the Monday of the week in which it began",
    month: "the month in which it began",
    hour_of_day: "0 to 23, on the clock of the report's zone",
    day_of_week: "1 Monday to 7 Sunday, in the report's zone",
  } as const;
  return (Object.keys(meanings) as (keyof typeof meanings)[]).map((bucket) => ({
    path: `time.${bucket}`,
    type: "bucket",
    home: "conversation",
    column: "startedAt",
    bucket,
    ...GROUP_ONLY,
    meaning: meanings[bucket],
  }));
}
