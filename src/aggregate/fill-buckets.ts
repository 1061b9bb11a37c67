/**
 * Empty time buckets, on request: a report by the hour then has a row for each hour of its window, also for those in
 * which nothing happened. Every combination of the other keys that occurs gets a flat row without a unit in every
 * bucket, so that the engine makes a group of it: counts over nothing are 0, ratios null, and no sum changes.
 */
import { assert } from "../domain/errors.ts";
import type { BucketWidth } from "../domain/field.ts";
import type { Interval } from "../domain/interval.ts";
import type { GroupedShape } from "../domain/report-definition.ts";
import type { Finding } from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import { UNIT_COLUMNS } from "./group-rows.ts";
import type { FactRow, GroupTable } from "./table-engine.ts";

/** A table that gets the flat rows of a report, and in the end those that fill it. */
export interface Filling {
  append(rows: readonly FactRow[]): Promise<void>;
  /** Fills it; what there is to say about that. */
  finish(): Promise<Finding[]>;
}

/** More rows than this nobody reads: nearly all of them would be zeros. */
const MAX_FILLED = 1_000_000;

const BATCH = 2048;
const FIRST_KEY = Object.values(UNIT_COLUMNS).length;

/**
 * Fills the buckets of `known`, the part of the window of which data were asked for, when the shape wants that; the table
 * has `width` columns, its keys behind the units.
 */
export function fillBuckets(
  table: Pick<GroupTable, "append">,
  width: number,
  { groupBy, fill }: GroupedShape,
  known: Interval | undefined,
  localTime: LocalTime,
  maxRows = MAX_FILLED,
): Filling {
  if (!fill) return { append: async (rows) => await table.append(rows), finish: () => Promise.resolve([]) };
  assert(known !== undefined, "who fills buckets knows of which time");
  const times = groupBy.flatMap(({ bucket }, index) => (bucket === undefined ? [] : [{ bucket, index }]));
  const others = groupBy.flatMap(({ bucket }, index) => (bucket === undefined ? [index] : []));
  const widths = times.map(({ bucket }) => bucket);
  const buckets = bucketsWithin(known, widths, localTime);
  const most = Math.floor(maxRows / Math.max(1, buckets.length));
  const combinations = new Map<string, FactRow>();
  if (others.length === 0) combinations.set("[]", []);

  function see(rows: readonly FactRow[]): void {
    for (const row of rows) {
      // One more than there is room for is kept, to tell.
      if (combinations.size > most) return;
      const values = others.map((index) => row[FIRST_KEY + index] ?? null);
      combinations.set(JSON.stringify(values), values);
    }
  }

  function* emptyRows(): Generator<FactRow> {
    for (const values of combinations.values()) {
      for (const bucket of buckets) {
        const row: FactRow[number][] = Array.from({ length: width }, () => null);
        for (const [place, index] of others.entries()) row[FIRST_KEY + index] = values[place] ?? null;
        for (const [place, { index }] of times.entries()) row[FIRST_KEY + index] = bucket[place] ?? null;
        yield row;
      }
    }
  }

  return {
    async append(rows) {
      see(rows);
      await table.append(rows);
    },
    async finish() {
      if (combinations.size > most) return [leftOut(buckets.length, maxRows)];
      for (const batch of batchesOf(emptyRows())) await table.append(batch);
      return [];
    },
  };
}

/** The values of time keys that occur in the interval, together and in the order of time. */
export function bucketsWithin(
  { startAt, endAt }: Interval,
  widths: readonly BucketWidth[],
  localTime: LocalTime,
): (readonly number[])[] {
  const buckets = new Map<string, readonly number[]>();
  for (let at = startAt; at < endAt; at = localTime.quarterAfter(at)) {
    const bucket = widths.map((width) => localTime.bucketOf(at, width));
    buckets.set(bucket.join(" "), bucket);
  }
  return [...buckets.values()];
}

function* batchesOf(rows: Iterable<FactRow>): Generator<readonly FactRow[]> {
  let batch: FactRow[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function leftOut(buckets: number, maxRows: number): Finding {
  const message = `Empty buckets were not filled: ${buckets.toLocaleString("en")} buckets for each combination of the other keys would be more than ${maxRows.toLocaleString("en")} rows. Group by fewer keys or by wider buckets.`;
  return { code: "fill_left_out", count: 1, message };
}
