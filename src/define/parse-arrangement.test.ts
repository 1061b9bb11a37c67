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

test("parseArrangement() takes a key with its id and name, several levels, and several keys together", () => {
  const groupBy = "[routing.queue.id, routing.queue.name, conversation.media.type, time.day]";
  const levels = (lines: string): string[] =>
    (shapeOf(lines, groupBy).subtotals ?? []).map(
      ({ by, label }) => `${label}: ${by.map(({ path }) => path).join(" + ")}`,
    );
  expect(levels("subtotals: routing.queue.name")).toEqual([
    "routing.queue.name: routing.queue.id + routing.queue.name",
  ]);
  expect(levels("subtotals: [time.day, [conversation.media.type, routing.queue.id]]")).toEqual([
    "time.day: time.day",
    "conversation.media.type, routing.queue.id: routing.queue.id + routing.queue.name + conversation.media.type",
  ]);
  expect(shapeOf("totals: true", groupBy)).toMatchObject({ totals: true });
});

test.each([
  ["subtotals: agent.name", `r.yaml:5:12: "agent.name" is no key of this report. Add it to "groupBy", or name one`],
  ["subtotals: [time.hours]", 'r.yaml:5:13: Unknown path "time.hours". Did you mean "time.hour"?'],
  ["subtotals: [[routing.queue.name, time.hour]]", "r.yaml:5:13: A subtotal by every key is the group itself."],
  ["subtotals: [time.hour, [time.hour]]", "r.yaml:5:24: This level stands here twice. Remove one."],
  ["subtotals: []", 'r.yaml:5:12: Cannot use [] for "subtotals". Name at least one key.'],
  ["totals: both", 'r.yaml:5:9: "totals" must be true or false, not a text.'],
])("parseArrangement() refuses %s", (line, message) => {
  expect(() => shapeOf(line)).toThrow(message);
});

test("parseArrangement() takes the first of what is no time, or of the keys that are named", () => {
  const topOf = (lines: string, groupBy?: string): unknown => {
    const { top } = shapeOf(lines, groupBy);
    return top && [top.by.name, top.count, ...top.of.map(({ path }) => path)];
  };
  expect(topOf("top: { by: offered, count: 10 }")).toEqual(["offered", 10, "routing.queue.name"]);
  expect(topOf("top: { by: asa_seconds, count: 3 }", "[time.day, time.hour_of_day]")).toEqual([
    "asa_seconds",
    3,
    "time.day",
    "time.hour_of_day",
  ]);
  const groupBy = "[routing.queue.id, routing.queue.name, conversation.media.type]";
  expect(topOf("top: { by: offered, count: 3, of: routing.queue.name }", groupBy)).toEqual([
    "offered",
    3,
    "routing.queue.id",
    "routing.queue.name",
  ]);
});

test.each([
  ["top: { by: ofered, count: 3 }", 'r.yaml:5:12: "ofered" is no measure of this report. Did you mean "offered"?'],
  ["top: { by: wrapup_counts, count: 3 }", 'r.yaml:5:12: Cannot put groups in order by "wrapup_counts"'],
  ["top: { by: offered, count: 0 }", 'r.yaml:5:28: Cannot use 0 for "count". Write a whole number from 1 to 1000.'],
  ["top: { by: offered }", 'Missing key "count".'],
  ["top: { by: offered, count: 3, off: time.hour }", 'r.yaml:5:31: Unknown key "off". Did you mean "of"?'],
  ["top: { by: offered, count: 3, of: [agent.name] }", 'r.yaml:5:36: "agent.name" is no key of this report.'],
])("parseArrangement() refuses %s", (line, message) => {
  expect(() => shapeOf(line)).toThrow(message);
});

test("parseArrangement() compares with the period before, and with nothing else", () => {
  expect(shapeOf("compare: previous")).toMatchObject({ compare: "previous" });
  expect(() => shapeOf("compare: last year")).toThrow(
    'r.yaml:5:10: Cannot use "last year" for "compare". It takes previous.',
  );
});

test("parseArrangement() refuses a total of what is one already", () => {
  expect(() => shapeOf("totals: true", "[]")).toThrow("r.yaml:5:1: Without groups the only row is the total already.");
});

test("subtotals are refused where aggregates answer, which know single groups only", () => {
  const lines = (key: string): string => `${key}\ntimeBasis: eventTime\nfilter: []`;
  const text = (key: string): string =>
    `report: r\ninterval: yesterday\ngroupBy: [routing.queue.name, time.hour]\nmeasures: [offered]\n${lines(key)}`;
  for (const [key, value] of [
    ["subtotals", "time.hour"],
    ["top", "{ by: offered, count: 3 }"],
    ["compare", "previous"],
  ])
    expect(() => parseDefinition(text(`${key}: ${value}`), "r.yaml")).toThrow(
      `r.yaml:5:1: Cannot use "${key}" with "timeBasis: eventTime"`,
    );
  expect(parseDefinition(text("totals: true\nfill: true"), "r.yaml").source).toBe("aggregates");
});

test.each([
  ["fill: true"],
  ["totals: true"],
  ["subtotals: agent.name"],
  ["top: { by: x, count: 1 }"],
  ["compare: previous"],
])("a detail report refuses %s", (line) => {
  const [key = ""] = line.split(":");
  const text = `report: r\ninterval: yesterday\nrows: leg\ncolumns: [agent.name]\n${line}`;
  expect(() => parseDefinition(text, "r.yaml")).toThrow(
    `r.yaml:5:1: Cannot use "${key}" together with "rows". Remove one of them.`,
  );
});
