import { expect, test } from "vitest";
import { MEASURES } from "../define/measure-catalogue.ts";
import { FIELDS } from "../define/vocabulary.ts";
import { additivityOf } from "./additivity.ts";

/** What the rows of a measure do under some keys. */
function adds(name: string, ...paths: string[]): string {
  const measure = MEASURES.get(name);
  if (!measure) throw new Error(`no measure ${name}`);
  return additivityOf(
    measure,
    paths.map((path) => FIELDS.get(path)).filter((field) => field !== undefined),
  );
}

test.each([
  ["conversation_count", [], "additive"],
  ["conversation_count", ["time.hour", "conversation.direction"], "additive"],
  ["conversation_count", ["routing.queue.id"], "overlapping"],
  ["conversation_count", ["conversation.division.id"], "overlapping"],
  ["total_duration_seconds", ["agent.id"], "overlapping"],
  ["total_duration_seconds", ["time.day"], "additive"],
  ["offered", ["routing.queue.id", "conversation.media.type"], "additive"],
  ["offered", ["agent.id"], "overlapping"],
  ["answered", ["agent.id", "routing.queue.name"], "additive"],
  ["talk_seconds", ["agent.id"], "additive"],
  ["talk_seconds", ["wrapup.code"], "overlapping"],
  ["talk_seconds", ["conversation.division.name", "agent.id"], "overlapping"],
  ["aht_seconds", [], "ratio"],
  ["efficiency_score", ["time.day"], "ratio"],
  ["wrapup_counts", [], "ratio"],
])("additivityOf() knows that %s by %j is %s", (name, paths, expected) => {
  expect(adds(name, ...paths)).toBe(expected);
});

test("additivityOf() takes a sum over several homes for the one that overlaps most", () => {
  const [conversations, legs] = ["total_duration_seconds", "talk_seconds"].flatMap((name) => MEASURES.get(name) ?? []);
  if (conversations?.formula.kind !== "quotient" || legs?.formula.kind !== "quotient") throw new Error("sums expected");
  const numerator = [...legs.formula.numerator, ...conversations.formula.numerator];
  const agent = [...FIELDS.values()].filter(({ path }) => path === "agent.id");
  expect(additivityOf({ ...legs, formula: { kind: "quotient", numerator } }, agent)).toBe("overlapping");
});
