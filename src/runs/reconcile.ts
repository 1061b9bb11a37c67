/**
 * Compares what was counted here with what the server counted, group by group, and names the cause of each difference
 * that our own data can show.
 */
import { type CountedFigure, type CountedGroup, createBuckets, groupKey } from "../aggregate/count-figures.ts";
import type { NameOf } from "../domain/directory.ts";
import type { AggregateRow } from "../domain/aggregates-query.ts";
import type { AggregatesPlan, Difference, DifferenceCause, Reconciliation } from "../domain/reconciliation.ts";

/** Differences kept in a manifest; a month by the quarter of an hour can have many thousands, all of one cause. */
const MAX_DIFFERENCES = 1000;

/** A group of the union of both sides; the side that lacks it has only zeros. */
interface Side {
  readonly values: readonly (string | null)[];
  readonly bucket: number | undefined;
  readonly counted: CountedGroup | undefined;
  readonly server: number[];
}

/** Compares all figures of all groups; `requests` is what the comparison has cost. */
export function reconcile(
  plan: AggregatesPlan,
  counted: ReadonlyMap<string, CountedGroup>,
  rows: readonly AggregateRow[],
  nameOf: NameOf,
  requests: number,
): Reconciliation {
  const { bucketOf, label } = createBuckets(plan);
  const differences: Difference[] = [];
  const causes: Partial<Record<DifferenceCause, number>> = {};
  let [compared, equal] = [0, 0];
  for (const side of sidesOf(plan, counted, rows, bucketOf)) {
    for (const [index, { fact }] of plan.figures.entries()) {
      if (fact.home === "conversation" && !isStatedAlike(side, plan)) continue;
      const figure = side.counted?.figures[index];
      const ours = figure?.ours ?? 0;
      const server = side.server[index] ?? 0;
      if (ours === 0 && server === 0) continue;
      compared += 1;
      if (ours === server) {
        equal += 1;
        continue;
      }
      const cause = causeOf(figure, server, side.counted?.open ?? false, plan.figures[index]?.metric ?? "");
      causes[cause] = (causes[cause] ?? 0) + 1;
      differences.push({ group: labelsOf(side, plan, nameOf, label), figure: fact.name, ours, server, cause });
    }
  }
  const unexplained = differences.filter(({ cause }) => cause === "unexplained");
  const explained = differences.filter(({ cause }) => cause !== "unexplained");
  return {
    requests,
    compared,
    equal,
    causes,
    differences: [...unexplained, ...explained].slice(0, MAX_DIFFERENCES),
    notes: plan.notes,
  };
}

/** A comparison that did not come about. */
export function notReconciled(refusal: string, requests = 0): Reconciliation {
  return { requests, compared: 0, equal: 0, causes: {}, differences: [], notes: [], refusal };
}

/** Both sides by group, in the order of their keys. */
function sidesOf(
  plan: AggregatesPlan,
  counted: ReadonlyMap<string, CountedGroup>,
  rows: readonly AggregateRow[],
  bucketOf: (at: number) => number | undefined,
): readonly Side[] {
  const sides = new Map<string, Side>();
  for (const [key, group] of counted)
    sides.set(key, { values: group.values, bucket: group.bucket, counted: group, server: plan.figures.map(() => 0) });
  for (const { group, startAt, metrics } of rows) {
    // A session without a media type is our "unknown".
    const values = plan.keys.map(({ dimension }) => group[dimension] ?? (dimension === "mediaType" ? "unknown" : null));
    const bucket = bucketOf(startAt);
    const key = groupKey(values, bucket);
    const side = sides.get(key) ?? { values, bucket, counted: undefined, server: plan.figures.map(() => 0) };
    for (const [index, { metric, stat }] of plan.figures.entries())
      side.server[index] = (side.server[index] ?? 0) + (metrics.get(metric)?.[stat] ?? 0);
    sides.set(key, side);
  }
  return [...sides].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, side]) => side);
}

/**
 * Conversations of a group without a queue, agent or code mean different things: the server counts every conversation
 * of which some session had none, we only those of which no part had one.
 */
function isStatedAlike({ values }: Side, { keys }: AggregatesPlan): boolean {
  return keys.every(({ field }, index) => field.home === "conversation" || values[index] !== null);
}

function causeOf(figure: CountedFigure | undefined, server: number, open: boolean, metric: string): DifferenceCause {
  if (figure?.emitted === server) {
    const isAfterCall = (metric === "tAcw" || metric === "tHandle") && !figure.movedByMore;
    return isAfterCall ? "acw_next_bucket" : "other_clock";
  }
  // What goes on has emitted more by the time at which the server was asked.
  return open && server > (figure?.emitted ?? 0) ? "open" : "unexplained";
}

function labelsOf(
  { values, bucket }: Side,
  plan: AggregatesPlan,
  nameOf: NameOf,
  label: (bucket: number) => string,
): Difference["group"] {
  const group: Record<string, string | null> = {};
  for (const [index, { dimension, field }] of plan.keys.entries()) {
    const value = values[index] ?? null;
    group[dimension] = value;
    if (field.nameOf && value !== null) group[field.path] = nameOf(field.nameOf, value) ?? value;
  }
  if (bucket !== undefined) group[`time.${plan.bucket}`] = label(bucket);
  return group;
}
