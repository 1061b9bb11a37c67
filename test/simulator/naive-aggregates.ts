/**
 * Aggregates worked out in the plainest way, as an oracle: each query reads all conversations, each bucket all their
 * figures. It knows a dozen dimensions, reads the tree by hand, and shares nothing with the simulator's aggregation.
 */
import { Temporal } from "temporal-polyfill";
import type { Centre, Conversation, Participant, Session } from "../../simulator/conversations/centre.ts";

export interface NaiveQuery {
  readonly interval: string;
  readonly metrics: readonly string[];
  readonly granularity?: string;
  readonly timeZone?: string;
  readonly groupBy?: readonly string[];
  /** All must hold; each names a value that the figure must have among its values. */
  readonly only?: readonly { readonly dimension: string; readonly value: string }[];
  readonly flatten?: boolean;
}

interface Figure {
  readonly conversation: Conversation;
  readonly participant: Participant;
  readonly session: Session;
  readonly name: string;
  readonly value: number;
  readonly at: string;
}

/** The dimensions that the oracle knows. */
export const NAIVE_DIMENSIONS: Readonly<Record<string, (figure: Figure) => readonly unknown[]>> = {
  queueId: (figure) => [queueOf(figure)],
  mediaType: ({ session }) => [session.mediaType],
  userId: ({ participant }) => [participant.userId],
  purpose: ({ participant }) => [participant.purpose],
  direction: ({ session }) => [session.direction],
  originatingDirection: ({ conversation }) => [conversation.originatingDirection],
  divisionId: ({ conversation }) => conversation.divisionIds,
  conversationInitiator: ({ conversation }) => [conversation.conversationInitiator],
  wrapUpCode: ({ session }) => session.segments.map(({ wrapUpCode }) => wrapUpCode),
  disconnectType: ({ session }) => session.segments.map(({ disconnectType }) => disconnectType),
  requestedRoutingSkillId: ({ session }) => session.segments.flatMap((it) => it.requestedRoutingSkillIds ?? []),
  requestedLanguageId: ({ session }) => session.segments.map(({ requestedLanguageId }) => requestedLanguageId),
  usedRouting: ({ session }) => [session.usedRouting],
  provider: ({ session }) => [session.provider],
};

/** Lines "group | bucket | metric | stats", sorted. */
export function naiveAggregates(centre: Centre, query: NaiveQuery): string[] {
  const [start = "", end = ""] = query.interval.split("/").map((text) => new Date(text).toISOString());
  const all = Array.from({ length: centre.conversations.size }, (_, index) => centre.conversations.get(index));
  const figures = all.flatMap(figuresOf).filter((figure) => passes(figure, query));
  const lines: string[] = [];
  for (const metric of query.metrics) {
    const every = placed(figures, metric, query);
    for (const [from, to] of bucketsOf(start, end, query)) {
      const groups = new Map<string, number[]>();
      for (const { group, figure } of every) {
        if (figure.at < from || figure.at >= to) continue;
        groups.set(group, [...(groups.get(group) ?? []), figure.value]);
      }
      for (const [group, values] of groups)
        lines.push(`${group} | ${from}/${to} | ${metric} | ${stats(metric, values)}`);
    }
  }
  return lines.sort();
}

/** The same lines from the simulator's answer; service levels are left out. */
export function linesOf(results: unknown): string[] {
  const lines: string[] = [];
  for (const { group, data } of Array.isArray(results) ? results : []) {
    for (const { interval, metrics } of data) {
      for (const { metric, stats: found } of metrics) {
        if (!metric.startsWith("oService")) lines.push(`${keyOf(group)} | ${interval} | ${metric} | ${keyOf(found)}`);
      }
    }
  }
  return lines.sort();
}

function figuresOf(conversation: Conversation): Figure[] {
  return conversation.participants.flatMap((participant) =>
    participant.sessions.flatMap((session) => [
      ...(session.metrics ?? []).map(({ name, value, emitDate }) => ({
        conversation,
        participant,
        session,
        name,
        value,
        at: emitDate,
      })),
      {
        conversation,
        participant,
        session,
        name: "nConversations",
        value: 1,
        at: session.segments.map(({ segmentStart }) => segmentStart).sort()[0] ?? conversation.conversationStart,
      },
    ]),
  );
}

function passes(figure: Figure, { only = [] }: NaiveQuery): boolean {
  return only.every(({ dimension, value }) => valuesOf(figure, dimension).includes(value));
}

/** Each figure once for each of its groups; conversations once a group, at their first. */
function placed(figures: readonly Figure[], metric: string, query: NaiveQuery): { group: string; figure: Figure }[] {
  const names = metric === "tWait" ? ["tAnswered", "tAbandon", "tFlowOut"] : [metric];
  const every = figures
    .filter(({ name }) => names.includes(name))
    .flatMap((figure) => groupsOf(figure, query).map((group) => ({ group, figure })));
  if (metric !== "nConversations") return every;
  const first = new Map<string, { group: string; figure: Figure }>();
  for (const one of every.sort((left, right) => (left.figure.at < right.figure.at ? -1 : 1))) {
    const key = `${one.figure.conversation.conversationId} ${one.group}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

function groupsOf(figure: Figure, { groupBy = [], flatten = false }: NaiveQuery): string[] {
  let groups: Record<string, string>[] = [{ mediaType: figure.session.mediaType }];
  for (const dimension of groupBy) {
    const values = valuesOf(figure, dimension);
    const shown = flatten && values.length > 0 ? [values.toSorted().join(",")] : values;
    if (shown.length > 0) groups = shown.flatMap((value) => groups.map((group) => ({ ...group, [dimension]: value })));
  }
  return groups.map(keyOf);
}

function valuesOf(figure: Figure, dimension: string): string[] {
  const values = NAIVE_DIMENSIONS[dimension]?.(figure) ?? [];
  return [...new Set(values.filter((value) => value !== undefined).map(String))];
}

/** The queue of the segment that covers the moment; at a border, of the one that ends there. */
function queueOf({ session, at }: Figure): string | undefined {
  const queued = session.segments
    .filter(({ queueId }) => queueId !== undefined)
    .sort((left, right) => (left.segmentStart < right.segmentStart ? -1 : 1));
  const ending = queued.filter(({ segmentStart, segmentEnd = "9" }) => segmentStart < at && at <= segmentEnd).at(-1);
  const started = queued.filter(({ segmentStart }) => segmentStart <= at).at(-1);
  const starting = queued.find(({ segmentStart }) => segmentStart === at);
  return (ending ?? starting ?? started ?? queued[0])?.queueId;
}

function bucketsOf(start: string, end: string, { granularity, timeZone = "UTC" }: NaiveQuery): [string, string][] {
  if (granularity === undefined) return [[start, end]];
  const zoned = Temporal.Instant.from(start).toZonedDateTimeISO(timeZone);
  const { days, hours, minutes } = Temporal.Duration.from(granularity);
  const edges: string[] = [];
  for (let count = 0; ; count += 1) {
    const edge = zoned.add({ days: days * count, hours: hours * count, minutes: minutes * count });
    const text = new Date(edge.epochMilliseconds).toISOString();
    if (text >= end) break;
    edges.push(text);
  }
  return edges.map((edge, index) => [edge, edges[index + 1] ?? end]);
}

function stats(metric: string, values: readonly number[]): string {
  const sum = values.reduce((total, value) => total + value, 0);
  if (metric.startsWith("n")) return keyOf({ count: sum });
  return keyOf({ max: Math.max(...values), min: Math.min(...values), count: values.length, sum });
}

function keyOf(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1))));
}
