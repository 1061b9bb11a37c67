// The figures of a real month: computed from the raw file by raw-month.ts, and made by the product end to end, from the
// simulator's answers to the files. They must be the same, every row and every digit.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openProject, type Project } from "../support/run-report.ts";
import { figuresOf, hourBucket, hourOfDay, readRawMonth, type RawCall } from "./raw-month.ts";

/** Something to group calls by: the path in a report, and its value read from the log. */
interface Key {
  readonly path: string;
  readonly of: (call: RawCall) => string | number | null;
}

const QUEUE: Key = { path: "routing.queue.name", of: ({ queue }) => queue };
const HOUR: Key = { path: "time.hour", of: hourBucket };
const HOUR_OF_DAY: Key = { path: "time.hour_of_day", of: hourOfDay };
const AGENT: Key = { path: "agent.name", of: ({ agent }) => agent };
const DIRECTION: Key = { path: "conversation.direction", of: () => "inbound" };
/** The log knows no divisions; the simulator puts all calls in one, whose name the test reads from its listing. */
const DIVISION: Key = { path: "conversation.division.name", of: () => project.centre.divisions[0]?.name ?? null };

const calls = readRawMonth();
let project: Project;
beforeAll(async () => {
  project = await openProject({ callsFile: "data/anonymous-bank-1999-02.tsv.gz", files: {} });
});
afterAll(async () => await project.close());

test("data/README.md's totals follow from the raw file by its own rules", () => {
  expect(figuresOf(calls)).toMatchObject({
    conversation_count: "33344",
    offered: "31125",
    answered: "27162",
    abandoned: "3963",
    avg_talk_seconds: "176.353",
  });
});

describe("R-54: a report's figures are those of the raw file", () => {
  test.each([
    { name: "by queue", keys: [QUEUE], rows: 7 },
    { name: "by queue and hour", keys: [QUEUE, HOUR], rows: 2102 },
    { name: "by agent", keys: [AGENT], rows: 25 },
    { name: "by queue and hour of the day", keys: [QUEUE, HOUR_OF_DAY], rows: 131 },
    { name: "by division and direction", keys: [DIVISION, DIRECTION], rows: 1 },
  ])("$name", async ({ keys, rows }) => {
    project.write("month.yaml", reportBy(keys));
    const { exitCode, out } = await project.callsheet([
      "run",
      "month.yaml",
      "--out",
      join(project.folder, "out"),
      "--json",
    ]);
    expect(exitCode).toBe(0);
    const truth = truthBy(keys);
    expect(truth).toHaveLength(rows);
    expect(project.read("out/month.csv")).toBe(csvOf(keys, truth));
    expect(JSON.parse(project.read("out/month.json"))).toStrictEqual(jsonOf(keys, truth));
    expect(readTotals(out)).toMatchObject(numbersOf(figuresOf(calls)));
  });
});

function reportBy(keys: readonly Key[]): string {
  const measures = Object.keys(figuresOf([])).map((name) =>
    name === "avg_talk_seconds" ? "{ name: avg_talk_seconds, round: 3 }" : name,
  );
  return `report: month
timeZone: Asia/Jerusalem
interval: 1999-02-01/1999-03-01
groupBy: [${keys.map(({ path }) => path).join(", ")}]
measures: [${measures.join(", ")}]
export: [csv, json]
`;
}

/** A row as the truth has it: its keys and its figures. */
interface TrueRow {
  readonly keys: readonly (string | number | null)[];
  readonly figures: ReturnType<typeof figuresOf>;
}

/** The groups with their figures, in the order that PRODUCT.md promises: by the keys, and nothing comes last. */
function truthBy(keys: readonly Key[]): TrueRow[] {
  const groups = new Map<string, { keys: TrueRow["keys"]; calls: RawCall[] }>();
  for (const call of calls) {
    const values = keys.map(({ of }) => of(call));
    const group = groups.get(JSON.stringify(values)) ?? { keys: values, calls: [] };
    group.calls.push(call);
    groups.set(JSON.stringify(values), group);
  }
  return [...groups.values()]
    .map((group) => ({ keys: group.keys, figures: figuresOf(group.calls) }))
    .sort((left, right) => compareKeys(left.keys, right.keys));
}

function compareKeys(left: TrueRow["keys"], right: TrueRow["keys"]): number {
  for (const [index, mine] of left.entries()) {
    const other = right[index] ?? null;
    if (mine === other) continue;
    if (mine === null) return 1;
    if (other === null) return -1;
    return mine < other ? -1 : 1;
  }
  return 0;
}

/** No key of the month needs quotes. */
function csvOf(keys: readonly Key[], rows: readonly TrueRow[]): string {
  const lines = [
    [...keys.map(({ path }) => path), ...Object.keys(figuresOf([]))],
    ...rows.map((row) => [...row.keys.map((key) => key ?? ""), ...Object.values(row.figures)]),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function jsonOf(keys: readonly Key[], rows: readonly TrueRow[]): Record<string, unknown>[] {
  return rows.map((row) => ({
    ...Object.fromEntries(keys.map(({ path }, index) => [path, row.keys[index]])),
    ...numbersOf(row.figures),
  }));
}

function numbersOf(figures: TrueRow["figures"]): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, text]) => [name, text === "" ? null : Number.parseFloat(text)]),
  );
}

function readTotals(out: string): unknown {
  const { runId } = JSON.parse(out) as { runId: string };
  const manifest = JSON.parse(project.read(`.callsheet/runs/${runId}/manifest.json`)) as { totals: unknown };
  return manifest.totals;
}
