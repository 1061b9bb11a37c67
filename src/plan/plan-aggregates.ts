/**
 * A report that aggregates answer alone becomes questions: its groups in each piece of the window, and its totals where
 * the groups do not add up. `define/` has refused what aggregates cannot state; the window and the length of lists are
 * known only here.
 */
import { addsUp } from "../domain/additivity.ts";
import { DIMENSIONS, sayFilter } from "../domain/aggregates-filter.ts";
import type { AggregatesFilter, AggregatesForm, AggregatesQuestion } from "../domain/aggregates-query.ts";
import { assert, ReportError } from "../domain/errors.ts";
import type { Field } from "../domain/field.ts";
import type { Interval } from "../domain/interval.ts";
import { factsOf } from "../domain/measure.ts";
import type { Filter, ReportDefinition } from "../domain/report-definition.ts";
import { isOfOneMediaType, obstaclesTo, statedFigure, type StatedPlan } from "../domain/stated-figures.ts";
import { cutGranular } from "./cut-granular.ts";
import { MAX_ALTERNATIVES } from "./push-down.ts";

/**
 * Buckets that a query is asked for, above which it becomes a job; fewer where a key has many values. The service's own
 * limits are not documented: a month by the hour and queue is a query, a quarter or a month by the hour and agent a job.
 */
const QUERY_BUCKETS = { usual: 1000, ofManyGroups: 40 } as const;

/** Plans the questions; `filter` is the definition's over ids. */
export function planAggregates(definition: ReportDefinition, filter: Filter, window: Interval): StatedPlan {
  const { shape, filterScope, timeZone } = definition;
  assert(shape.kind === "grouped" && obstaclesTo(definition).length === 0, "aggregates can state the whole report");
  const facts = factsOf(shape.measures);
  const figures = facts.flatMap((fact) => statedFigure(fact) ?? []);
  const withoutTotal = isOfOneMediaType(filter) ? [] : facts.filter(({ home }) => home === "conversation");
  const plan = { figures, withoutTotal };
  const said = sayFilter(filter, filterScope);
  assert(said.kind !== "unsayable", "a filter over ids is as sayable as over names");
  if (said.kind === "nothing") return { questions: [], ...plan };
  requireShort(said.filter);

  const ask = {
    timeZone,
    metrics: [...new Set(figures.map(({ metric }) => metric))].sort(),
    ...(said.filter === undefined ? {} : { filter: said.filter }),
  };
  const groupBy = dimensionsOf(shape.groupBy);
  const questions = cutGranular(shape.groupBy, window, timeZone).map(
    ({ interval, granularity, buckets }): AggregatesQuestion => ({
      form: formOf(buckets, shape.groupBy),
      interval,
      buckets,
      ask: {
        ...ask,
        ...(granularity === undefined ? {} : { granularity }),
        ...(groupBy.length === 0 ? {} : { groupBy }),
      },
    }),
  );
  const doAddUp = facts.every((fact) => addsUp(fact, shape.groupBy) || withoutTotal.includes(fact));
  if (doAddUp) return { questions, ...plan };
  return { questions, totals: { form: "query", interval: window, buckets: 1, ask }, ...plan };
}

/** Each dimension once, though two keys may show its id and its name. The media type comes back unasked. */
function dimensionsOf(groupBy: readonly Field[]): string[] {
  return [
    ...new Set(groupBy.flatMap(({ column, bucket }) => (bucket === undefined ? (DIMENSIONS[column] ?? []) : []))),
  ];
}

function formOf(buckets: number, groupBy: readonly Field[]): AggregatesForm {
  const hasManyGroups = groupBy.some(({ column }) => column === "userId" || column === "wrapUpCode");
  return buckets > (hasManyGroups ? QUERY_BUCKETS.ofManyGroups : QUERY_BUCKETS.usual) ? "job" : "query";
}

/** A list could be shared out over several questions only where no figure has two of its values. */
function requireShort(filter: AggregatesFilter | undefined): void {
  const length = [...(filter?.predicates ?? []), ...(filter?.clauses ?? []).flatMap(({ predicates }) => predicates)]
    .length;
  if (length <= MAX_ALTERNATIVES) return;
  throw new ReportError(
    "definition.invalid",
    `Cannot ask aggregates for a filter of ${length.toLocaleString("en")} values; ${MAX_ALTERNATIVES} fit in a request`,
    { hint: 'Shorten its lists, or count conversations by their start: leave out "timeBasis" and "source".' },
  );
}
