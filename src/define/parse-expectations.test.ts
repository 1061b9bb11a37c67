import { describe, expect, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import { parseDefinition } from "./parse-definition.ts";

const GROUPED = `report: r
interval: yesterday
groupBy: [agent.name]
measures: [offered, talk_seconds, abandon_rate, wrapup_counts]
expect:
`;

const DETAIL = `report: r
interval: yesterday
rows: leg
columns: [agent.name, agent.talk.seconds, metric.nTransferred]
expect:
`;

test("parseExpectations() reads each check; without an action it blocks", () => {
  const text = `${GROUPED}  - { check: rows_between, min: 1, max: 9 }
  - { check: not_null, column: agent.name, action: warn }
  - { check: sum_equals, columns: [talk_seconds], equals: 1.5 }
  - { check: sum_equals, columns: [offered, offered], equals: offered }
  - { check: fresher_than, age: 36h }
  - { check: difference_under, percent: 20 }
  - { check: difference_under, column: abandon_rate, percent: 0.5, action: block }
`;
  expect(parseDefinition(text, "r.yaml").expectations).toEqual([
    { expected: { kind: "rows_between", min: 1, max: 9 }, action: "block" },
    { expected: { kind: "not_null", column: "agent.name" }, action: "warn" },
    { expected: { kind: "sum_equals", columns: ["talk_seconds"], equals: 1.5 }, action: "block" },
    { expected: { kind: "sum_equals", columns: ["offered", "offered"], equals: "offered" }, action: "block" },
    { expected: { kind: "fresher_than", age: "36h", ageMs: 129_600_000 }, action: "block" },
    { expected: { kind: "difference_under", percent: 20 }, action: "block" },
    { expected: { kind: "difference_under", column: "abandon_rate", percent: 0.5 }, action: "block" },
  ]);
});

describe("parseExpectations() refuses what cannot be looked at, at its place", () => {
  const CASES: readonly (readonly [string, string, string])[] = [
    [GROUPED, "{ check: rows, min: 1 }", 'Cannot use "rows" for "check".'],
    [GROUPED, "{ check: rows_between }", 'Missing bound: "rows_between" needs "min", "max" or both.'],
    [GROUPED, "{ check: rows_between, min: 2, max: 1 }", 'Cannot expect at least 2 and at most 1 rows: "max" is below'],
    [GROUPED, "{ check: rows_between, mini: 2 }", 'Unknown key "mini". Did you mean "min"?'],
    [
      GROUPED,
      "{ check: not_null, column: agent.nam }",
      'Unknown column "agent.nam": this report has no such column. Did you mean "agent.name"?',
    ],
    [GROUPED, "{ check: not_null, column: routing.queue.name }", 'Unknown column "routing.queue.name"'],
    [GROUPED, "{ check: sum_equals, columns: [], equals: 1 }", "Name at least one column."],
    [
      GROUPED,
      "{ check: sum_equals, columns: [abandon_rate], equals: 1 }",
      'Cannot add up "abandon_rate": means, ratios',
    ],
    [GROUPED, "{ check: sum_equals, columns: [wrapup_counts], equals: 1 }", 'Cannot add up "wrapup_counts"'],
    [GROUPED, "{ check: sum_equals, columns: [offered], equals: agent.name }", 'Cannot add up "agent.name"'],
    [GROUPED, "{ check: fresher_than, age: 2 weeks }", 'Cannot use "2 weeks" for "age". Write a number with m, h or d'],
    [GROUPED, "{ check: difference_under, percent: 0 }", "Write a number of per cent from 0.001"],
    [
      GROUPED,
      "{ check: difference_under, column: wrapup_counts, percent: 9 }",
      'it has no total that is a number. Leave "column" out',
    ],
    [DETAIL, "{ check: difference_under, column: agent.talk.seconds, percent: 9 }", "a detail report has no totals"],
    [
      DETAIL,
      "{ check: sum_equals, columns: [agent.name], equals: 1 }",
      'Cannot add up "agent.name": its cells are no seconds or counts.',
    ],
    [DETAIL, "{ check: rows_between, min: 1, action: stop }", 'Cannot use "stop" for "action".'],
  ];

  test.each(CASES)("%s%s", (head, entry, message) => {
    expect(messageOf(`${head}  - ${entry}\n`)).toContain(message);
    expect(messageOf(`${head}  - ${entry}\n`)).toMatch(/^r\.yaml:6:/);
  });

  test("a column that is dropped is always empty", () => {
    const text = `${DETAIL}  - { check: not_null, column: agent.name }\nmask: { agent: drop }\n`;
    expect(messageOf(text)).toBe('r.yaml:6:32: Cannot expect a value in "agent.name": its mask is "drop".');
  });

  test("seconds and metrics of a detail report are added up", () => {
    const text = `${DETAIL}  - { check: sum_equals, columns: [agent.talk.seconds, metric.nTransferred], equals: 0 }\n`;
    expect(parseDefinition(text, "r.yaml").expectations).toHaveLength(1);
  });
});

function messageOf(text: string): string {
  try {
    parseDefinition(text, "r.yaml");
  } catch (error) {
    if (error instanceof ReportError) return error.message;
    throw error;
  }
  return "nothing is wrong";
}
