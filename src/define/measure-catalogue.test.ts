import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Fact, metricsOf } from "../domain/fact.ts";
import { decimalsOf, factsOf, type Formula } from "../domain/measure.ts";
import { MEASURES } from "./measure-catalogue.ts";

/** What the measures of the product page are, written a second time; all others are computed again in test/truth. */
const DEFINITIONS: readonly (readonly [name: string, decimals: number, formula: string])[] = [
  ["conversation_count", 0, "conversations"],
  ["total_duration_seconds", 2, "durationMs"],
  ["avg_duration_seconds", 2, "durationMs ÷ endedConversations"],
  ["talk_seconds", 2, "sum of tTalkComplete"],
  ["hold_seconds", 2, "sum of tHeldComplete"],
  ["acw_seconds", 2, "sum of tAcw"],
  ["handle_seconds", 2, "sum of tHandle"],
  ["talk_ratio", 4, "sum of tTalkComplete ÷ durationMs"],
  ["hold_ratio", 4, "sum of tHeldComplete ÷ durationMs"],
  ["efficiency_score", 2, "100 × durationMs + -50 × sum of tHeldComplete ÷ durationMs, at least 0"],
  ["unique_wrapup_codes", 0, "codes"],
  ["wrapup_counts", 0, "codes, counted"],
  ["offered", 0, "count of nOffered"],
  ["answered", 0, "count of tAnswered"],
  ["abandoned", 0, "count of tAbandon"],
  ["answer_rate", 4, "count of tAnswered ÷ count of nOffered"],
  ["abandon_rate", 4, "count of tAbandon ÷ count of nOffered"],
  ["asa_seconds", 2, "sum of tAnswered ÷ count of tAnswered"],
  ["aht_seconds", 2, "sum of tHandle ÷ count of tHandle"],
  ["avg_talk_seconds", 2, "sum of tTalkComplete ÷ count of tHandle"],
  ["avg_hold_seconds", 2, "sum of tHeldComplete ÷ count of tHandle"],
  ["avg_acw_seconds", 2, "sum of tAcw ÷ count of tHandle"],
  ["transfer_rate", 4, "count of nTransferred ÷ count of tHandle"],
  ["agents", 0, "distinct agents"],
  ["nps", 2, "100 × promoters + -100 × detractors ÷ npsResponses"],
  ["p50_handle_seconds", 2, "50 % of sum of tHandle"],
  ["p90_duration_seconds", 2, "90 % of durationMs"],
  ["p95_wait_seconds", 2, "95 % of sum of tAnswered, sum of tAbandon, sum of tFlowOut"],
];

test("MEASURES compute what the page of measures says", () => {
  expect(
    DEFINITIONS.flatMap(([name]) => {
      const measure = MEASURES.get(name);
      return measure ? [[measure.name, decimalsOf(measure), inWords(measure.formula)]] : [];
    }),
  ).toEqual(DEFINITIONS);
});

test("R-53: MEASURES have percentiles, abandons, waits, transfers and queues of a contact centre", () => {
  const names = ["p90_wait_seconds", "short_abandon_rate", "transfer_rate", "first_queue_asa_seconds", "ivr_contained"];

  expect(names.filter((name) => !MEASURES.has(name))).toEqual([]);
});

test("MEASURES read only metrics that the vendor lists", () => {
  const description = readFileSync(new URL("../../simulator/openapi-analytics.json", import.meta.url), "utf8");

  for (const fact of factsOf([...MEASURES.values()])) {
    for (const metric of metricsOf(fact))
      expect(description.includes(`"${metric}"`), `${fact.name}: ${metric}`).toBe(true);
  }
});

test("MEASURES have one meaning for each fact", () => {
  const facts = [...MEASURES.values()].flatMap((measure) => factsOf([measure]));

  for (const fact of facts)
    expect(facts.filter(({ name }) => name === fact.name)).toEqual(
      facts.filter(({ name }) => name === fact.name).map(() => fact),
    );
  for (const measure of MEASURES.values()) expect(Object.isFrozen(measure), measure.name).toBe(true);
});

test("MEASURES write decimals as a report asks", () => {
  const talkRatio = MEASURES.get("talk_ratio");

  expect(talkRatio && decimalsOf({ ...talkRatio, round: 0 })).toBe(0);
});

function inWords(formula: Formula): string {
  switch (formula.kind) {
    case "codes":
      return formula.counted ? "codes, counted" : "codes";
    case "agents":
      return "distinct agents";
    case "percentile":
      return `${formula.percent} % of ${formula.of.map(factInWords).join(", ")}`;
    case "distribution":
      return formula.ranges.map(({ label, of }) => `${label}: ${of.map(factInWords).join(", ")}`).join("; ");
    case "own":
      return "an expression";
    case "quotient": {
      const side = (terms: typeof formula.numerator): string =>
        terms
          .map(({ times, fact }) => (times === 1 ? factInWords(fact) : `${times} × ${factInWords(fact)}`))
          .join(" + ");
      const denominator = formula.denominator === undefined ? "" : ` ÷ ${side(formula.denominator)}`;
      const floor = formula.floor === undefined ? "" : `, at least ${formula.floor}`;
      return `${side(formula.numerator)}${denominator}${floor}`;
    }
  }
}

function factInWords({ name, reads }: Fact): string {
  return reads.kind === "metric" ? `${reads.take} of ${reads.metric}` : name;
}
