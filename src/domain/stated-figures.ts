/**
 * What of a report the service's aggregates state with the same meaning, and what is in the way of the rest. A report
 * is answered by aggregates all of it or not at all (docs/sources-of-figures.md).
 */
import type { AggregatesQuestion } from "./aggregates-query.ts";
import { DIMENSIONS, sayFilter } from "./aggregates-filter.ts";
import type { Field, RawColumn } from "./field.ts";
import { measuresIn } from "./expression.ts";
import { type Fact, plainMetric } from "./fact.ts";
import { factsOf, type Measure } from "./measure.ts";
import { conjunctsOf, type Filter, fieldsIn, type ReportDefinition, type Shape } from "./report-definition.ts";

/** One thing in the way: a measure or key by its name, a condition by its path, or the report as a whole. */
export interface Obstacle {
  readonly at: "rows" | "filter" | "filterScope" | "groupBy" | "measures";
  readonly name?: string;
  /** Half a sentence: "aggregates …". */
  readonly why: string;
}

/** Where the service states a fact. */
export interface StatedFigure {
  readonly fact: Fact;
  readonly metric: string;
  readonly stat: "count" | "sum";
}

/** How a report is answered by aggregates alone. */
export interface StatedPlan {
  /** Their intervals follow each other and make up the window; none when nothing can meet the filter. */
  readonly questions: readonly AggregatesQuestion[];
  /** The same without groups, where the groups do not add up. */
  readonly totals?: AggregatesQuestion;
  readonly figures: readonly StatedFigure[];
  /** Facts that have no total: conversations of several media types. */
  readonly withoutTotal: readonly Fact[];
}

/** Metrics that mean on both sides the same; compared figure by figure in docs/reconciliation.md. */
const SAME_METRICS = new Set([
  "nOffered",
  "tAbandon",
  "tAnswered",
  "tTalkComplete",
  "tHeldComplete",
  "tAcw",
  "tHandle",
]);

/** The figure that states a fact; undefined when none does. */
export function statedFigure(fact: Fact): StatedFigure | undefined {
  if (fact.name === "conversations") return { fact, metric: "nConversations", stat: "count" };
  const plain = plainMetric(fact);
  if (plain === undefined || !SAME_METRICS.has(plain.metric)) return undefined;
  return { fact, metric: plain.metric, stat: plain.take };
}

/** Everything that keeps aggregates from answering the report; nothing when they can. */
export function obstaclesTo({
  shape,
  filter,
  filterScope,
}: Pick<ReportDefinition, "shape" | "filter" | "filterScope">): Obstacle[] {
  if (shape.kind === "detail") return [{ at: "rows", why: "aggregates have figures of groups and no single rows" }];
  return [
    ...filterObstacles(filter, filterScope),
    ...shape.groupBy.filter(isForeign).map(
      ({ path }): Obstacle => ({
        at: "groupBy",
        name: path,
        why: `aggregates have no group for ${path}`,
      }),
    ),
    ...shape.measures.flatMap((measure) => measureObstacle(measure, shape, filter) ?? []),
  ];
}

/** Whether the filter leaves one media type: the service counts conversations for each media type, and never for all. */
export function isOfOneMediaType(filter: Filter): boolean {
  return conjunctsOf(filter).some(
    (each) =>
      each.kind === "predicate" &&
      each.field.column === "mediaType" &&
      !each.negated &&
      each.condition.kind === "is_one_of" &&
      each.condition.values.length === 1,
  );
}

function isForeign({ column, bucket }: Field): boolean {
  return bucket === undefined && DIMENSIONS[column] === undefined;
}

function filterObstacles(filter: Filter, scope: ReportDefinition["filterScope"]): Obstacle[] {
  const said = sayFilter(filter, scope);
  if (said.kind !== "unsayable") return [];
  return said.reasons.map(({ refusal, path }) => ({
    at: path === undefined && scope === "conversation" ? "filterScope" : "filter",
    ...(path === undefined ? {} : { name: path }),
    why: refusal,
  }));
}

function measureObstacle(
  measure: Measure,
  { groupBy }: Extract<Shape, { kind: "grouped" }>,
  filter: Filter,
): Obstacle | undefined {
  const { name, formula } = measure;
  const obstacle = (why: string): Obstacle => ({ at: "measures", name, why });
  if (formula.kind === "own") {
    const inTheWay = measuresIn(formula.expression).flatMap(
      (read) => measureObstacle(read, { kind: "grouped", groupBy, measures: [] }, filter) ?? [],
    );
    return inTheWay[0] && obstacle(inTheWay[0].why);
  }
  if (formula.kind !== "quotient") return obstacle("aggregates state sums and counts only");
  const facts = factsOf([measure]);
  const unstated = facts.find((fact) => statedFigure(fact) === undefined);
  if (unstated?.home === "conversation") return obstacle("aggregates state no duration of conversations");
  if (unstated) return obstacle("aggregates state no figure with the same meaning");

  const columns = [...groupBy, ...fieldsIn(filter)].map(({ column }) => column);
  const isOfAgents = columns.includes("userId") || columns.includes("wrapUpCode");
  if (isOfAgents && facts.some(({ home }) => home === "visit"))
    return obstacle("aggregates know no agent or wrap-up code of a visit that was offered or abandoned");
  if (!facts.some(({ home }) => home === "conversation")) return undefined;
  const why = whyNotCounted(groupBy, filter, columns);
  return why === undefined ? undefined : obstacle(why);
}

/** Why conversations mean something else in such groups. */
function whyNotCounted(groupBy: readonly Field[], filter: Filter, columns: readonly RawColumn[]): string | undefined {
  if (columns.includes("wrapUpCode"))
    return "aggregates count conversations under the codes of diallers too, and not only under those of agents";
  if (isAskedForAbsence(filter))
    return "aggregates count every conversation that was ever without a queue or agent, and not only those that never had one";
  const open = groupBy.find(({ column }) => ["queueId", "userId"].includes(column) && !isPinned(column, filter));
  if (open)
    return `aggregates have every conversation in the group without ${open.column === "queueId" ? "a queue" : "an agent"}; filter on ${open.path} (operator exists)`;
  if (!groupBy.some(({ column }) => column === "mediaType") && !isOfOneMediaType(filter))
    return "aggregates count conversations for each media type; group by conversation.media.type or filter to one";
  return undefined;
}

function isAskedForAbsence(filter: Filter): boolean {
  if (filter.kind !== "predicate") return filter.filters.some(isAskedForAbsence);
  return filter.negated && ["queueId", "userId"].includes(filter.field.column);
}

/** Whether the filter keeps nothing that has no value there. */
function isPinned(column: RawColumn, filter: Filter): boolean {
  if (filter.kind === "predicate") return filter.field.column === column && !filter.negated;
  return filter.kind === "and"
    ? filter.filters.some((inner) => isPinned(column, inner))
    : filter.filters.length > 0 && filter.filters.every((inner) => isPinned(column, inner));
}
