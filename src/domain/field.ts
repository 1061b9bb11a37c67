/**
 * What a report can filter and group by. A definition carries the fields themselves, not their names, so that
 * every later stage reads what it needs from the field: where its value sits, and what the vendor can filter.
 */

import type { Member } from "./member.ts";
import type { Mask, PersonalClass } from "./personal-data.ts";

/** Where a fact about a contact lives: on the conversation, on a stay in a queue, on an agent's leg, on a segment. */
export type Home = "conversation" | "visit" | "leg" | "segment";

/** How deep each home lies: what is deeper belongs to what is above it. */
export const DEPTH: Readonly<Record<Home, number>> = { conversation: 0, visit: 1, leg: 2, segment: 3 };

/** The raw values that a flat row can carry; each is read from a conversation by `aggregate/touch-rows`. */
export type RawColumn =
  | "conversationId"
  | "startedAt"
  | "endedAt"
  | "direction"
  | "divisionId"
  | "durationMs"
  | "mediaType"
  | "queueId"
  | "userId"
  | "wrapUpCode"
  | "metricSum"
  | "partStartedAt"
  | "partEndedAt"
  | "segmentType"
  | "segmentStartedAt"
  | "segmentEndedAt"
  | "segmentMs"
  | "disconnectType"
  | "member";

/** Kinds of entities whose names stand in the vendor's listings. */
export const ENTITY_KINDS = ["queue", "user", "wrapUpCode", "division", "skill", "language", "flow"] as const;

/** One of those kinds. */
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** The same in words for people. */
export const ENTITY_WORDS: Readonly<Record<EntityKind, string>> = {
  queue: "queue",
  user: "user",
  wrapUpCode: "wrap-up code",
  division: "division",
  skill: "skill",
  language: "language",
  flow: "flow",
};

/** Widths of the local-time buckets of a report. */
export type BucketWidth = "minute15" | "minute30" | "hour" | "day" | "week" | "month" | "hour_of_day" | "day_of_week";

/** The place of a field in the vendor's filter grammar, when it has one. */
export type PushDown =
  | { readonly array: "conversationFilters" | "segmentFilters"; readonly dimension: string }
  | { readonly array: "conversationFilters"; readonly metric: string };

/** Whether two fields name one thing, such as the id and the name of a queue. */
export function isSameThing(left: Field, right: Field): boolean {
  return left.bucket === right.bucket && thingOf(left) === thingOf(right);
}

function thingOf({ column, metric, member }: Field): string {
  return JSON.stringify([column, metric, member]);
}

/** One word of the vocabulary: a path such as `routing.queue.id`. */
export interface Field {
  readonly path: string;
  /** What its values are. `number` values are seconds, `score` values bare numbers; `bucket` values are local time. */
  readonly type: "uuid" | "code" | "text" | "instant" | "number" | "score" | "bucket";
  readonly home: Home;
  readonly column: RawColumn;
  /** For `metricSum`: the vendor's metric whose values are added over the field's home. */
  readonly metric?: string;
  /** For `member`: where in the vendor's tree the value stands. */
  readonly member?: Member;
  /** The value shown is the name of this kind of entity; the column holds its id. */
  readonly nameOf?: EntityKind;
  readonly bucket?: BucketWidth;
  /** The only values the vendor knows, where that list is closed or well known. */
  readonly values?: readonly string[];
  readonly pushDown?: PushDown;
  /** The dimension or metric that it is, where that is not said by `pushDown`. */
  readonly vendorName?: string;
  /** A conversation or leg can have several values; it then counts once under each. */
  readonly multiple?: boolean;
  /** The only source whose answers carry it, where not all do. */
  readonly onlyFrom?: "details_job";
  /** May stand in `groupBy`. */
  readonly groupable: boolean;
  /** May stand in `filter`. */
  readonly filterable: boolean;
  /** The class of personal data that its values are. */
  readonly personal?: PersonalClass;
  /** What a report shows instead of its values; the values themselves decide filters. */
  readonly mask?: Mask;
  /** One line for `callsheet fields`. */
  readonly meaning: string;
}
