/**
 * The first groups of a ranked query (`topN`, `bottomN`), by one figure over the whole interval. Without a sortMetric the
 * only metric ranks: counters by their count, the others by their sum. A group without the figure comes last.
 */
import type { GroupCells } from "./aggregate.ts";
import type { AggregateQuery, AggregateSort } from "./aggregate-query.ts";
import { isCounter, Summary } from "./summary.ts";

/** All groups of an ordinary query; the first `limit` ones, in order of rank, of a ranked one. */
export function keepRanked(groups: readonly GroupCells[], query: AggregateQuery): readonly GroupCells[] {
  const { queryType = "groupBy", sortMetric, limit, metrics } = query;
  const [first = ""] = metrics;
  if (queryType === "groupBy") return groups;
  const sort = sortMetric ?? { name: first, function: isCounter(first) ? "count" : "sum" };
  const sign = queryType === "topN" ? -1 : 1;
  const ranked = groups.map((group) => ({ group, rank: rankOf(group, sort) }));
  ranked.sort((left, right) => {
    if (left.rank === undefined || right.rank === undefined) {
      return Number(left.rank === undefined) - Number(right.rank === undefined);
    }
    return sign * (left.rank - right.rank);
  });
  return ranked.slice(0, limit).map(({ group }) => group);
}

function rankOf({ cells }: GroupCells, sort: AggregateSort): number | undefined {
  const whole = new Summary();
  for (const cell of cells.values()) {
    const summary = cell.summaries.get(sort.name);
    if (summary !== undefined) whole.include(summary);
    if (sort.name === "oServiceTarget" && cell.serviceTarget !== undefined) whole.add(cell.serviceTarget);
  }
  return whole.count === 0 ? undefined : whole.rankOf(sort);
}
