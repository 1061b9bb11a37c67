/**
 * Reads the service's own sums. They stand in reports and beside ours, so nothing of an answer is guessed: absent groups
 * and metrics are what did not occur, and everything else must have the shape of the description.
 */
import type { AggregateRow } from "../domain/aggregates-query.ts";
import { ReportError } from "../domain/errors.ts";

type Json = Readonly<Record<string, unknown>>;

/** Reads an answer; `genesys.unexpected_answer` when it is none. */
export function parseAggregates(json: unknown): AggregateRow[] {
  const answer = objectOf(json, "the answer");
  const keys = Object.keys(answer).filter((key) => key !== "cursor");
  if (keys.length > 0 && !("results" in answer)) throw otherShape(`members ${keys.slice(0, 5).join(", ")}`);
  return listOf(answer["results"], "results").flatMap((result) => {
    const { group: dimensions, data } = objectOf(result, "a result");
    const group = groupOf(dimensions ?? {});
    return listOf(data, "data").map((bucket) => rowOf(group, objectOf(bucket, "a bucket")));
  });
}

function groupOf(json: unknown): Record<string, string> {
  const group: Record<string, string> = {};
  for (const [dimension, value] of Object.entries(objectOf(json, "a group"))) {
    if (typeof value !== "string") throw otherShape(`a value of ${dimension} that is no text`);
    group[dimension] = value;
  }
  return group;
}

function rowOf(group: Readonly<Record<string, string>>, { interval, metrics }: Json): AggregateRow {
  const startAt = typeof interval === "string" ? Date.parse(interval.split("/", 1)[0] ?? "") : Number.NaN;
  if (Number.isNaN(startAt)) throw otherShape("a bucket without a readable interval");
  const found = new Map<string, { count: number; sum: number }>();
  for (const entry of listOf(metrics, "metrics")) {
    const { metric, stats } = objectOf(entry, "a metric");
    if (typeof metric !== "string" || found.has(metric)) throw otherShape("a metric without a name of its own");
    const { count, sum } = objectOf(stats, "stats");
    found.set(metric, { count: wholeOf(count, metric), sum: wholeOf(sum, metric) });
  }
  return { group, startAt, metrics: found };
}

/** Counters have no sum; sums may be written with a fraction of a millisecond. */
function wholeOf(value: unknown, metric: string): number {
  if (value === undefined || value === null) return 0;
  const whole = typeof value === "number" ? Math.round(value) : Number.NaN;
  if (!Number.isSafeInteger(whole)) throw otherShape(`a number of ${metric} that cannot be counted`);
  return whole;
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw otherShape(`${what} that is no object`);
}

/** Absent, null and empty are the same. */
function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw otherShape(`${what} that are no list`);
}

/** The error of an answer that cannot be read. */
export function otherShape(what: string): ReportError {
  return new ReportError("genesys.unexpected_answer", `The aggregates query answered with ${what}`, {
    hint: "Check genesys.apiUrl; nothing can be made of an answer of another shape.",
  });
}
