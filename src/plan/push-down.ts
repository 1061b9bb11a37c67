/**
 * Says as much of a filter as is safe in the vendor's two-level grammar. Pushing down only narrows what is
 * fetched: the whole filter is evaluated here afterwards. So each pushed condition must hold for every
 * conversation that has a part we would keep; what cannot promise that stays local.
 */
import type { PushDown, RawColumn } from "../domain/field.ts";
import type { Member } from "../domain/member.ts";
import type { DetailsFilter, DetailsPredicate, LongestList } from "../domain/query-plan.ts";
import {
  type Condition,
  conjunctsOf,
  type Filter,
  type Predicate,
  type ReportDefinition,
} from "../domain/report-definition.ts";

/** What goes into the request and what stays here. */
export interface PushedFilter {
  readonly conversationFilters: readonly DetailsFilter[];
  readonly segmentFilters: readonly DetailsFilter[];
  /** As it is sent: a bound on a metric is sent as its being there. */
  readonly pushedDown: readonly Filter[];
  /** What is not sent as it is. */
  readonly local: readonly Filter[];
  /** Of `local`, what was kept here only for its length. */
  readonly tooLong: readonly Filter[];
  readonly longestList?: LongestList;
}

/**
 * Alternatives in one request, first those of the longest list, then those of all other lists together. A predicate
 * on an id is some 110 bytes, so both stay near a fifth of what a request may have (`SERVICE_LIMITS.requestBytes`), and a long
 * `or` is slow to answer. Only the longest list is shared out over several requests; sharing out two would
 * multiply the requests.
 */
export const MAX_ALTERNATIVES = 500;

/** A conjunct that the vendor can evaluate: alternatives of which one must hold. */
interface Pushable {
  readonly filter: Filter;
  /** What of it is sent: itself, or something looser. */
  readonly asked: Filter;
  readonly array: PushDown["array"];
  /** Dimensions that stand on single segments; those of sessions and participants stand on all of theirs. */
  readonly segmentDimensions: readonly string[];
  /** Whether it may hold on another part than the one that is kept. */
  readonly elsewhere: boolean;
  readonly alternatives: readonly DetailsPredicate[];
}

/** Raw columns that single segments carry. */
const SEGMENT_COLUMNS: readonly RawColumn[] = ["queueId", "wrapUpCode"];

/** Places of members that single segments carry. */
const SEGMENT_PLACES: readonly Member["at"][] = ["segment", "scoredAgent"];

/** Splits the filter; `scope` decides whether separate conditions may be met by different parts. */
export function pushDown(filter: Filter, scope: ReportDefinition["filterScope"]): PushedFilter {
  const conjuncts = conjunctsOf(filter);
  const candidates = conjuncts.map((conjunct) => pushable(conjunct)).filter((entry) => entry !== undefined);
  const conversation = candidates.filter(({ array }) => array === "conversationFilters");
  const segment = onOneSegment(
    candidates.filter(({ array }) => array === "segmentFilters"),
    scope,
  );
  const sendable = new Set([...conversation, ...segment].map((entry) => entry.filter));
  const kept = withoutTooLong([...conversation, ...segment]);
  const pushed = new Map(kept.map((entry) => [entry.filter, entry.asked]));
  const conversationFilters = joined(conversation.filter((entry) => pushed.has(entry.filter)));
  const segmentFilters = joined(segment.filter((entry) => pushed.has(entry.filter)));
  const longestList = longestOf({ conversationFilters, segmentFilters });
  return {
    conversationFilters,
    segmentFilters,
    pushedDown: conjuncts.flatMap((conjunct) => pushed.get(conjunct) ?? []),
    local: conjuncts.filter((conjunct) => pushed.get(conjunct) !== conjunct),
    tooLong: conjuncts.filter((conjunct) => !pushed.has(conjunct) && sendable.has(conjunct)),
    ...(longestList === undefined ? {} : { longestList }),
  };
}

/** The longest list, and of the others, the shortest first, as many as fit beside a part of it. */
function withoutTooLong(entries: readonly Pushable[]): Pushable[] {
  const [longest, ...others] = entries.toSorted((left, right) => right.alternatives.length - left.alternatives.length);
  let room = MAX_ALTERNATIVES;
  const fitting = others.reverse().filter(({ alternatives }) => {
    room -= alternatives.length;
    return room >= 0;
  });
  return longest === undefined ? [] : [longest, ...fitting];
}

function longestOf(filters: Pick<PushedFilter, LongestList["array"]>): LongestList | undefined {
  const lists = (["conversationFilters", "segmentFilters"] as const).flatMap((array) =>
    filters[array].flatMap(({ clauses = [] }) =>
      clauses.map(({ predicates }, clause) => ({ array, clause, size: predicates.length })),
    ),
  );
  return lists.toSorted((left, right) => right.size - left.size)[0];
}

function pushable(filter: Filter): Pushable | undefined {
  const asked = loosened(filter);
  const predicates = asked.kind === "predicate" ? [asked] : asked.kind === "or" ? asked.filters : [];
  const alternatives: DetailsPredicate[] = [];
  const segmentDimensions: string[] = [];
  let elsewhere = false;
  let array: PushDown["array"] | undefined;
  for (const predicate of predicates) {
    if (predicate.kind !== "predicate" || predicate.negated || !predicate.field.pushDown) return undefined;
    if (takesUnknownMedia(predicate) || !isSayable(predicate.condition)) return undefined;
    array ??= predicate.field.pushDown.array;
    if (array !== predicate.field.pushDown.array) return undefined;
    const { column, member, pushDown: target } = predicate.field;
    if (SEGMENT_COLUMNS.includes(column) || (member && SEGMENT_PLACES.includes(member.at)))
      segmentDimensions.push("dimension" in target ? target.dimension : target.metric);
    elsewhere ||= member !== undefined && member.of !== "part";
    alternatives.push(...predicatesOf(predicate, predicate.field.pushDown));
  }
  return array === undefined ? undefined : { filter, asked, array, segmentDimensions, elsewhere, alternatives };
}

/**
 * A metric is compared here as the sum over a leg, a visit or the conversation; whether the service compares single
 * values or the sum over the conversation is not documented. So no bound is sent: only that the metric is there, and
 * above 0 where the sum must be, which then holds for one of its values and for their sum alike. The same filter where
 * nothing had to be loosened.
 */
function loosened(filter: Filter): Filter {
  if (filter.kind === "predicate") {
    const { field, condition } = filter;
    if (field.column !== "metricSum" || condition.kind !== "range") return filter;
    const isAboveZero = (condition.gt ?? -1) >= 0 || (condition.gte ?? -1) > 0;
    return { ...filter, condition: isAboveZero ? { kind: "range", gt: 0 } : { kind: "exists" } };
  }
  const filters = filter.filters.map(loosened);
  return filters.every((inner, index) => inner === filter.filters[index]) ? filter : { kind: filter.kind, filters };
}

/** The grammar has no word for a part of a text, and none for nothing. */
function isSayable(condition: Condition): boolean {
  if (condition.kind === "part") return false;
  return condition.kind !== "is_one_of" || condition.values.length > 0;
}

/** A session without a media type is read as `unknown`, which the vendor would not find there. */
function takesUnknownMedia({ field, condition }: Predicate): boolean {
  return field.column === "mediaType" && !(condition.kind === "is_one_of" && !condition.values.includes("unknown"));
}

function predicatesOf({ field, condition }: Predicate, target: PushDown): DetailsPredicate[] {
  if ("metric" in target) {
    if (condition.kind !== "range") return [{ type: "metric", metric: target.metric, operator: "exists" }];
    return [{ type: "metric", metric: target.metric, range: inMilliseconds(condition) }];
  }
  if (condition.kind === "range" && field.type === "score") {
    const { kind: _range, ...range } = condition;
    return [{ type: "dimension", dimension: target.dimension, range }];
  }
  if (condition.kind !== "is_one_of") return [{ type: "dimension", dimension: target.dimension, operator: "exists" }];
  return condition.values.map((value) => ({
    type: "dimension",
    dimension: target.dimension,
    operator: "matches",
    value,
  }));
}

/**
 * The bounds in the vendor's whole milliseconds. Each is chosen so that it takes exactly the milliseconds that the
 * comparison in seconds takes here: 1.005 × 1000 is a little less than 1005 in binary, and would lose it.
 */
function inMilliseconds({
  gt,
  gte,
  lt,
  lte,
}: Extract<Condition, { kind: "range" }>): DetailsPredicate["range"] & object {
  return {
    ...(gt === undefined ? {} : { gt: atMost(gt) }),
    ...(gte === undefined ? {} : { gte: -atMost(-gte) }),
    ...(lt === undefined ? {} : { lt: -atMost(-lt) }),
    ...(lte === undefined ? {} : { lte: atMost(lte) }),
  };
}

/** The largest whole number of milliseconds that is not more than so many seconds. */
function atMost(seconds: number): number {
  const near = Math.round(seconds * 1000);
  return [near + 1, near].find((ms) => ms / 1000 <= seconds) ?? near - 1;
}

/**
 * One segment filter concerns one and the same segment, and whether two filters may be met by two segments the
 * vendor does not say: there is one. A kept part always has a segment that shows its media type, its agent and its
 * queue together; a wrap-up segment may lack the queue, so of what stands on single segments one dimension is asked.
 * What may hold on another part (the flow before the queue) is asked alone. Under `conversation` scope different
 * conditions may be met by different parts: only one of them is pushed.
 */
function onOneSegment(entries: readonly Pushable[], scope: ReportDefinition["filterScope"]): readonly Pushable[] {
  if (scope === "conversation") return entries.slice(0, 1);
  const own = entries.filter(({ elsewhere }) => !elsewhere);
  if (own.length === 0) return entries.slice(0, 1);
  const asked = own.flatMap(({ segmentDimensions }) => segmentDimensions);
  const chosen = asked.includes("queueId") ? "queueId" : asked[0];
  return own.filter(({ segmentDimensions }) => segmentDimensions.every((dimension) => dimension === chosen));
}

/** One filter that joins all, or none. */
function joined(entries: readonly Pushable[]): DetailsFilter[] {
  if (entries.length === 0) return [];
  const predicates = entries.flatMap(({ alternatives }) => (alternatives.length === 1 ? alternatives : []));
  const clauses = entries
    .filter(({ alternatives }) => alternatives.length > 1)
    .map(({ alternatives }) => ({ type: "or" as const, predicates: alternatives }));
  return [
    { type: "and", ...(clauses.length > 0 ? { clauses } : {}), ...(predicates.length > 0 ? { predicates } : {}) },
  ];
}
