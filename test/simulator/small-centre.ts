/** Small contact centres for tests: conversations written down in a few words become a `Centre`. */
import type {
  Centre,
  Conversation,
  Entity,
  Participant,
  Segment,
  Session,
} from "../../simulator/conversations/centre.ts";
import { stableId } from "../../simulator/conversations/stable-id.ts";

/** A centre of the given conversations, which need not be in order; `entities` replaces its lists. */
export function smallCentre(
  conversations: readonly Conversation[],
  entities: Partial<Omit<Centre, "conversations">> = {},
): Centre {
  const sorted = conversations.toSorted(
    (left, right) => Date.parse(left.conversationStart) - Date.parse(right.conversationStart),
  );
  const at = (index: number): Conversation => {
    const found = sorted[index];
    if (found === undefined) throw new RangeError(`no conversation ${index}`);
    return found;
  };
  return {
    organization: entity("Test organisation"),
    divisions: [entity("Home")],
    queues: [],
    users: [],
    wrapUpCodes: [],
    skills: [],
    languages: [],
    flows: [],
    ...entities,
    conversations: {
      size: sorted.length,
      startAt: (index) => Date.parse(at(index).conversationStart),
      endAt: (index) => {
        const end = at(index).conversationEnd;
        return end === undefined ? undefined : Date.parse(end);
      },
      get: at,
    },
  };
}

/** An entity whose id follows from its name. */
export function entity(name: string, members: Readonly<Record<string, unknown>> = {}): Entity {
  return { id: stableId("test", name), name, ...members };
}

export interface SmallConversation {
  readonly id?: string;
  readonly start: string;
  /** Absent: still in progress. */
  readonly end?: string;
  readonly participants?: readonly Participant[];
  readonly [member: string]: unknown;
}

/** A conversation with whatever members a test is about. */
export function conversation({ id, start, end, participants = [], ...members }: SmallConversation): Conversation {
  return {
    conversationId: id ?? stableId("conversation", start, end ?? "", JSON.stringify(members)),
    conversationStart: start,
    ...(end === undefined ? {} : { conversationEnd: end }),
    originatingDirection: "inbound",
    divisionIds: [],
    participants,
    ...members,
  };
}

/** A participant with one session. */
export function participant(purpose: string, session: Partial<Session>, members: object = {}): Participant {
  return {
    participantId: stableId(purpose),
    purpose,
    ...members,
    sessions: [{ sessionId: stableId(purpose, "session"), mediaType: "voice", segments: [], ...session }],
  };
}

/** A segment of ten minutes, with whatever members a test is about. */
export function segment(members: Partial<Segment> = {}): Segment {
  return {
    segmentStart: "2024-05-01T10:00:00.000Z",
    segmentEnd: "2024-05-01T10:10:00.000Z",
    segmentType: "interact",
    ...members,
  };
}

/** As many conversations as asked for, each of half a minute, one a minute from midnight of 1 May 2024. */
export function minuteByMinute(count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => {
    const startAt = Date.UTC(2024, 4, 1) + index * 60_000;
    return conversation({
      id: stableId("minute", String(index)),
      start: new Date(startAt).toISOString(),
      end: new Date(startAt + 30_000).toISOString(),
    });
  });
}
