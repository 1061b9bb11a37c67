// What a report shows besides its groups, against brute-force.ts: sets of conversations and sums over them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSmallEngine, type OpenEngine } from "../../src/aggregate/create-small-engine.ts";
import { createTableEngine } from "../../src/duckdb/create-table-engine.ts";
import { bucketsByMinute, compareKeys, keysOf, productTable, waysWithin, type Key } from "./arranged-rows.ts";
import { ratio, type Way } from "./brute-force.ts";
import { figuresOver } from "./brute-measures.ts";

/** Figures of every home and kind: counts, sums, quotients, percentiles, lists, distinct agents. */
const MEASURES = [
  "conversation_count",
  "offered",
  "abandon_rate",
  "aht_seconds",
  "talk_ratio",
  "p90_wait_seconds",
  "unique_wrapup_codes",
  "wrapup_counts",
  "agents",
];

/** Over the night in which the clocks of New York go forward, 10 March. */
const SPRING = { interval: "2024-03-08/2024-03-12", start: "2024-03-08T05:00:00Z", end: "2024-03-12T04:00:00Z" };

const folder = mkdtempSync(join(tmpdir(), "callsheet-arranged-"));
let large: OpenEngine;
const small = createSmallEngine(() => Promise.reject(new Error("it is small")), 100_000);
beforeAll(async () => {
  large = await createTableEngine(folder);
});
afterAll(() => {
  large.close();
  rmSync(folder, { recursive: true });
});

/** The rows of the product, which both engines give alike. */
async function productRows(question: Readonly<Record<string, unknown>>): Promise<unknown[]> {
  const [one, other] = [await productTable(question, small), await productTable(question, large)];
  const rows = await Array.fromAsync(one.rows());
  expect(await Array.fromAsync(other.rows())).toStrictEqual(rows);
  expect(rows).toHaveLength(one.rowCount);
  return rows;
}

function cells(ways: readonly Way[]): unknown[] {
  const figures = figuresOver(ways);
  return MEASURES.map((name) => figures[name]);
}

/** What the groups of some keys should be, in order, each marked. */
function rowsBy(
  groupBy: readonly string[],
  by: readonly string[],
  kind: string,
  ways: readonly Way[],
): (readonly unknown[])[] {
  return [...Map.groupBy(ways, (way) => JSON.stringify(keysOf(by, way))).values()]
    .map((group) => ({ keys: group[0] ? keysOf(by, group[0]) : [], group }))
    .sort((left, right) => compareKeys(left.keys, right.keys))
    .map(({ keys, group }) => [
      kind,
      ...groupBy.map((path) => (by.includes(path) ? (keys[by.indexOf(path)] ?? null) : null)),
      ...cells(group),
    ]);
}

const MONTH = { interval: "2024-03-01/2024-04-01", start: "2024-03-01T05:00:00Z", end: "2024-04-01T04:00:00Z" };
const { interval } = MONTH;

describe("totals and subtotals are counted from the conversations, and are no sums of rows", () => {
  const ways = waysWithin(MONTH.start, MONTH.end);

  test("a total, and subtotals by a key, by its id and name, and by two keys", async () => {
    const groupBy = ["routing.queue.id", "routing.queue.name", "conversation.media.type", "time.day_of_week"];
    const subtotals = ["routing.queue.name", ["conversation.media.type", "time.day_of_week"]];
    const label = "subtotal by conversation.media.type, time.day_of_week";
    expect(await productRows({ interval, groupBy, measures: MEASURES, totals: true, subtotals })).toStrictEqual([
      ...rowsBy(groupBy, groupBy, "group", ways),
      ...rowsBy(groupBy, groupBy.slice(0, 2), "subtotal by routing.queue.name", ways),
      ...rowsBy(groupBy, groupBy.slice(2), label, ways),
      ["total", null, null, null, null, ...cells(ways)],
    ]);
  });

  test("what counts in several groups counts once in their subtotal", async () => {
    const groupBy = ["conversation.direction", "agent.id"];
    const question = { interval, groupBy, measures: ["conversation_count"], subtotals: "conversation.direction" };
    const rows = (await productRows(question)) as (readonly [string, string, string | null, number])[];
    const sums = Map.groupBy(rows, ([kind, direction]) => `${kind === "group"} ${direction}`);
    const sum = (key: string): number => (sums.get(key) ?? []).reduce((total, row) => total + row[3], 0);
    expect(sum("false inbound")).toBeGreaterThan(100);
    expect(sum("false inbound")).toBeLessThan(sum("true inbound"));
  });

  test("filled buckets count nothing in them", async () => {
    const question = { interval, groupBy: ["agent.id", "time.day"], measures: MEASURES, totals: true };
    const plain = await productRows({ ...question, subtotals: "agent.id" });
    const filled = await productRows({ ...question, subtotals: "agent.id", fill: true });
    const sums = (rows: readonly unknown[]): unknown[] => rows.filter((row) => (row as unknown[])[0] !== "group");
    expect(filled.length).toBeGreaterThan(plain.length);
    expect(sums(filled)).toStrictEqual(sums(plain));
  });

  test("where there is no group there is no total", async () => {
    const question = { groupBy: ["agent.id"], measures: MEASURES, totals: true };
    expect(await productRows({ ...question, interval: "2019-01-01/2019-01-02" })).toEqual([]);
  });
});

describe("top: the first by a measure have groups of their own, all others are one", () => {
  const ways = waysWithin(MONTH.start, MONTH.end);

  /** The keys of the first, by code of their own. */
  function firstOf(of: readonly string[], by: string, count: number): string[] {
    const figureOf = (group: readonly Way[]): number => Number(figuresOver(group)[by] ?? Number.NEGATIVE_INFINITY);
    return [...Map.groupBy(ways, (way) => JSON.stringify(keysOf(of, way)))]
      .map(([text, group]) => ({ text, keys: JSON.parse(text) as Key[], figure: figureOf(group) }))
      .sort((left, right) => right.figure - left.figure || compareKeys(left.keys, right.keys))
      .slice(0, count)
      .map(({ text }) => text);
  }

  /** Groups and others, in the order of the keys with others behind what they are others of. */
  function rowsOf(groupBy: readonly string[], of: readonly string[], first: readonly string[]): unknown[][] {
    const isFirst = (way: Way): boolean => first.includes(JSON.stringify(keysOf(of, way)));
    const keysShown = (way: Way): Key[] =>
      keysOf(groupBy, way).map((key, index) => (isFirst(way) || !of.includes(groupBy[index] ?? "") ? key : null));
    const last = groupBy.findLastIndex((path) => of.includes(path));
    return [...Map.groupBy(ways, (way) => JSON.stringify([isFirst(way), ...keysShown(way)])).values()]
      .flatMap((group) => (group[0] ? [{ keys: keysShown(group[0]), others: !isFirst(group[0]), group }] : []))
      .sort((left, right) =>
        compareKeys(
          left.keys.toSpliced(last + 1, 0, Number(left.others)),
          right.keys.toSpliced(last + 1, 0, Number(right.others)),
        ),
      )
      .map(({ keys, others, group }) => [others ? "others" : "group", ...keys, ...cells(group)]);
  }

  test.each([
    { groupBy: ["routing.queue.id", "routing.queue.name"], by: "offered", count: 4 },
    { groupBy: ["agent.id", "time.week"], by: "aht_seconds", count: 7 },
    { groupBy: ["time.day", "routing.queue.name"], by: "abandon_rate", count: 3 },
    { groupBy: ["time.day", "time.hour_of_day"], by: "conversation_count", count: 5, of: ["time.hour_of_day"] },
    { groupBy: ["agent.id", "conversation.media.type"], by: "agents", count: 9 },
  ])("$groupBy by $by", async ({ groupBy, by, count, of = groupBy.filter((path) => !path.startsWith("time.")) }) => {
    const question = { interval, groupBy, measures: MEASURES, totals: true, top: { by, count, of } };
    const expected = rowsOf(groupBy, of, firstOf(of, by, count));
    expect(expected.some(([kind]) => kind === "others")).toBe(true);
    expect(await productRows(question)).toStrictEqual([
      ...expected,
      ["total", ...groupBy.map(() => null), ...cells(ways)],
    ]);
  });

  test("others have subtotals of their own where a subtotal is by what they are others of", async () => {
    const groupBy = ["routing.queue.id", "conversation.media.type"];
    const first = firstOf(["routing.queue.id"], "offered", 2);
    const rest = ways.filter((way) => !first.includes(JSON.stringify(keysOf(["routing.queue.id"], way))));
    const top = { by: "offered", count: 2, of: "routing.queue.id" };
    const subtotals = ["routing.queue.id", "conversation.media.type"];
    expect(await productRows({ interval, groupBy, measures: MEASURES, top, subtotals })).toStrictEqual([
      ...rowsOf(groupBy, ["routing.queue.id"], first),
      ...rowsBy(
        groupBy,
        ["routing.queue.id"],
        "subtotal by routing.queue.id",
        ways.filter((way) => !rest.includes(way)),
      ),
      ["subtotal of others by routing.queue.id", null, null, ...cells(rest)],
      ...rowsBy(groupBy, ["conversation.media.type"], "subtotal by conversation.media.type", ways),
    ]);
  });

  test("there are no others where all are among the first", async () => {
    const question = { interval, groupBy: ["conversation.media.type"], measures: MEASURES };
    const kinds = (await productRows({ ...question, top: { by: "offered", count: 1000 } })) as string[][];
    expect(kinds.map(([kind, ...cells]) => [kind, cells])).toEqual(
      (await productRows(question)).map((row) => ["group", row]),
    );
  });
});

describe("compare: previous, for each measure its value before, the difference and the change", () => {
  /** The clocks went forward in the period before, or in the window. */
  const CASES = [
    { interval: "2024-03-11/2024-03-15", start: "2024-03-11T04:00:00Z", end: "2024-03-15T04:00:00Z", days: 4 },
    { interval: "2024-03-09/2024-03-12", start: "2024-03-09T05:00:00Z", end: "2024-03-12T04:00:00Z", days: 3 },
  ];

  /** Counts are compared to the last digit; quotients are rounded once, so here to within a rounding. */
  function expectChange(row: readonly unknown[], now: readonly Way[], before: readonly Way[]): void {
    const [figures, earlier] = [figuresOver(now), figuresOver(before)];
    let place = 0;
    for (const name of MEASURES) {
      const [value, old] = [figures[name], earlier[name]];
      expect(row.slice(place, place + 2)).toStrictEqual([value, old]);
      place += 2;
      if (name.startsWith("unique_") || name.endsWith("_counts")) continue;
      const [difference, percent] = row.slice(place, place + 2);
      place += 2;
      if (typeof value !== "number" || typeof old !== "number") expect([difference, percent]).toEqual([null, null]);
      else if (Number.isInteger(value) && ["conversation_count", "offered", "agents"].includes(name)) {
        expect(difference).toBe(value - old);
        expect(percent).toBe(ratio(100n * BigInt(value - old), BigInt(old), 2));
      } else {
        expect(Math.abs(Number(difference) - (value - old))).toBeLessThan(0.0101);
        if (old === 0) expect(percent).toBe(null);
      }
    }
    expect(row).toHaveLength(place);
  }

  test.each(
    CASES.flatMap((period) =>
      [
        ["routing.queue.name"],
        ["time.hour"],
        ["time.day", "conversation.media.type"],
        ["agent.id", "time.hour_of_day"],
        [],
      ].map((groupBy) => ({ ...period, groupBy })),
    ),
  )("$interval by $groupBy", async ({ groupBy, days, start, end, ...period }) => {
    const begin = new Date(Date.parse(start) - 10 * 86_400_000).toISOString();
    const day = (way: Way): string => String(keysOf(["time.day"], way, days)[0]);
    const [first = "", last = ""] = period.interval.split("/");
    const now = waysWithin(start, end);
    const before = waysWithin(begin, start).filter((way) => day(way) >= first && day(way) < last);
    const [groups, earlier] = [
      Map.groupBy(now, (way) => JSON.stringify(keysOf(groupBy, way))),
      Map.groupBy(before, (way) => JSON.stringify(keysOf(groupBy, way, days))),
    ];
    const keys = [...new Set([...groups.keys(), ...earlier.keys()])]
      .map((text) => JSON.parse(text) as Key[])
      .sort(compareKeys);
    const totals = groupBy.length > 0;
    const rows = (await productRows({
      interval: period.interval,
      groupBy,
      measures: MEASURES,
      compare: "previous",
      totals,
    })) as unknown[][];
    const skipped = totals ? 1 : 0;
    const shown = rows.slice(0, keys.length);
    expect(shown.map((row) => row.slice(skipped, skipped + groupBy.length))).toStrictEqual(keys);
    for (const [index, row] of shown.entries()) {
      const text = JSON.stringify(keys[index]);
      expectChange(row.slice(skipped + groupBy.length), groups.get(text) ?? [], earlier.get(text) ?? []);
    }
    expect(rows).toHaveLength(keys.length + skipped);
    if (totals) expectChange(rows.at(-1)?.slice(1 + groupBy.length) ?? [], now, before);
    expect(before.length).toBeGreaterThan(20);
  });

  test("beside others, subtotals and filled buckets", async () => {
    const question = {
      interval: "2024-03-11/2024-03-15",
      groupBy: ["routing.queue.name", "time.day"],
      measures: ["offered"],
      top: { by: "offered", count: 2 },
      subtotals: "time.day",
      totals: true,
      fill: true,
    };
    const compared = (await productRows({ ...question, compare: "previous" })) as unknown[][];
    const [now, before] = [
      (await productRows(question)) as unknown[][],
      (await productRows({ ...question, interval: "2024-03-07/2024-03-11" })) as unknown[][],
    ];
    expect(compared.map((row) => row.slice(0, 4))).toStrictEqual(now);
    const totalsOf = (rows: readonly unknown[][], place: number): unknown[] =>
      rows.filter(([kind]) => kind !== "group" && kind !== "others").map((row) => row[place]);
    expect(totalsOf(compared, 4)).toStrictEqual(totalsOf(before, 3));
  });
});

describe("fill: a row for each bucket of the window and each combination of the other keys that occurs", () => {
  test.each([
    [["time.hour"]],
    [["routing.queue.name", "time.day"]],
    [["time.minute30", "conversation.media.type"]],
    [["conversation.direction", "time.day", "time.hour_of_day", "routing.queue.id"]],
    [["time.day_of_week", "conversation.media.type"]],
    [["time.week"]],
  ])("%s", async (groupBy) => {
    const ways = waysWithin(SPRING.start, SPRING.end);
    const isTime = (path: string): boolean => path.startsWith("time.");
    const others = groupBy.filter((path) => !isTime(path));
    const combinations = [...new Set(ways.map((way) => JSON.stringify(keysOf(others, way))))];
    const buckets = bucketsByMinute(groupBy.filter(isTime), SPRING.start, SPRING.end);
    const groups = Map.groupBy(ways, (way) => JSON.stringify(keysOf(groupBy, way)));
    const expected = combinations
      .flatMap((text) =>
        buckets.map((bucket) => {
          const [values, times] = [JSON.parse(text) as Key[], [...bucket]];
          return groupBy.map((path) => (isTime(path) ? times.shift() : values.shift()) ?? null);
        }),
      )
      .sort(compareKeys)
      .map((keys) => [...keys, ...cells(groups.get(JSON.stringify(keys)) ?? [])]);

    expect(await productRows({ interval: SPRING.interval, groupBy, measures: MEASURES, fill: true })).toStrictEqual(
      expected,
    );
    expect(expected.length).toBeGreaterThan(groups.size === buckets.length ? 0 : groups.size);
  });

  test("over an empty window there is a row for each bucket when time is all there is, and none else", async () => {
    const question = { interval: "2019-01-01/2019-01-02", measures: ["conversation_count", "aht_seconds"], fill: true };
    const rows = await productRows({ ...question, groupBy: ["time.hour"] });
    expect(rows).toHaveLength(24);
    expect(rows[23]).toEqual(["2019-01-01T23:00-05:00", 0, null]);
    expect(await productRows({ ...question, groupBy: ["routing.queue.name", "time.hour"] })).toEqual([]);
  });
});
