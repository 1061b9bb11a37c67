import { expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import type { ReportTable } from "../domain/report-table.ts";
import { resolvePeriods } from "../plan/resolve-periods.ts";
import { resolveWindow } from "../plan/resolve-window.ts";
import { buildTable } from "./build-table.ts";
import { createSmallEngine } from "./create-small-engine.ts";

/** A leg of so many seconds of handle time, and the conversation that holds it. */
function call(day: string, handleSeconds?: number): ConversationRecord {
  const startedAt = Date.parse(`${day}T12:00:00Z`);
  const metrics = handleSeconds === undefined ? {} : { tHandle: { count: 1, sum: handleSeconds * 1000 } };
  const leg: PartRecord = { kind: "leg", mediaType: "voice", userId: "ann", startedAt, metrics };
  return { id: `${day} ${handleSeconds}`, startedAt, endedAt: startedAt + 60_000, divisionIds: [], parts: [leg] };
}

/** The table of "last month", asked in March 2024. */
async function february(
  keys: Readonly<Record<string, unknown>>,
  records: readonly ConversationRecord[],
): Promise<ReportTable> {
  const text = JSON.stringify({ report: "r", interval: "last month", compare: "previous", ...keys });
  const definition = parseDefinition(text, "r.json");
  const periods = resolvePeriods(definition, resolveWindow(definition.window, "UTC", Date.UTC(2024, 2, 5)));
  return await buildTable({
    definition,
    filter: definition.filter,
    periods,
    known: periods.window,
    records: (async function* () {
      yield await Promise.resolve(records);
    })(),
    nameOf: () => undefined,
    engine: createSmallEngine(() => Promise.reject(new Error("it is small"))),
  });
}

test("createPeriodRows() compares a day with the same day of the month before; a 31st counts where there is no day", async () => {
  const records = ["2024-01-03", "2024-01-03", "2024-01-31", "2024-02-03", "2024-02-10"].map((day) => call(day));
  const table = await february({ groupBy: ["time.day"], measures: ["conversation_count"], totals: true }, records);
  expect(await Array.fromAsync(table.rows())).toEqual([
    ["group", "2024-02-03", 1, 2, -1, -50],
    ["group", "2024-02-10", 1, 0, 1, null],
    ["total", null, 2, 3, -1, -33.33],
  ]);
  expect(table.findings.map(({ code, count }) => [code, count])).toEqual([["previous_without_counterpart", 1]]);
  const byMonth = await february({ groupBy: ["time.month"], measures: ["conversation_count"] }, records);
  expect(await Array.fromAsync(byMonth.rows())).toEqual([["2024-02-01", 2, 3, -1, -33.33]]);
  expect(byMonth.findings).toEqual([]);
});

test("createCells() rounds a difference once, and gives no change without a base", async () => {
  const measures = ["aht_seconds", "wrapup_counts"];
  const handled = [call("2024-01-03", 10), call("2024-02-03", 1), call("2024-02-04", 1), call("2024-02-05", 2)];
  const table = await february({ groupBy: [], measures }, handled);
  expect(table.columns.map(({ name }) => name)).toEqual([
    "aht_seconds",
    "aht_seconds.previous",
    "aht_seconds.difference",
    "aht_seconds.change_percent",
    "wrapup_counts",
    "wrapup_counts.previous",
  ]);
  // 4/3 − 10 = −8.666… → −8.67; −86.666… % → −86.67.
  expect(await Array.fromAsync(table.rows())).toEqual([[1.33, 10, -8.67, -86.67, {}, {}]]);
  const without = await february({ groupBy: [], measures: ["aht_seconds"] }, [call("2024-02-03", 1)]);
  expect(await Array.fromAsync(without.rows())).toEqual([[1, null, null, null]]);
});

test("createPeriodRows() counts nothing of what lies between a month to date and the one before", async () => {
  const records = [call("2024-02-03"), call("2024-02-20"), call("2024-03-04")];
  const text = JSON.stringify({
    report: "r",
    interval: "month to date",
    compare: "previous",
    groupBy: [],
    measures: ["conversation_count"],
  });
  const definition = parseDefinition(text, "r.json");
  const periods = resolvePeriods(definition, resolveWindow(definition.window, "UTC", Date.UTC(2024, 2, 5)));
  const table = await buildTable({
    definition,
    filter: definition.filter,
    periods,
    records: (async function* () {
      yield await Promise.resolve(records);
    })(),
    nameOf: () => undefined,
    engine: createSmallEngine(() => Promise.reject(new Error("it is small"))),
  });
  expect(await Array.fromAsync(table.rows())).toEqual([[1, 1, 0, 0]]);
});
