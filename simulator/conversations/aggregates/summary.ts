/** Count, sum, least and greatest of the figures of one metric, and how the service shows them. */
import type { AggregateSort, AggregateStats } from "./aggregate-query.ts";

/** A running summary; it never empties. */
export class Summary {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** Takes one more figure. */
  add(value: number): void {
    this.count += 1;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  /** Takes all figures of another summary. */
  include(other: Summary): void {
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** What a metric shows: counters how many, timers and observations everything. */
  statsOf(metric: string): AggregateStats {
    const { count, sum, min, max } = this;
    return isCounter(metric) ? { count: sum } : { max, min, count, sum };
  }

  /** The figure that groups are ranked by. */
  rankOf({ name, function: by }: AggregateSort): number {
    if (by === "average") return this.sum / this.count;
    return by === "count" && isCounter(name) ? this.sum : this[by];
  }
}

/** Whether a metric counts events; the others measure. */
export function isCounter(metric: string): boolean {
  return metric.startsWith("n");
}
