/** Aggregates that say something else than the conversations: what no clock and no rule of counting explains. */
import { type Fault, member, on, type Selection } from "./fault.ts";

/** Which answers, and what is changed in them. */
export interface ChangedAggregates extends Selection {
  /** The metric whose `count` is changed, in the first group that has it. */
  readonly metric: string;
  /** Added to the count. Default 1. */
  readonly by?: number;
}

/** Changes one count in the answer of an aggregates query. */
export function changedAggregates({ metric, by = 1, ...selection }: ChangedAggregates): Fault {
  const chosen = { path: "/api/v2/analytics/conversations/aggregates/query", ...selection };
  return {
    name: "changedAggregates",
    ...on(chosen),
    alter: ({ json, ...rest }) => {
      const changed: unknown = structuredClone(json);
      const stats = membersOf(membersOf(membersOf([changed], "results"), "data"), "metrics")
        .filter((entry) => member(entry, "metric") === metric)
        .map((entry) => member(entry, "stats"))[0];
      if (typeof stats === "object" && stats !== null) Reflect.set(stats, "count", Number(member(stats, "count")) + by);
      return { ...rest, json: changed };
    },
  };
}

function membersOf(values: readonly unknown[], key: string): unknown[] {
  return values.flatMap((value) => member(value, key) ?? []);
}
