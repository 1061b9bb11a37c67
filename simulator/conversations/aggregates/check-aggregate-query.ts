/**
 * What the schema of an aggregates query cannot say: metrics are named, views are at most ten, differ in name and look at
 * timers, and what only ranked queries have is given to them and to no others.
 */
import { QueryRefused } from "../details-query.ts";
import type { AggregateQuery } from "./aggregate-query.ts";

const MOST_VIEWS = 10;

/** @param builtIn the names of all metrics, which no view may bear. @throws QueryRefused */
export function checkAggregateQuery(query: AggregateQuery, builtIn: readonly string[]): void {
  if (query.metrics.length === 0) throw new QueryRefused("At least one metric is required");
  checkViews(query, builtIn);
  checkRanking(query);
}

function checkViews({ views = [] }: AggregateQuery, builtIn: readonly string[]): void {
  if (views.length > MOST_VIEWS) throw new QueryRefused(`No more than ${MOST_VIEWS} views are allowed`);
  const names = new Set(builtIn);
  for (const { name, target, range } of views) {
    if (name === "" || names.has(name)) throw new QueryRefused(`View name [${name}] is empty or already in use`);
    names.add(name);
    if (!target.startsWith("t")) throw new QueryRefused(`View [${name}] cannot look at [${target}]: it is no timer`);
    if (range?.gte === undefined && range?.lt === undefined) throw new QueryRefused(`View [${name}] needs a range`);
  }
}

function checkRanking({ queryType = "groupBy", sortMetric, limit, metrics }: AggregateQuery): void {
  if (queryType === "groupBy") {
    if (sortMetric === undefined && limit === undefined) return;
    throw new QueryRefused("sortMetric and limit are only for queries of type [topN] and [bottomN]");
  }
  if (limit === undefined || limit < 1) throw new QueryRefused(`A query of type [${queryType}] needs a limit above 0`);
  if (sortMetric === undefined) {
    if (new Set(metrics).size === 1) return;
    throw new QueryRefused(`A query of type [${queryType}] with several metrics needs a sortMetric`);
  }
  if (metrics.includes(sortMetric.name)) return;
  throw new QueryRefused(`The sortMetric [${sortMetric.name}] is not among the metrics of the query`);
}
