import { expect, test } from "vitest";
import type { GroupedShape } from "../domain/report-definition.ts";
import { parseDefinition } from "./parse-definition.ts";

/** The shape of a report with these lines behind its head. */
function shapeOf(lines: string, groupBy = "[routing.queue.name, time.hour]"): GroupedShape {
  const text = `report: r\ninterval: yesterday\ngroupBy: ${groupBy}\nmeasures: [offered, asa_seconds, wrapup_counts]\n${lines}`;
  const { shape } = parseDefinition(text, "r.yaml");
  if (shape.kind !== "grouped") throw new Error("the report is grouped");
  return shape;
}

test("parseArrangement() fills buckets when it is asked to", () => {
  expect(shapeOf("fill: true")).toMatchObject({ fill: true });
  expect(Object.keys(shapeOf("fill: false"))).toEqual(["kind", "groupBy", "measures"]);
});

test("parseArrangement() refuses to fill where no key is a time", () => {
  expect(() => shapeOf("fill: true", "[routing.queue.name]")).toThrow(
    'r.yaml:5:1: Cannot fill empty buckets: no key is a time. Group by "time.hour", "time.day" or another time, or remove "fill".',
  );
  expect(() => shapeOf("fill: yes please")).toThrow('r.yaml:5:7: "fill" must be true or false, not a text.');
});

test.each([["fill: true"]])("a detail report refuses %s", (line) => {
  const [key = ""] = line.split(":");
  const text = `report: r\ninterval: yesterday\nrows: leg\ncolumns: [agent.name]\n${line}`;
  expect(() => parseDefinition(text, "r.yaml")).toThrow(
    `r.yaml:5:1: Cannot use "${key}" together with "rows". Remove one of them.`,
  );
});
