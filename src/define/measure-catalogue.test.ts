import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decimalsOf, factsOf, type Formula } from "../domain/measure.ts";
import { MEASURES } from "./measure-catalogue.ts";

/** What each measure is, written a second time from the product page (docs/measures.md says what they mean together). */
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
];

test("MEASURES compute what the page of measures says", () => {
  expect(
    [...MEASURES.values()].map((measure) => [measure.name, decimalsOf(measure), inWords(measure.formula)]),
  ).toEqual(DEFINITIONS);
});

test("MEASURES read only metrics that the vendor lists", () => {
  const description = readFileSync(new URL("../../simulator/openapi-analytics.json", import.meta.url), "utf8");

  for (const { name, metric } of factsOf([...MEASURES.values()])) {
    if (metric !== undefined) expect(description.includes(`"${metric}"`), `${name}: ${metric}`).toBe(true);
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
  if (formula.kind === "codes") return formula.counted ? "codes, counted" : "codes";
  const side = (terms: typeof formula.numerator): string =>
    terms
      .map(({ times, fact }) => {
        const name = fact.metric === undefined ? fact.name : `${fact.take} of ${fact.metric}`;
        return times === 1 ? name : `${times} × ${name}`;
      })
      .join(" + ");
  const denominator = formula.denominator === undefined ? "" : ` ÷ ${side(formula.denominator)}`;
  const floor = formula.floor === undefined ? "" : `, at least ${formula.floor}`;
  return `${side(formula.numerator)}${denominator}${floor}`;
}
