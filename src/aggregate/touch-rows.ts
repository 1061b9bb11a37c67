/**
 * A conversation becomes flat rows: one for each way in which it touched a group. An agent's leg is a row with
 * the visit that led to it; a visit that led to no leg is a row; media types and queues that neither shows (a
 * customer who hung up in the menu) are rows without either. Lists (wrap-up codes, divisions, flows) give a row
 * for each value. Filters, group keys and figures all read these rows, so they cannot disagree.
 */
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import type { Field } from "../domain/field.ts";
import type { Member } from "../domain/member.ts";
import { membersOn, openedKey, openMembers } from "./open-members.ts";

/** One way in which a conversation touched a group. */
export interface Touch {
  readonly conversation: ConversationRecord;
  /** Index into the conversation's parts. */
  readonly visit?: number;
  readonly leg?: number;
  /** The part that media type and queue are read from. */
  readonly part: PartRecord | undefined;
  readonly legPart: PartRecord | undefined;
  readonly wrapUpCode: string | undefined;
  readonly divisionId: string | undefined;
  /** One value of each opened member that has any. */
  readonly members: Readonly<Record<string, string>>;
}

/** Which lists are opened: only those that the report reads, so that nothing is multiplied in vain. */
export interface OpenedLists {
  readonly wrapUpCodes: boolean;
  readonly divisions: boolean;
  /** Members of which a row can have several values. */
  readonly members?: readonly Member[];
}

/** A leg's first segment may begin a little before the queue it came from says so. */
const CLOCK_TOLERANCE_MS = 2000;

/** All touches of a conversation, in the order of its parts; there is at least one. */
export function touchesOf(conversation: ConversationRecord, opened: OpenedLists): Touch[] {
  const { parts } = conversation;
  const divisions = opened.divisions && conversation.divisionIds.length > 0 ? conversation.divisionIds : [undefined];
  const touches: Touch[] = [];
  const add = (part: PartRecord | undefined, keys: { visit?: number; leg?: number }): void => {
    const legPart = keys.leg === undefined ? undefined : part;
    const codes = opened.wrapUpCodes && legPart?.wrapUpCodes?.length ? legPart.wrapUpCodes : [undefined];
    const visitPart = keys.visit === undefined ? undefined : parts[keys.visit];
    for (const members of openMembers(opened.members ?? [], conversation, part, visitPart)) {
      for (const divisionId of divisions) {
        for (const wrapUpCode of codes)
          touches.push({ conversation, ...keys, part, legPart, wrapUpCode, divisionId, members });
      }
    }
  };
  const visitOfLeg = matchVisits(conversation);
  for (const [leg, part] of parts.entries()) {
    if (part.kind !== "leg") continue;
    const visit = visitOfLeg.get(leg);
    add(part, visit === undefined ? { leg } : { leg, visit });
  }
  const led = new Set(visitOfLeg.values());
  for (const [visit, part] of parts.entries()) {
    if (part.kind === "visit" && !led.has(visit)) add(part, { visit });
  }
  // Those with a queue first: they show their media type too, whatever the order of the list.
  for (const named of [true, false]) {
    for (const part of parts) {
      if (part.kind === "other" && (part.queueId !== undefined) === named && !isShown(part, touches)) add(part, {});
    }
  }
  if (touches.length === 0) add(undefined, {});
  return touches;
}

/**
 * The visit that led to each leg: the last one in its queue, on its media type, that had begun by then. Clocks of
 * telephone systems disagree, by minutes even: when none had begun, it is the first of them that led to no other
 * leg. Not so in outbound conversations, where an agent may dial on behalf of a queue before anybody waits in it.
 */
function matchVisits({ parts, direction }: ConversationRecord): ReadonlyMap<number, number> {
  const matches = new Map<number, number>();
  const early: number[] = [];
  for (const [leg, part] of parts.entries()) {
    if (part.kind !== "leg" || part.queueId === undefined) continue;
    const visits = visitsLike(part, parts).filter(
      (visit) => startOf(parts, visit) <= part.startedAt + CLOCK_TOLERANCE_MS,
    );
    const last = visits.at(-1);
    if (last === undefined) early.push(leg);
    else matches.set(leg, last);
  }
  if (direction === "outbound") return matches;
  const led = new Set(matches.values());
  for (const leg of early.sort((left, right) => startOf(parts, left) - startOf(parts, right))) {
    const part = parts[leg];
    const free = part && visitsLike(part, parts).find((visit) => !led.has(visit));
    if (free === undefined) continue;
    matches.set(leg, free);
    led.add(free);
  }
  return matches;
}

/** The visits of a leg's queue on its media type, in the order of time. */
function visitsLike(leg: PartRecord, parts: readonly PartRecord[]): number[] {
  return [...parts.keys()]
    .filter((index) => {
      const part = parts[index];
      return part?.kind === "visit" && part.queueId === leg.queueId && part.mediaType === leg.mediaType;
    })
    .sort((left, right) => startOf(parts, left) - startOf(parts, right));
}

function startOf(parts: readonly PartRecord[], index: number): number {
  return parts[index]?.startedAt ?? Number.NaN;
}

/** Whether the rows so far already show the media type of a part, and its queue if it names one. */
function isShown({ mediaType, queueId }: PartRecord, touches: readonly Touch[]): boolean {
  return touches.some(
    ({ part }) => part?.mediaType === mediaType && (queueId === undefined || part.queueId === queueId),
  );
}

/** The raw value of a field on a touch: text for ids and codes, milliseconds for instants and durations. */
export function valueOn(field: Field, touch: Touch): string | number | undefined {
  const { conversation, part, legPart } = touch;
  switch (field.column) {
    case "conversationId":
      return conversation.id;
    case "startedAt":
      return conversation.startedAt;
    case "endedAt":
      return conversation.endedAt;
    case "durationMs":
      return durationOf(conversation);
    case "direction":
      return conversation.direction;
    case "divisionId":
      return touch.divisionId;
    case "mediaType":
      return part?.mediaType;
    case "queueId":
      return part?.queueId;
    case "userId":
      return legPart?.userId;
    case "wrapUpCode":
      return touch.wrapUpCode;
    case "metricSum":
      return metricOn(field, touch);
    case "partStartedAt":
      return part?.startedAt;
    case "partEndedAt":
      return part?.endedAt;
    case "member":
      return memberOn(field, touch);
    case "segmentType":
    case "segmentStartedAt":
    case "segmentEndedAt":
    case "segmentMs":
    case "disconnectType":
      return undefined;
  }
}

/** The sum over the leg, the visit, or wherever in the conversation it sits; undefined where it was never emitted. */
function metricOn(
  { home, metric = "" }: Field,
  { conversation: { parts }, visit, legPart }: Touch,
): number | undefined {
  if (home === "leg") return legPart?.metrics?.[metric]?.sum;
  if (home === "visit") return visit === undefined ? undefined : parts[visit]?.metrics?.[metric]?.sum;
  const sums = parts.flatMap(({ metrics }) => metrics?.[metric]?.sum ?? []);
  return sums.length === 0 ? undefined : sums.reduce((total, sum) => total + sum, 0);
}

/** What was opened stands on the touch; the rest has one value, on its own part or on the conversation. */
function memberOn({ member, multiple }: Field, touch: Touch): string | undefined {
  if (!member) return undefined;
  if (multiple) return touch.members[openedKey(member)];
  return membersOn(member, touch.conversation, touch.part, undefined)[0];
}

/** End minus start; undefined while the conversation is in progress. */
export function durationOf({ startedAt, endedAt }: ConversationRecord): number | undefined {
  return endedAt === undefined ? undefined : endedAt - startedAt;
}
