import { expect, test } from "vitest";
import type { ReportColumn } from "../../domain/report-table.ts";
import { drawCharts } from "./draw-charts.ts";
import { createBucketLabels } from "./format-bucket.ts";
import type { ChartData, ChartKey, ChartRow } from "./read-chart-data.ts";

const OFFERED: ReportColumn = { name: "offered", type: "integer", role: "measure", unit: "count", adds: "additive" };
const RATE: ReportColumn = { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio", adds: "ratio" };

const QUEUE: ChartKey = { label: { name: "routing.queue.name", type: "text", role: "key" }, kind: "text" };
const AGENT: ChartKey = { label: { name: "agent.name", type: "text", role: "key" }, kind: "text" };
const DAY: ChartKey = { label: { name: "time.day", type: "bucket", role: "key" }, kind: "bucket" };
const HOUR: ChartKey = { label: { name: "time.hour", type: "bucket", role: "key" }, kind: "bucket" };
const HOUR_OF_DAY: ChartKey = {
  label: { name: "time.hour_of_day", type: "integer", role: "key" },
  kind: "hour_of_day",
};
const WEEKDAY: ChartKey = { label: { name: "time.day_of_week", type: "integer", role: "key" }, kind: "day_of_week" };

const CONTEXT = { timeZone: "UTC", labels: createBucketLabels("UTC", false) };

function draw(
  keys: ChartKey[],
  rows: (readonly [...keys: (string | number | null)[], values: readonly (number | null)[]])[],
  measures = [OFFERED, RATE],
): string {
  const read = rows.map((row): ChartRow => {
    const shown = row.slice(0, -1).filter((cell): cell is string | number | null => !Array.isArray(cell));
    const values = row.at(-1);
    return {
      shown,
      identities: shown.map((cell) => JSON.stringify([cell])),
      values: Array.isArray(values) ? values : [],
    };
  });
  const data: ChartData = { keys, measures, rows: read };
  return drawCharts(data, CONTEXT).text;
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
}

const headings = (text: string): string[] => all(text, /<h[23][^>]*>(.*?)<\/h[23]>/g);
const tooltips = (text: string): string[] => all(text, /<(?:g|rect class="cell"[^>]*)><title>(.*?)<\/title>/g);
const lines = (text: string): string[] => all(text, /<path class="line" d="(.*?)"/g);

test("drawCharts() draws one text key as bars, highest first, with the share beside it in the same order", () => {
  const text = draw(
    [QUEUE],
    [
      ["A", [5, 0.5]],
      [null, [50, null]],
      ["<b>", [25, 0.25]],
    ],
  );
  expect(headings(text)).toEqual(["Charts", "Offered by queue", "Abandon rate by queue"]);
  expect(tooltips(text)).toEqual([
    "(none): 50",
    "&lt;b&gt;: 25",
    "A: 5",
    "(none): no value",
    "&lt;b&gt;: 25.00\u00a0%",
    "A: 50.00\u00a0%",
  ]);
  expect(all(text, /<rect class="mark"[^>]*width="(.*?)"/g)).toEqual(["100%", "50%", "10%", "0%", "50%", "100%"]);
});

test("drawCharts() says how many bars are left to the table", () => {
  const text = draw(
    [AGENT],
    Array.from({ length: 1500 }, (_, index) => [`agent ${index}`, [index, 0.1]] as const),
  );
  expect(tooltips(text)).toHaveLength(24);
  expect(tooltips(text)[0]).toBe("agent 1499: 1\u202f499");
  expect(text).toContain("The first 12 of 1\u202f500, highest first; the others are in the table.");
});

test("drawCharts() draws a time as a line that a count keeps at zero where a share has a gap", () => {
  const rows = [
    ["1999-02-01", [10, 0.1]],
    ["1999-02-02", [20, 0.2]],
    ["1999-02-05", [5, 0.4]],
  ] as const;
  const text = draw([DAY], [...rows]);
  expect(headings(text)).toEqual(["Charts", "Offered by day", "Abandon rate by day"]);
  expect(lines(text)).toEqual(["M0 90L250 0L500 180L750 180L1000 135", "M0 135L250 90", "M1000 0L1000 0"]);
  expect(text).toContain("Highest: 20, Tue 2 Feb.");
});

test("drawCharts() gives each series over time a panel, at most six, the smallest added up in the last", () => {
  const rows = ["A", "B", "C", "D", "E", "F", "G", "H"].flatMap((name, index) => [
    ["1999-02-01", name, [10 - index, 0.1]] as const,
    ["1999-02-02", name, [10, 0.1]] as const,
  ]);
  const text = draw([DAY, QUEUE], rows);
  expect(headings(text)).toEqual(["Offered by day and queue", "A", "B", "C", "D", "E", "3 others"]);
  expect(text).toContain("<p>42 in all</p>");
  expect(text).toContain("All panels but the last have the same scale. The smallest are added up in the last.");
});

test("drawCharts() never adds up series that overlap", () => {
  const rows = ["A", "B", "C", "D", "E", "F", "G"].flatMap((name, index) => [
    ["1999-02-01", name, [9 - index]] as const,
    ["1999-02-02", name, [9]] as const,
  ]);
  const text = draw([DAY, QUEUE], rows, [{ ...OFFERED, adds: "overlapping" }]);
  expect(headings(text).slice(1)).toEqual(["A", "B", "C", "D", "E", "F"]);
  expect(text).toContain("These are the first 6 of 7; the others are in the table.");
  expect(text).not.toContain("in all");
});

test("drawCharts() gives each panel its own scale when one would flatten the others", () => {
  const rows = [
    ["1999-02-01", "A", [1000]],
    ["1999-02-02", "A", [900]],
    ["1999-02-01", "B", [3]],
    ["1999-02-02", "B", [1]],
  ] as const;
  const text = draw([DAY, QUEUE], [...rows], [OFFERED]);
  expect(text).toContain("Each panel has its own scale.");
  expect(lines(text)).toEqual(["M0 0L1000 9.6", "M0 0L1000 64"]);
});

test("drawCharts() draws hours of the day as columns from the first to the last that occurs", () => {
  const text = draw(
    [HOUR_OF_DAY],
    [
      [7, [3, 0.1]],
      [9, [6, 0.2]],
    ],
    [OFFERED],
  );
  expect(tooltips(text)).toEqual(["07:00: 3", "08:00: no value", "09:00: 6"]);
});

test("drawCharts() draws hours against weekdays, names or days as a heat map", () => {
  const week = draw(
    [HOUR_OF_DAY, WEEKDAY],
    [
      [7, 1, [3, 0.5]],
      [8, 2, [6, 0]],
    ],
    [OFFERED],
  );
  expect(headings(week)).toEqual(["Charts", "Offered by weekday and hour of day"]);
  expect(tooltips(week)).toEqual(["Mon 07:00: 3", "Tue 08:00: 6"]);
  const names = draw(
    [QUEUE, HOUR_OF_DAY],
    [
      ["A", 7, [3]],
      ["B", 7, [9]],
      ["B", 8, [null]],
    ],
    [OFFERED],
  );
  expect(tooltips(names)).toEqual(["B 07:00: 9", "A 07:00: 3"]);
  const days = draw(
    [DAY, HOUR_OF_DAY],
    [
      ["1999-02-02", 7, [3]],
      ["1999-02-01", 8, [9]],
    ],
    [OFFERED],
  );
  expect(tooltips(days)).toEqual(["Mon 1 Feb 08:00: 9", "Tue 2 Feb 07:00: 3"]);
});

test("drawCharts() keeps a share of few conversations from washing out a heat map", () => {
  const rows = [7, 8, 9, 10, 11].map((hour) => [hour, 1, [100, hour / 100]] as const);
  const text = draw([HOUR_OF_DAY, WEEKDAY], [...rows, [12, 1, [1, 1]]]);
  expect(text).toContain("Highest: 100.00\u00a0%, where few were counted.");
  expect(text).toContain("11.00\u00a0% and more");
});

test("drawCharts() leaves alone what it cannot show well", () => {
  expect(
    draw(
      [QUEUE, AGENT],
      [
        ["A", "x", [1]],
        ["B", "y", [2]],
      ],
      [OFFERED],
    ),
  ).toBe("");
  const twoTimes = [1, 2].map((day) => [`1999-02-0${day}T07:00+00:00`, `1999-02-0${day}`, [1]] as const);
  expect(draw([HOUR, DAY], twoTimes, [OFFERED])).toBe("");
  const threeKeys = ["A", "B"].flatMap((queue) =>
    ["1999-02-01", "1999-02-02"].map((day, hour) => [queue, day, hour, [1]] as const),
  );
  expect(draw([QUEUE, DAY, HOUR_OF_DAY], threeKeys, [OFFERED])).toBe("");
  expect(drawCharts(undefined, CONTEXT).text).toBe("");
});

test("drawCharts() names and describes each drawing for those who cannot see it", () => {
  const text = draw(
    [QUEUE],
    [
      ["A", [5, 0.5]],
      ["B", [50, 0.1]],
    ],
    [OFFERED],
  );
  expect(text).toContain(
    '<svg role="img" aria-labelledby="c1-t c1-d" width="100%" height="76"><title id="c1-t">Offered by queue</title>' +
      '<desc id="c1-d">Bars, highest first. First: B, 50. The table below has every value.</desc>',
  );
});
