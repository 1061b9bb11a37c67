/**
 * What a contact centre is to the simulator: its entities and its conversations, in the shapes of the
 * vendor's answers (`openapi-analytics.json`). Call logs and the generator both make a `Centre`; the routes
 * only read one. Conversations are reached by index, so that a generated centre of millions need not be in memory.
 */

/** One entity of a listing; every further member is given out as it stands. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly [member: string]: unknown;
}

/** One figure that a session emitted. */
export interface SessionMetric {
  /** `t…` milliseconds, `n…` counts, `o…` observations. */
  readonly name: string;
  readonly value: number;
  readonly emitDate: string;
}

/** A stretch of a session in one state. */
export interface Segment {
  readonly segmentStart: string;
  readonly segmentEnd?: string;
  readonly segmentType: string;
  readonly queueId?: string;
  readonly wrapUpCode?: string;
  readonly disconnectType?: string;
  readonly conference?: boolean;
  readonly requestedRoutingSkillIds?: readonly string[];
  readonly requestedLanguageId?: string;
  readonly [member: string]: unknown;
}

/** The stay of a participant on one media type. */
export interface Session {
  readonly sessionId: string;
  readonly mediaType: string;
  readonly direction?: string;
  readonly segments: readonly Segment[];
  readonly metrics?: readonly SessionMetric[];
  readonly [member: string]: unknown;
}

/** A party in a conversation, with its `purpose`. */
export interface Participant {
  readonly participantId: string;
  readonly purpose: string;
  readonly participantName?: string;
  readonly userId?: string;
  /** Only results of a details job show these; the details query leaves them out. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly sessions: readonly Session[];
  readonly [member: string]: unknown;
}

/** One contact with a customer, the whole tree. */
export interface Conversation {
  readonly conversationId: string;
  /** ISO-8601 with milliseconds and Z. */
  readonly conversationStart: string;
  /** Absent while the conversation is in progress. */
  readonly conversationEnd?: string;
  readonly originatingDirection: string;
  readonly divisionIds: readonly string[];
  readonly participants: readonly Participant[];
  readonly surveys?: readonly Readonly<Record<string, unknown>>[];
  readonly [member: string]: unknown;
}

/** Conversations in ascending order of start (ties in any fixed order), reached by index. */
export interface ConversationStore {
  readonly size: number;
  /** Epoch milliseconds. */
  startAt(index: number): number;
  /** Epoch milliseconds; undefined while in progress. */
  endAt(index: number): number | undefined;
  /** The conversationId without building the conversation; a store that cannot say it quickly leaves this out. */
  idAt?(index: number): string;
  get(index: number): Conversation;
}

/** A contact centre: the lists of its entities, and its conversations. */
export interface Centre {
  readonly organization: Entity;
  readonly divisions: readonly Entity[];
  readonly queues: readonly Entity[];
  /** With `state` active, inactive or deleted. */
  readonly users: readonly Entity[];
  readonly wrapUpCodes: readonly Entity[];
  readonly skills: readonly Entity[];
  readonly languages: readonly Entity[];
  readonly flows: readonly Entity[];
  readonly conversations: ConversationStore;
}
