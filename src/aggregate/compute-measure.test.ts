import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MEASURES } from "../define/measure-catalogue.ts";
import { factsOf, type Measure } from "../domain/measure.ts";
import type { Cell } from "../domain/report-table.ts";
import { createCompute, figuresOf } from "./compute-measure.ts";
import type { FigureValue } from "./table-engine.ts";

function measure(name: string): Measure {
  const found = MEASURES.get(name);
  if (!found) throw new Error(`no measure ${name}`);
  return found;
}

/** A measure over the sums of its facts; facts that are not named have no value in the group. */
function compute(wanted: Measure | string, sums: Readonly<Record<string, bigint>>, codes?: FigureValue): Cell {
  const measures = [typeof wanted === "string" ? measure(wanted) : wanted];
  const figures: FigureValue[] = factsOf(measures).map(({ name }) => sums[name] ?? null);
  const [cell] = createCompute(measures)(codes === undefined ? figures : [...figures, codes]);
  return cell ?? null;
}

describe("createCompute()", () => {
  test("a count or a sum over nothing is 0", () => {
    for (const name of ["conversation_count", "offered", "talk_seconds", "total_duration_seconds"])
      expect(compute(name, {})).toBe(0);
  });

  test("R-44, G3: a ratio, mean or score over nothing is null, never 0 and never a perfect score", () => {
    for (const { name, formula } of MEASURES.values())
      if (formula.kind === "quotient" && formula.denominator) expect([name, compute(name, {})]).toEqual([name, null]);
    expect(compute("efficiency_score", { durationMs: 0n, holdMs: 5n })).toBeNull();
    expect(compute("talk_ratio", { talkMs: 5n })).toBeNull();
  });

  test("R-42: each mean has a denominator of its own: what has a value counts, what has none does not", () => {
    const sums = { durationMs: 10_000n, endedConversations: 2n, conversations: 5n, talkMs: 9_000n, handles: 3n };
    expect(compute("avg_duration_seconds", sums)).toBe(5);
    expect(compute("avg_talk_seconds", sums)).toBe(3);
    expect(compute("avg_hold_seconds", sums)).toBe(0);
  });

  test("R-45: hold beyond the duration gives the ratio as it is; only the score stops at 0", () => {
    const sums = { durationMs: 1_000n, holdMs: 3_000n };
    expect(compute("hold_ratio", sums)).toBe(3);
    expect(compute("efficiency_score", sums)).toBe(0);
    expect(compute("efficiency_score", { durationMs: 1_000n, holdMs: 250n })).toBe(87.5);
  });

  test("G3: negative durations add up as they are", () => {
    expect(compute("total_duration_seconds", { durationMs: -1_235n })).toBe(-1.24);
    expect(compute("avg_duration_seconds", { durationMs: -30_000n, endedConversations: 4n })).toBe(-7.5);
    expect(compute("talk_ratio", { durationMs: -1_000n, talkMs: 500n })).toBe(-0.5);
  });

  test("R-52, G7: rounds once, half away from zero on the exact value, where binary fractions would fall short", () => {
    expect(compute("talk_seconds", { talkMs: 1_005n })).toBe(1.01);
    expect(compute("talk_seconds", { talkMs: -1_005n })).toBe(-1.01);
    expect(compute("talk_ratio", { talkMs: 1n, durationMs: 20_000n })).toBe(0.0001);
    expect(compute("avg_talk_seconds", { talkMs: 176_353n * 3n, handles: 3n })).toBe(176.35);
    expect(compute({ ...measure("avg_talk_seconds"), round: 3 }, { talkMs: 176_353n * 3n, handles: 3n })).toBe(176.353);
    expect(compute({ ...measure("talk_seconds"), round: 0 }, { talkMs: 2_500n })).toBe(3);
    expect(Object.is(compute("talk_seconds", { talkMs: -4n }), 0)).toBe(true);
  });

  test("G7: rounding agrees with whole-number arithmetic, whatever the numbers", () => {
    const whole = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(whole, fc.bigInt({ min: 1n, max: 10n ** 12n }), (talkMs, handles) => {
        const cell = compute("avg_talk_seconds", { talkMs, handles });
        // |cell − exact| ≤ half a hundredth, and exactly half goes up: 0 < 2 × cell × d − 2 × n + d ≤ 2 × d, in hundredths.
        const hundredths = BigInt(Math.round(Number(cell) * 100));
        const [n, d] = [talkMs * 100n, handles * 1000n];
        const error = 2n * hundredths * d - 2n * n;
        expect(error > -d && error <= d).toBe(true);
      }),
    );
  });
});

describe("wrap-up codes", () => {
  const codes = new Map([
    ["ININ-WRAP-UP-TIMEOUT", 2],
    ["a", 1],
    ["__proto__", 3],
  ]);

  test("are listed in the engine's order, or counted", () => {
    expect(compute("unique_wrapup_codes", {}, { units: codes, cut: 0 })).toEqual([
      "ININ-WRAP-UP-TIMEOUT",
      "a",
      "__proto__",
    ]);
    expect(Object.entries(compute("wrapup_counts", {}, { units: codes, cut: 0 }) ?? {})).toEqual([...codes]);
    expect(compute("unique_wrapup_codes", {}, { units: new Map(), cut: 0 })).toEqual([]);
  });

  test("R-49, G2: where some are cut, the last entry says how many", () => {
    const many = { units: codes, cut: 234 };
    expect(compute("unique_wrapup_codes", {}, many)).toEqual([...codes.keys(), "… 234 more"]);
    expect(Object.entries(compute("wrapup_counts", {}, many) ?? {})).toEqual([...codes, ["… 234 more", 234]]);
  });
});

test("figuresOf() asks for each fact once, by its own unit, and for codes only when a measure shows them", () => {
  expect(figuresOf([measure("talk_seconds"), measure("talk_ratio"), measure("offered")])).toEqual([
    { kind: "sum", column: "fact_talkMs", unit: "unit_leg" },
    { kind: "sum", column: "fact_durationMs", unit: "unit_conversation" },
    { kind: "sum", column: "fact_offered", unit: "unit_visit" },
  ]);
  expect(figuresOf([measure("wrapup_counts"), measure("unique_wrapup_codes")])).toEqual([
    { kind: "codes", column: "wrap_up_code", unit: "unit_leg", limit: 1000 },
  ]);
});
