// The identities of the service's own figures, on what it really sent: the definitions of the catalogue rest on them.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { figuresOver } from "./brute-measures.ts";
import { type Tree, waysOf } from "./brute-force.ts";

interface Stats {
  readonly count?: number;
  readonly sum?: number;
  readonly ratio?: number;
}

interface Aggregates {
  readonly results: readonly {
    readonly group: Readonly<Record<string, string>>;
    readonly data?: readonly { readonly metrics: readonly { readonly metric: string; readonly stats: Stats }[] }[];
  }[];
}

function genuine(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../genuine/${name}`, import.meta.url), "utf8"));
}

/** The figures of every group in every bucket, by metric. */
const groups = [
  "response.aggregates.four-media.json",
  "response.aggregates.message.json",
  "response.aggregates.tutorial.json",
].flatMap((name) =>
  (genuine(name) as Aggregates).results.flatMap(({ data = [] }) =>
    data.map(({ metrics }) => new Map(metrics.map(({ metric, stats }) => [metric, stats]))),
  ),
);

/** Absent is nothing that occurred. */
function stat(group: ReadonlyMap<string, Stats>, metric: string, of: "count" | "sum"): number {
  return group.get(metric)?.[of] ?? 0;
}

/** What of tWait is in none of the metrics that `wait_seconds` adds. */
function leftOver(group: ReadonlyMap<string, Stats>, of: "count" | "sum"): number {
  const parts = ["tAnswered", "tAbandon", "tFlowOut"].reduce((sum, metric) => sum + stat(group, metric, of), 0);
  return stat(group, "tWait", of) - parts;
}

describe("the service's aggregates", () => {
  test("tHandle is talk, hold, after-call work, dialling and contacting", () => {
    const handled = groups.filter((group) => group.has("tHandle") && group.has("tTalkComplete"));
    expect(handled.length).toBeGreaterThan(1);
    for (const group of handled) {
      const parts = ["tTalkComplete", "tHeldComplete", "tAcw", "tDialing", "tContacting"];
      expect(parts.reduce((sum, metric) => sum + stat(group, metric, "sum"), 0)).toBe(stat(group, "tHandle", "sum"));
    }
  });

  test("tWait is what was answered, abandoned and flowed out, and what left the queue in no such way", () => {
    const waited = groups.filter((group) => group.has("tWait"));
    const all = waited.filter((group) => leftOver(group, "count") === 0);
    expect([waited.length, all.length]).toEqual([2, 1]);
    for (const group of all) expect(leftOver(group, "sum")).toBe(0);
    // Of ten messages one was neither; its wait is in tWait and in the time in the queue.
    const [other] = waited.filter((group) => !all.includes(group));
    expect(other && leftOver(other, "count")).toBe(1);
    expect(other && stat(other, "tWait", "sum")).toBe(other && stat(other, "tAcd", "sum"));
  });

  test("the service level is the answered that were not over it ÷ the answered and abandoned", () => {
    const levels = groups.filter((group) => group.get("oServiceLevel")?.ratio !== undefined && group.has("tAnswered"));
    expect(levels.length).toBeGreaterThan(1);
    for (const group of levels) {
      const answered = stat(group, "tAnswered", "count");
      const level = (answered - stat(group, "nOverSla", "count")) / (answered + stat(group, "tAbandon", "count"));
      expect(level).toBeCloseTo(group.get("oServiceLevel")?.ratio ?? Number.NaN, 6);
    }
  });
});

test("on genuine conversations handle time is the sum of its parts, and waits are those of the answered and abandoned", () => {
  const { conversations } = genuine("response.details-query.chat.json") as { conversations: readonly Tree[] };
  const figures = figuresOver(conversations.flatMap(waysOf));
  const number = (name: string): number => Number(figures[name]);
  const parts = ["talk_seconds", "hold_seconds", "acw_seconds", "dialing_seconds", "contacting_seconds"].map(number);
  expect(number("handled")).toBeGreaterThan(0);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(number("handle_seconds"), 6);
  const waits = number("asa_seconds") * number("answered") + (number("avg_abandon_seconds") || 0) * number("abandoned");
  expect(waits).toBeCloseTo(number("wait_seconds"), 1);
});
