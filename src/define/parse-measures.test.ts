import { describe, expect, test } from "vitest";
import { parseDefinition } from "./parse-definition.ts";

function measuresOf(list: string): ReturnType<typeof parseDefinition>["shape"] {
  return parseDefinition(`report: r\ninterval: yesterday\nmeasures:\n${list}`, "r.yaml").shape;
}

function refusal(entry: string): string {
  try {
    measuresOf(`  - ${entry}\n`);
  } catch (error) {
    return String(error);
  }
  throw new Error(`not refused: ${entry}`);
}

describe("parseMeasures()", () => {
  test("R-46: weights, targets, edges, scales and mappings are declared, and columns have names of their own", () => {
    const shape = measuresOf(
      [
        "  - { name: service_level, target: 20 }",
        "  - { name: level_60, measure: service_level, target: 60, formula: with_flow_outs, round: 2 }",
        "  - { name: weighted_aht_seconds, weights: { by: routing.queue.name, values: { Sales: 2 } } }",
        "  - { name: wait_counts, edges: [10, 20] }",
        "  - { name: csat_score, scale: { from: [0, 100], to: [1, 5] } }",
        "  - { name: satisfaction_score, mapping: [{ atLeast: 80, score: 100 }, { atLeast: 0, score: 0 }] }",
        "  - { name: typical_wait, measure: p50_wait_seconds }",
        "",
      ].join("\n"),
    );
    if (shape.kind !== "grouped") throw new Error("a grouped report");
    expect(shape.measures.map(({ name, unit, round }) => [name, unit, round])).toEqual([
      ["service_level", "ratio", undefined],
      ["level_60", "ratio", 2],
      ["weighted_aht_seconds", "seconds", undefined],
      ["wait_counts", "count", undefined],
      ["csat_score", "score", undefined],
      ["satisfaction_score", "score", undefined],
      ["typical_wait", "seconds", undefined],
    ]);
  });

  test.each([
    ["service_level", 'Missing "target" of "service_level". It is written { name: service_level, target: 20'],
    [
      "{ name: service_level, target: 20, weights: { by: agent.id, values: {} } }",
      '"service_level" takes no "weights"',
    ],
    ["{ name: service_level, target: -1 }", "Write a number from 0 to 100000 with at most three decimals."],
    ["{ name: service_level, target: 1.2345 }", "with at most three decimals"],
    ["{ name: service_level, target: 20, formula: all }", 'Cannot use "all" for "formula"'],
    ["{ name: service_level, target: { by: agent.id, values: { a: 1 } } }", 'Missing "otherwise"'],
    ["{ name: weighted_aht_seconds, weights: { by: wrapup.code, values: {} } }", "a leg has no single value of it"],
    ["{ name: weighted_aht_seconds, weights: { by: time.hour, values: {} } }", "a leg has no single value of it"],
    [
      "{ name: weighted_aht_seconds, weights: { by: routing.queue.nam, values: {} } }",
      'Unknown path "routing.queue.nam". Did you mean "routing.queue.name"?',
    ],
    ["{ name: wait_counts, edges: [20, 10] }", '"edges" must rise'],
    ["{ name: wait_counts, edges: [0, 10] }", '"edges" must rise'],
    ["{ name: csat_score, scale: { from: [5, 5], to: [0, 1] } }", '"from" must be two different numbers'],
    ["{ name: offered, target: 20 }", '"offered" takes no "target"'],
    ["{ name: offered, measure: answered }", '"offered" is another measure. Choose a name of your own.'],
    ["{ name: My Level, measure: service_level, target: 20 }", 'Cannot use "My Level" as a name.'],
    [
      "{ name: mine, measure: servce_level, target: 20 }",
      'Unknown measure "servce_level". Did you mean "service_level"?',
    ],
  ])("refuses %s", (entry, message) => {
    expect(refusal(entry)).toContain(message);
    expect(refusal(entry)).toMatch(/r\.yaml:4:\d+/);
  });

  test("refuses one name twice, and says how to name the second", () => {
    const twice = () =>
      measuresOf("  - { name: service_level, target: 20 }\n  - { name: service_level, target: 60 }\n");
    expect(twice).toThrow("name it otherwise: { name: …, measure: service_level, … }");
  });
});
