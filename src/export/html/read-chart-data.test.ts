import { expect, test } from "vitest";
import type { Cell, ReportColumn, ReportTable } from "../../domain/report-table.ts";
import { readChartData } from "./read-chart-data.ts";

const MEDIA: ReportColumn = { name: "conversation.media.type", type: "text", role: "key" };
const QUEUE_ID: ReportColumn = { name: "routing.queue.id", type: "text", role: "key" };
const QUEUE: ReportColumn = { name: "routing.queue.name", type: "text", role: "key" };
const CODES: ReportColumn = { name: "wrapup_counts", type: "counts", role: "measure", unit: "codes", adds: "additive" };
const TOUCHED: ReportColumn = {
  name: "conversation_count",
  type: "integer",
  role: "measure",
  unit: "count",
  adds: "overlapping",
};
const OFFERED: ReportColumn = { name: "offered", type: "integer", role: "measure", unit: "count", adds: "additive" };
const RATE: ReportColumn = { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio", adds: "ratio" };
const NPS: ReportColumn = { name: "nps", type: "decimal", role: "measure", unit: "score", adds: "ratio" };

function tableOf(columns: ReportColumn[], rows: Cell[][]): ReportTable {
  return {
    columns,
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      yield* rows;
    },
  };
}

test("readChartData() takes an id and its name for one key, and leaves out a key with one value", async () => {
  const table = tableOf(
    [MEDIA, QUEUE_ID, QUEUE, TOUCHED, CODES, OFFERED, RATE],
    [
      ["voice", "a1", "Sales", 9, { x: 1 }, 7, 0.1],
      ["voice", "b2", "Sales", 8, { y: 1 }, 6, null],
    ],
  );
  expect(await readChartData(table)).toEqual({
    keys: [{ label: QUEUE, kind: "text" }],
    measures: [OFFERED, RATE],
    rows: [
      { shown: ["Sales"], identities: ['["a1","Sales"]'], values: [7, 0.1] },
      { shown: ["Sales"], identities: ['["b2","Sales"]'], values: [6, null] },
    ],
  });
});

test("readChartData() draws a count whose rows overlap when there is no other", async () => {
  const data = await readChartData(
    tableOf(
      [QUEUE, RATE, TOUCHED],
      [
        ["A", 0.1, 1],
        ["B", 0.2, 2],
      ],
    ),
  );
  expect(data?.measures).toEqual([TOUCHED, RATE]);
});

test("readChartData() leaves values below zero to the table", async () => {
  const rows = [
    ["A", 1, -20],
    ["B", 2, 40],
  ];
  expect((await readChartData(tableOf([QUEUE, OFFERED, { ...NPS, unit: "seconds" }], rows)))?.measures).toEqual([
    OFFERED,
  ]);
  expect(
    await readChartData(
      tableOf(
        [QUEUE, NPS],
        [
          ["A", -20],
          ["B", 40],
        ],
      ),
    ),
  ).toBeUndefined();
});

test("readChartData() finds nothing to draw without keys, measures or a second row", async () => {
  expect(await readChartData(tableOf([OFFERED], [[1], [2]]))).toBeUndefined();
  expect(
    await readChartData(
      tableOf(
        [QUEUE, CODES],
        [
          ["A", {}],
          ["B", {}],
        ],
      ),
    ),
  ).toBeUndefined();
  expect(await readChartData(tableOf([QUEUE, OFFERED], [["A", 1]]))).toBeUndefined();
  expect(
    await readChartData(
      tableOf(
        [QUEUE, OFFERED],
        [
          ["A", 1],
          ["A", 2],
        ],
      ),
    ),
  ).toBeUndefined();
});

test("readChartData() leaves out what several groups are together", async () => {
  const kind: ReportColumn = { name: "row.kind", type: "text", role: "row" };
  const table = tableOf(
    [kind, QUEUE, OFFERED],
    [
      ["group", "Sales", 7],
      ["group", "Billing", 5],
      ["group", null, 1],
      ["subtotal by routing.queue.name", "Sales", 7],
      ["total", null, 13],
    ],
  );
  const data = await readChartData(table);
  expect(data?.rows.map(({ shown, values }) => [...shown, ...values])).toEqual([
    ["Sales", 7],
    ["Billing", 5],
    [null, 1],
  ]);
});
