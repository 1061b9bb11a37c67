/**
 * One conversation as we keep it: the vendor's tree cut down to what reports read. Absent is absent, never 0.
 */

import type { MemberValues } from "./member.ts";

/** How often a metric was emitted on a session, and the sum of its values (milliseconds for `t…` metrics). */
export interface MetricTotal {
  readonly count: number;
  readonly sum: number;
  /** When each value was emitted, and the value; present when the run compares clocks. */
  readonly emits?: readonly (readonly [at: number, value: number])[];
}

/** A stretch of a session in one state. */
export interface SegmentRecord {
  readonly type: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly queueId?: string;
  readonly wrapUpCode?: string;
  readonly disconnectType?: string;
  /** What it has of the members that the report needs. */
  readonly members?: MemberValues;
}

/**
 * One session of a participant. An agent's session is a leg, a stay in a queue is a visit; sessions of
 * customers, flows and others are kept for the media types and queues that no leg or visit shows.
 */
export interface PartRecord {
  readonly kind: "leg" | "visit" | "other";
  readonly mediaType: string;
  /** The queue of its earliest segment that names one. */
  readonly queueId?: string;
  readonly userId?: string;
  /** Distinct, in order of time. */
  readonly wrapUpCodes?: readonly string[];
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly metrics?: Readonly<Record<string, MetricTotal>>;
  /** Present when the report has a line for each segment. */
  readonly segments?: readonly SegmentRecord[];
  /** A session of the customer; told when the report needs to know. */
  readonly isCustomer?: true;
  /** What participant, session, flow and segments have of the members that the report needs. */
  readonly members?: MemberValues;
}

/** A conversation; `startedAt` then `id` is the order of everything behind the merge. */
export interface ConversationRecord {
  readonly id: string;
  readonly startedAt: number;
  /** Absent while the conversation is in progress. */
  readonly endedAt?: number;
  readonly direction?: string;
  readonly divisionIds: readonly string[];
  readonly parts: readonly PartRecord[];
  /** What the conversation itself and its surveys have of the members that the report needs. */
  readonly members?: MemberValues;
}

/** What decides the place of a conversation in the order. */
export type RecordPlace = Pick<ConversationRecord, "startedAt" | "id">;

/** Orders by start, then by id: a total order over distinct conversations, the same on every machine. */
export function compareRecords(left: RecordPlace, right: RecordPlace): number {
  if (left.startedAt !== right.startedAt) return left.startedAt - right.startedAt;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}
