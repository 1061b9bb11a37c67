// What an author's own measure gives, and how a wrong one is told. The parser is the engine's own; everything behind it
// is the path of a report without the network.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateCentre } from "../../simulator/conversations/generate-centre.ts";
import { buildTable } from "../../src/aggregate/build-table.ts";
import { expressionsIn } from "../../src/define/admit-expression.ts";
import { parseDefinition } from "../../src/define/parse-definition.ts";
import type { ConversationRecord } from "../../src/domain/conversation-record.ts";
import { createNameOf } from "../../src/domain/directory.ts";
import type { ReportDefinition } from "../../src/domain/report-definition.ts";
import { createTableEngine, type DuckDbEngine } from "../../src/duckdb/create-table-engine.ts";
import { parseSql } from "../../src/duckdb/parse-sql.ts";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { resolveWindow } from "../../src/plan/resolve-window.ts";
import { decodeConversation } from "../support/decode-conversation.ts";

const centre = generateCentre({ count: 800, seed: 77 });
const trees = Array.from({ length: centre.conversations.size }, (_, index) =>
  JSON.stringify(centre.conversations.get(index)),
);

let folder: string;
let engine: DuckDbEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-expressions-"));
  engine = await createTableEngine(folder);
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

interface Question {
  readonly groupBy?: readonly string[];
  readonly measures: readonly unknown[];
}

async function definitionOf({ groupBy = ["conversation.media.type"], measures }: Question): Promise<ReportDefinition> {
  const text = JSON.stringify({ report: "own", interval: "2024-03-01/2024-04-01", groupBy, measures });
  return parseDefinition(text, "own.json", await parseSql(expressionsIn(text, "own.json")));
}

/** The rows of a report, keys first. */
async function rowsOf(question: Question): Promise<readonly (readonly unknown[])[]> {
  const definition = await definitionOf(question);
  const window = resolveWindow(definition.window, definition.timeZone, Date.UTC(2026, 0));
  const { needs } = buildPlan(definition, definition.filter, window);
  const records = trees.map((tree) => decodeConversation(tree, needs)).filter((record) => "parts" in record);
  const nameOf = createNameOf({ queue: centre.queues, user: centre.users });
  const table = await buildTable({ definition, filter: definition.filter, records: inOne(records), nameOf, engine });
  return await Array.fromAsync(table.rows());
}

async function* inOne(records: readonly ConversationRecord[]): AsyncGenerator<readonly ConversationRecord[]> {
  yield await Promise.resolve(records);
}

/** Pairs that must be equal in every group, with and without groups. */
async function expectSame(own: string, unit: string, other: unknown, groupBy?: readonly string[]): Promise<void> {
  const measures = [{ name: "own_measure", expression: own, unit, round: 4 }, other];
  const rows = await rowsOf({ measures, ...(groupBy ? { groupBy } : {}) });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some((row) => row.at(-1) !== null && row.at(-1) !== 0)).toBe(true);
  for (const row of rows) expect(row.at(-2), JSON.stringify(row)).toBe(row.at(-1));
}

describe("an expression over measures", () => {
  test("R-47: the score of the tutorial is an expression with unit and bounds, like that of the catalogue", async () => {
    await expectSame("greatest(0, 100 - hold_ratio * 50)", "score", { name: "efficiency_score", round: 4 });
  });

  test.each([
    ["handle_seconds / handled", "seconds", { name: "aht_seconds", round: 4 }],
    ["answered / nullif(offered, 0)", "ratio", { name: "answer_rate", round: 4 }],
    ["(abandoned - short_abandoned) / (offered - short_abandoned)", "ratio", { name: "long_abandon_rate", round: 4 }],
    ["case when handled > 0 then handle_seconds / handled end", "seconds", { name: "aht_seconds", round: 4 }],
    ["coalesce(aht_seconds, 0) * handled", "seconds", { name: "handle_seconds", round: 4 }],
    ["-(-p90_wait_seconds)", "seconds", { name: "p90_wait_seconds", round: 4 }],
  ])("%s", async (own, unit, other) => {
    await expectSame(own, unit, other);
  });

  test("reads measures that the report declares above it, exact where they are shown rounded", async () => {
    const rows = await rowsOf({
      measures: [
        { name: "level", measure: "service_level", target: 20, round: 0 },
        { name: "level_again", expression: "level", unit: "ratio", round: 4 },
        { name: "twice", expression: "level_again * 2", unit: "ratio", round: 4 },
        { name: "service_level", target: 20, round: 4 },
      ],
    });
    for (const row of rows) expect(row[2], JSON.stringify(row)).toBe(row[4]);
    expect(rows.some((row) => typeof row[3] === "number" && row[3] === Number(row[2]) * 2 && row[3] > 0)).toBe(true);
  });

  test("G3: a division by 0 and a score over nothing have no value", async () => {
    const rows = await rowsOf({
      groupBy: ["conversation.id"],
      measures: [
        "handled",
        { name: "per_leg", expression: "100 / handled", unit: "number" },
        { name: "score", expression: "greatest(0, 100 - hold_ratio * 50)", unit: "score" },
        "hold_ratio",
      ],
    });
    expect(rows.some((row) => row[1] === 0)).toBe(true);
    for (const row of rows) {
      expect(row[2] === null).toBe(row[1] === 0);
      expect(row[3] === null).toBe(row[4] === null);
    }
  });
});

describe("an aggregate over fields", () => {
  test.each([
    ["sum(agent.talk.seconds)", "seconds", { name: "talk_seconds", round: 4 }, ["agent.name"]],
    ["avg(conversation.duration.seconds)", "seconds", { name: "avg_duration_seconds", round: 4 }, ["routing.queue.id"]],
    ["max(agent.handle.seconds)", "seconds", { name: "max_handle_seconds", round: 4 }, ["routing.queue.name"]],
    ["count(metric.tAbandon)", "count", "abandoned", ["routing.queue.id"]],
    ["sum(metric.nTransferred)", "count", "transferred", ["agent.id"]],
    ["count(agent.hold.seconds) / handled", "ratio", { name: "hold_rate", round: 4 }, ["time.day"]],
    [
      "avg(conversation.media.stats.min.conversation.mos)",
      "score",
      { name: "avg_mos", round: 4 },
      ["conversation.direction"],
    ],
    [
      "sum(case when metric.tAnswered <= 20 then 1 else 0 end) / (answered + abandoned)",
      "ratio",
      { name: "service_level", target: 20, round: 4 },
      ["conversation.media.type"],
    ],
    [
      "count(metric.tAnswered) filter (where metric.tAnswered <= 20 and conversation.media.type in ('voice', 'callback')) / (answered + abandoned)",
      "ratio",
      {
        name: "by_media",
        measure: "service_level",
        target: { by: "conversation.media.type", values: { voice: 20, callback: 20 }, otherwise: 0 },
        round: 4,
      },
      [],
    ],
  ])("%s", async (own, unit, other, groupBy) => {
    await expectSame(own, unit, other, groupBy);
  });
});

/** The message of a wrong expression, without the place in the file. */
async function refusal(expression: string, unit = "ratio"): Promise<string> {
  try {
    await definitionOf({ measures: ["offered", { name: "own_measure", expression, unit }] });
  } catch (error) {
    return String(error instanceof Error ? error.message : error).replace(/^own\.json:1:\d+: /, "");
  }
  throw new Error(`not refused: ${expression}`);
}

describe("G5: a wrong expression is refused before anything runs, with a caret", () => {
  test.each([
    [
      "100 - hold_ration * 50",
      'Unknown measure "hold_ration". Did you mean "hold_ratio"?\n    100 - hold_ration * 50\n          ^',
    ],
    [
      "(offered + ) / 2",
      'Cannot read the expression: syntax error at or near ")".\n    (offered + ) / 2\n               ^',
    ],
    [
      "aht_seconds + offered",
      'Cannot mix seconds and a count: the values of "+" must be of one unit.\n    aht_seconds + offered\n                ^',
    ],
    [
      "agent.hold.seconds / 2",
      '"agent.hold.seconds" is a field: write it inside an aggregate, such as sum(agent.hold.seconds).\n    agent.hold.seconds / 2\n    ^',
    ],
    ["sum(aht_seconds)", '"aht_seconds" is a measure: an aggregate takes fields.\n    sum(aht_seconds)\n        ^'],
    [
      "sum(survey.score)",
      'Cannot use "survey.score" in an expression: there can be several.\n    sum(survey.score)\n        ^',
    ],
    [
      "sum(avg(agent.talk.seconds))",
      'Cannot use "avg" inside "sum": each looks at every unit.\n    sum(avg(agent.talk.seconds))\n        ^',
    ],
    ["medain(offered)", 'Cannot use the function "medain".\n    medain(offered)\n    ^'],
    [
      "service_level",
      '"service_level" must stand above this measure, with what it declares: { name: service_level, target: 20, formula: answered_and_abandoned }.\n    service_level\n    ^',
    ],
    ["wrapup_counts", 'Cannot calculate with "wrapup_counts": it is no number.\n    wrapup_counts\n    ^'],
    ["offered > 1", 'Cannot write true or false as "unit: ratio". Make it a number.\n    offered > 1\n    ^'],
    ["handle_seconds", 'Cannot write seconds as "unit: ratio". Write "unit: seconds".\n    handle_seconds\n    ^'],
    ["case when offered then 1 end", "WHEN needs a comparison, not a count.\n    case when offered then 1 end\n    ^"],
    ["'é' + offered", "\"+\" takes numbers, not a text.\n    'é' + offered\n        ^"],
    ["count(*)", "Cannot use count(*). Use conversation_count, offered or handled.\n    count(*)\n    ^"],
    ["sum(distinct agent.talk.seconds)", "sum(distinct agent.talk.seconds)\n    ^"],
    [
      "1e3 * offered",
      "Cannot use this constant. Write a number such as 100 or 0.5, or a text such as 'voice'.\n    1e3 * offered\n    ^",
    ],
    ["round(offered, offered)", '"round" takes decimals from 0 to 9, as a number.\n    round(offered, offered)\n    ^'],
    ["", "Missing expression."],
    [`${"(".repeat(33)}1${")".repeat(33)}`, "Cannot use brackets within brackets more than 32 times."],
    ["1".repeat(2001), "Cannot use an expression of 2001 characters: at most 2000."],
    [Array.from({ length: 150 }, () => "1").join(" + "), "Cannot use parts within parts more than 32 times."],
    [
      `greatest(${Array.from({ length: 50 }, () => "greatest(1, 2, 3, 4)").join(", ")})`,
      "Cannot use more than 200 parts.",
    ],
  ])("%s", async (expression, message) => {
    expect(await refusal(expression)).toContain(message);
  });

  test("the line of a folded expression is shown, and the caret stands below the word", async () => {
    const text =
      "report: r\ninterval: yesterday\nmeasures:\n  - name: mine\n    unit: ratio\n    expression: |\n      answered /\n        ofered\n";
    const parse = async () => parseDefinition(text, "r.yaml", await parseSql(expressionsIn(text, "r.yaml")));
    await expect(parse()).rejects.toThrow(
      'r.yaml:6:17: Unknown measure "ofered". Did you mean "offered"?\n      ofered\n      ^'.replaceAll(
        "\n      ",
        "\n      ",
      ),
    );
  });

  test.each([
    [{ name: "mine", expression: "offered" }, 'Missing "unit" of "mine"'],
    [{ name: "offered", expression: "answered", unit: "count" }, '"offered" is another measure.'],
    [{ name: "mine", expression: "offered", unit: "count", target: 20 }, 'Cannot use "target" beside "expression"'],
    [
      { name: "mine", expression: "offered", unit: "count", measure: "offered" },
      'Cannot use "measure" beside "expression"',
    ],
    [{ name: "offered", unit: "count" }, '"unit" belongs to an "expression"'],
  ])("%j", async (measure, message) => {
    await expect(definitionOf({ measures: [measure] })).rejects.toThrow(message);
  });
});
