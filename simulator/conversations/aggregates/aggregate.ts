/**
 * Answers an aggregates query from the conversations of a centre: every figure that was emitted in the interval and
 * meets the filter is counted in the bucket of its own emit date and in its groups. Read this file first; the others of
 * the folder are its words: where a figure stands, which groups it has, which bucket, what becomes of it.
 */
import type { Centre, Conversation } from "../centre.ts";
import { compileFilter, fieldNamed, subjectOf, type Test } from "../compile-filters.ts";
import type { QueryFilter } from "../details-query.ts";
import { compileTest } from "../field.ts";
import { parseInterval } from "../query-interval.ts";
import { isVisible } from "../select-conversations.ts";
import type { AggregateQuery, AggregateResult } from "./aggregate-query.ts";
import { type Buckets, cutBuckets } from "./buckets.ts";
import { Cell, figuresNeeded } from "./cell.ts";
import { checkAggregateQuery } from "./check-aggregate-query.ts";
import { AGGREGATE_FIELDS } from "./dimensions.ts";
import { createEmitterFinder } from "./emit-spans.ts";
import { createGrouper, type Group } from "./group-keys.ts";
import { eventsOf, type MetricEvent } from "./metric-event.ts";
import { keepRanked } from "./rank-groups.ts";
import { createTargetFinder } from "./service-level.ts";

/** A group in the making: its cells by the number of their bucket. */
export interface GroupCells {
  readonly group: Group;
  readonly cells: Map<number, Cell>;
}

/** Works a checked query out; made by `prepare`, so that nonsense is refused before any work is done. */
export type Aggregation = () => readonly AggregateResult[];

/** Prepares queries. */
export interface Aggregator {
  /** @throws QueryRefused for a query that makes no sense */
  prepare(query: AggregateQuery, divisionIds: ReadonlySet<string> | undefined): Aggregation;
}

/** @param metricNames every metric that there is, which no view may be named like */
export function createAggregator(centre: Centre, metricNames: readonly string[]): Aggregator {
  const store = centre.conversations;
  const findEmitters = createEmitterFinder(store);
  const findTarget = createTargetFinder(centre);

  return {
    prepare(query, divisionIds) {
      checkAggregateQuery(query, metricNames);
      const interval = parseInterval(query.interval);
      const buckets = cutBuckets(interval, query.granularity, query.timeZone);
      const matches = query.filter === undefined ? undefined : compileEventFilter(query.filter);
      const needed = figuresNeeded(query);
      const groupsOf = createGrouper(query.groupBy ?? [], query.flattenMultivaluedDimensions === true);

      return () => {
        const groups = new Map<string, GroupCells>();
        for (const index of findEmitters(interval)) {
          const conversation = store.get(index);
          if (!isVisible(conversation, divisionIds)) continue;
          for (const { event, group } of placedEvents(conversation, needed, matches, groupsOf)) {
            const number = buckets.numberOf(event.emitAt);
            if (number !== undefined) cellIn(groups, group, number).add(event, query, findTarget);
          }
        }
        const kept = keepRanked([...groups.values()].sort(byGroup), query);
        return kept.map((cells) => toResult(cells, buckets, query)).filter(({ data }) => data.length > 0);
      };
    },
  };
}

function compileEventFilter(filter: QueryFilter): Test<MetricEvent> {
  return compileFilter(filter, (predicate) => {
    const { name } = subjectOf(predicate);
    return compileTest(fieldNamed(AGGREGATE_FIELDS, name), predicate, name);
  });
}

/** The figures that count, each once for every group it belongs to; conversations only once a group. */
function* placedEvents(
  conversation: Conversation,
  needed: ReadonlySet<string>,
  matches: Test<MetricEvent> | undefined,
  groupsOf: (event: MetricEvent) => Group[],
): Generator<{ event: MetricEvent; group: Group }, void, undefined> {
  const firstOfGroup = new Map<string, { event: MetricEvent; group: Group }>();
  for (const event of eventsOf(conversation)) {
    if (!needed.has(event.name) || matches?.(event) === false) continue;
    for (const group of groupsOf(event)) {
      if (event.name !== "nConversations") {
        yield { event, group };
        continue;
      }
      const key = JSON.stringify(group);
      const first = firstOfGroup.get(key);
      if (first === undefined || event.emitAt < first.event.emitAt) firstOfGroup.set(key, { event, group });
    }
  }
  yield* firstOfGroup.values();
}

function cellIn(groups: Map<string, GroupCells>, group: Group, number: number): Cell {
  const key = JSON.stringify(group);
  const found = groups.get(key) ?? { group, cells: new Map<number, Cell>() };
  groups.set(key, found);
  const cell = found.cells.get(number) ?? new Cell();
  found.cells.set(number, cell);
  return cell;
}

function byGroup(left: GroupCells, right: GroupCells): number {
  return JSON.stringify(left.group) < JSON.stringify(right.group) ? -1 : 1;
}

function toResult({ group, cells }: GroupCells, buckets: Buckets, query: AggregateQuery): AggregateResult {
  const numbers = [...cells.keys()].sort((left, right) => left - right);
  const data = numbers.flatMap((number) => cells.get(number)?.toBucket(buckets.textOf(number), query) ?? []);
  return { group, data };
}
