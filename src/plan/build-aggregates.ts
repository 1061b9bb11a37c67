/**
 * A report becomes the aggregates query that says the same thing, for a comparison. The server looks at each figure on
 * its own and has one two-level filter: what it cannot say is refused with the reason, never asked for more loosely.
 */
import { DIMENSIONS, sayFilter } from "../domain/aggregates-filter.ts";
import type { BucketWidth, Field } from "../domain/field.ts";
import type { Interval } from "../domain/interval.ts";
import { factsOf } from "../domain/measure.ts";
import type { AggregatesPlan, ComparedKey } from "../domain/reconciliation.ts";
import { type Filter, fieldsIn, type ReportDefinition } from "../domain/report-definition.ts";
import { statedFigure } from "../domain/stated-figures.ts";
import { createLocalTime } from "../support/local-time.ts";

/** Why a report cannot be compared. */
export interface Irreconcilable {
  readonly refusal: string;
}

const GRANULARITIES = {
  minute15: { granularity: "PT15M", widthMs: 15 * 60_000 },
  minute30: { granularity: "PT30M", widthMs: 30 * 60_000 },
  hour: { granularity: "PT1H", widthMs: 60 * 60_000 },
  day: { granularity: "P1D", widthMs: undefined },
} as const;

/** The key that is in every group of the server, whether it is asked for or not. */
const MEDIA_TYPE: Field = {
  path: "conversation.media.type",
  type: "code",
  home: "visit",
  column: "mediaType",
  groupable: true,
  filterable: true,
  meaning: "",
};

/** Plans the comparison; `filter` is the definition's with names bound to ids. */
export function buildAggregates(
  { shape, filterScope, timeZone }: ReportDefinition,
  filter: Filter,
  window: Interval,
): AggregatesPlan | Irreconcilable {
  if (shape.kind !== "grouped") return { refusal: "a detail report has no figures that aggregates state" };
  const said = sayFilter(filter, filterScope);
  if (said.kind === "unsayable") return { refusal: said.reasons[0]?.refusal ?? "" };
  if (said.kind === "nothing") return { refusal: "nothing can meet its filter, so there is nothing to ask for" };

  const keys = keysOf(shape.groupBy);
  const columns = [...keys.map(({ field }) => field.column), ...fieldsIn(filter).map(({ column }) => column)];
  const onlyLegs = columns.some((column) => column === "userId" || column === "wrapUpCode");
  const stated = factsOf(shape.measures).flatMap((fact) => statedFigure(fact) ?? []);
  const facts = stated.map(({ fact }) => fact);
  const byCode = columns.includes("wrapUpCode");
  const figures = stated.filter(
    ({ fact: { home } }) => !(onlyLegs && home === "visit") && !(byCode && home === "conversation"),
  );
  if (figures.length === 0)
    return { refusal: "none of its measures is made of a figure that aggregates state in such groups" };

  const { bucket, note } = bucketOf(shape.groupBy, window, timeZone);
  return {
    ask: {
      timeZone,
      ...(bucket === undefined ? {} : { granularity: GRANULARITIES[bucket].granularity }),
      groupBy: keys.map(({ dimension }) => dimension),
      metrics: [...new Set(figures.map(({ metric }) => metric))].sort(),
      ...(said.filter === undefined ? {} : { filter: said.filter }),
    },
    window,
    timeZone,
    keys,
    ...(bucket === undefined ? {} : { bucket }),
    figures,
    onlyLegs,
    byQueue: columns.includes("queueId"),
    notes: [
      ...(note === undefined ? [] : [note]),
      ...shape.groupBy.filter(isForeign).map(({ path }) => `aggregates have no ${path}: compared without it`),
      ...(onlyLegs && facts.some(({ home }) => home === "visit")
        ? [
            "visits are not compared: the server knows no agent or wrap-up code of a visit that was offered or abandoned",
          ]
        : []),
      ...(byCode && facts.some(({ home }) => home === "conversation")
        ? [
            "conversations are not compared: the server counts them under the codes of diallers too, we under those of agents",
          ]
        : []),
    ],
  };
}

function isForeign({ column, bucket }: Field): boolean {
  return bucket === undefined && DIMENSIONS[column] === undefined;
}

/** Each dimension once, the one with names before the one with ids. */
function keysOf(groupBy: readonly Field[]): ComparedKey[] {
  const byDimension = new Map<string, Field>();
  for (const field of [...groupBy, MEDIA_TYPE]) {
    const dimension = field.bucket === undefined ? DIMENSIONS[field.column] : undefined;
    if (dimension !== undefined && !byDimension.get(dimension)?.nameOf) byDimension.set(dimension, field);
  }
  return [...byDimension].map(([dimension, field]) => ({ dimension, field }));
}

/** The report's only bucket, when the server's buckets begin where the report's do. */
function bucketOf(
  groupBy: readonly Field[],
  { startAt, endAt }: Interval,
  timeZone: string,
): { bucket?: keyof typeof GRANULARITIES; note?: string } {
  const buckets = groupBy.flatMap(({ bucket }) => bucket ?? []);
  const [bucket] = buckets;
  if (bucket === undefined) return {};
  if (buckets.length > 1) return { note: "several time keys are no granularity: compared over the whole window" };
  if (!isGranular(bucket)) return { note: `${bucket} is no granularity: compared over the whole window` };
  const { widthMs } = GRANULARITIES[bucket];
  const localTime = createLocalTime(timeZone);
  const begins = (at: number): boolean => localTime.bucketOf(at - 1, bucket) !== localTime.bucketOf(at, bucket);
  const lastAt = widthMs === undefined ? startAt : startAt + Math.floor((endAt - 1 - startAt) / widthMs) * widthMs;
  return begins(startAt) && begins(lastAt)
    ? { bucket }
    : {
        note: `the server counts its buckets from the start of the window, which begins no ${bucket}: compared over the whole window`,
      };
}

function isGranular(bucket: BucketWidth): bucket is keyof typeof GRANULARITIES {
  return bucket in GRANULARITIES;
}
