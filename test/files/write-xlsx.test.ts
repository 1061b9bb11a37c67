// A workbook taken apart again: its archive, its parts and its cells, by code that did not write them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, ReportColumn, ReportTable } from "../../src/domain/report-table.ts";
import type { PageFacts } from "../../src/export/html/page-facts.ts";
import { xlsxChunks } from "../../src/export/write-xlsx.ts";
import { unzip } from "../support/unzip.ts";

const FACTS: PageFacts = {
  title: "Voice & more",
  report: "voice-by-queue",
  interval: "Mon 1 Feb 1999 to Mon 1 Mar 1999",
  timeZone: "Asia/Jerusalem",
  filter: "",
  completeness: "complete",
  reasons: [],
  source: "conversation details",
  definitionHash: "0011",
  runId: "run-7",
  version: "1.2.3",
  revision: 2,
  dataUntil: "1 Mar 1999 02:00",
  conversations: 33_344,
  generatedAt: "2 Mar 1999 04:00",
};
const PROVENANCE = { definitionHash: "0011", interval: "1999-02-01/1999-03-01", conversations: 33_344, revision: 2 };

const QUEUE: ReportColumn = { name: "routing.queue.name", type: "text", role: "key" };
const HOUR: ReportColumn = { name: "time.hour", type: "bucket", role: "key" };
const OFFERED: ReportColumn = { name: "offered", type: "integer", role: "measure", unit: "count", adds: "additive" };
const RATE: ReportColumn = {
  name: "abandon_rate",
  type: "decimal",
  role: "measure",
  unit: "ratio",
  decimals: 4,
  adds: "ratio",
};
const START: ReportColumn = { name: "conversation.start", type: "instant", role: "detail" };
const CODES: ReportColumn = {
  name: "wrapup_counts",
  type: "counts",
  role: "measure",
  unit: "codes",
  adds: "overlapping",
};

function tableOf(
  columns: readonly ReportColumn[],
  rows: readonly (readonly Cell[])[],
  more: Partial<ReportTable> = {},
): ReportTable {
  return {
    columns,
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      yield* rows;
    },
    ...more,
  };
}

async function workbook(
  table: ReportTable,
  facts: Partial<PageFacts> = {},
  maxRows?: number,
): Promise<Map<string, string>> {
  const chunks = await Array.fromAsync(xlsxChunks(table, { ...FACTS, ...facts }, PROVENANCE, maxRows));
  return unzip(Buffer.concat(chunks));
}

const SHEET = "xl/worksheets/sheet1.xml";

/** The cells of a sheet, row by row, as `style value` or `style "text"`. */
function cellsOf(sheet = ""): string[][] {
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = ""]) =>
    [
      ...row.matchAll(
        /<c r="([A-Z]+)\d+" s="(\d+)"(?: t="inlineStr")?>(?:<v>([^<]*)<\/v>|<is><t[^>]*>([^<]*)<\/t><\/is>)<\/c>/g,
      ),
    ].map(([, column = "", style = "", value, text]) => `${column}${style} ${value ?? JSON.stringify(text)}`),
  );
}

describe("xlsxChunks()", () => {
  test("R-58: writes typed cells: numbers, shares, local times as days, texts in place", async () => {
    const files = await workbook(
      tableOf(
        [QUEUE, HOUR, OFFERED, RATE, START, CODES],
        [
          ["0017", "1999-02-01T07:00+02:00", 12, 0.1273, "1999-02-01T07:02:47.123+02:00", { B: 2, A: 11 }],
          [null, null, 0, null, null, {}],
        ],
      ),
    );
    expect(cellsOf(files.get(SHEET)).slice(1)).toEqual([
      ['A1 "0017"', "B5 36192.291666666664", "C7 12", "D19 0.1273", "E6 36192.29360096065", 'F1 "B: 2; A: 11"'],
      ["C7 0", 'F1 ""'],
    ]);
    const formats = [...(files.get("xl/styles.xml") ?? "").matchAll(/formatCode="([^"]*)"/g)].map(([, code]) => code);
    const styles = [...(files.get("xl/styles.xml") ?? "").matchAll(/<xf numFmtId="(\d+)" [^>]*applyNumberFormat/g)];
    const shown = (style: number): string | undefined => formats[Number(styles[style]?.[1]) - 164];
    expect([5, 6, 7, 19].map(shown)).toEqual(["yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss", "#,##0", "0.00%"]);
    expect(styles[1]?.[1]).toBe("49");
  });

  test("keeps the header in sight, gives columns a width, and filters over all of them", async () => {
    const files = await workbook(tableOf([QUEUE, OFFERED], [["A queue with quite a long name", 1]]));
    const sheet = files.get(SHEET) ?? "";
    expect(cellsOf(sheet)[0]).toEqual(['A2 "routing.queue.name"', 'B2 "offered"']);
    expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect([...sheet.matchAll(/ width="(\d+)"/g)].map(([, width]) => Number(width))).toEqual([32, 11]);
    expect(sheet).toContain('<autoFilter ref="A1:B2"/>');
    expect(files.get("xl/workbook.xml")).toContain("'Figures'!$A$1:$B$2");
  });

  test("R-64: has notes that say how far to trust it, and provenance", async () => {
    const findings = [{ code: "negative_duration", message: "2 legs end before they begin.", count: 2 }];
    const table = tableOf([QUEUE, OFFERED], [["a", 1]], { findings, totals: [null, 33_344] });
    const files = await workbook(table, { completeness: "provisional", reasons: ["1 of 2 arrived"] });
    const notes = cellsOf(files.get("xl/worksheets/sheet2.xml")).map((row) =>
      row.map((cell) => cell.replace(/^\w+ /, "")),
    );
    expect(notes.slice(1, 4)).toEqual([
      ['"state"', expect.stringContaining("Provisional: these figures will change")],
      ['"reason"', '"1 of 2 arrived"'],
      ['"negative_duration"', '"2 legs end before they begin."'],
    ]);
    expect(notes.at(-2)).toEqual(['"offered"', '"Offered. Rows may be added."', '"count"', "33344"]);
    expect(cellsOf(files.get("xl/worksheets/sheet3.xml")).slice(1)).toEqual([
      ['A3 "definitionHash"', 'B3 "0011"'],
      ['A3 "interval"', 'B3 "1999-02-01/1999-03-01"'],
      ['A3 "conversations"', "B3 33344"],
      ['A3 "revision"', "B3 2"],
    ]);
    expect(
      [...(files.get("xl/workbook.xml") ?? "").matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name),
    ).toEqual(["Figures", "Notes", "Provenance"]);
  });

  test("H2: a text is a text whatever it begins with, and nothing is a formula", async () => {
    const files = await workbook(tableOf([QUEUE], [["=1+1"], ["-12.5"], ["@x"], ["1e5"], ["TRUE"]]));
    expect(cellsOf(files.get(SHEET)).slice(1)).toEqual([
      ['A1 "=1+1"'],
      ['A1 "-12.5"'],
      ['A1 "@x"'],
      ['A1 "1e5"'],
      ['A1 "TRUE"'],
    ]);
    expect([...files.values()].join("")).not.toContain("<f>");
  });

  test("H1: any text is valid XML: markup escaped, controls shown, a spreadsheet's own escape kept", async () => {
    const files = await workbook(
      tableOf([QUEUE], [['<b>&"'], ["a\u0000\u001b\r\n\tz"], ["_x0041_ _x1"], ["\ud83d \uffff"]]),
    );
    expect(cellsOf(files.get(SHEET)).slice(1)).toEqual([
      ['A1 "&lt;b&gt;&amp;&quot;"'],
      ['A1 "a␀␛&#13;\\n\\tz"'],
      ['A1 "_x005F_x0041_ _x1"'],
      ['A1 "\ufffd \ufffd"'],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        const sheet = (await workbook(tableOf([QUEUE], [[text]]))).get(SHEET) ?? "";
        expect(sheet.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\ufffe\uffff]/u);
        expect(sheet).toBe(sheet.toWellFormed());
      }),
      { numRuns: 50 },
    );
  });

  test("H1: a text that no cell can hold is cut, and the notes count it", async () => {
    const files = await workbook(tableOf([QUEUE], [["x".repeat(32_767)], ["y".repeat(32_768)]]));
    const [, whole, cut] = cellsOf(files.get(SHEET));
    expect([whole?.[0]?.length, cut?.[0]?.length, cut?.[0]?.at(-2)]).toEqual([32_767 + 5, 32_767 + 5, "…"]);
    expect(files.get("xl/worksheets/sheet2.xml")).toContain("1 were cut; JSON and Parquet have them whole.");
  });

  test("R-57: a table without rows is a workbook with a header", async () => {
    const files = await workbook(tableOf([QUEUE], []));
    expect(cellsOf(files.get(SHEET))).toEqual([['A2 "routing.queue.name"']]);
  });

  test("rows beyond what a sheet can hold go on in the next, each with its header", async () => {
    const rows = Array.from({ length: 5 }, (_, index): Cell[] => [index]);
    const files = await workbook(tableOf([OFFERED], rows), {}, 3);
    expect(
      [1, 2, 3].map((sheet) => cellsOf(files.get(`xl/worksheets/sheet${sheet}.xml`)).map(([cell]) => cell)),
    ).toEqual([
      ['A2 "offered"', "A7 0", "A7 1"],
      ['A2 "offered"', "A7 2", "A7 3"],
      ['A2 "offered"', "A7 4"],
    ]);
    expect(files.get("xl/workbook.xml")).toContain('<sheet name="Figures 3" sheetId="3" r:id="rId3"/>');
  });

  test("the same rows give the same bytes", async () => {
    const table = tableOf(
      [QUEUE, OFFERED],
      Array.from({ length: 3000 }, (_, index): Cell[] => [`queue ${index}`, index]),
    );
    const [one, two] = [1, 2].map(async () =>
      Buffer.concat(await Array.fromAsync(xlsxChunks(table, FACTS, PROVENANCE))),
    );
    expect((await one)?.equals((await two) ?? Buffer.alloc(0))).toBe(true);
  });

  test("writes in pieces: a reader that stops has read few rows, and closes them", async () => {
    let [read, closed] = [0, 0];
    const endless = tableOf([QUEUE], [], {
      rowCount: 1_000_000,
      rows: async function* () {
        try {
          for (; ; read += 1) yield await Promise.resolve([`row ${Math.sin(read)}`]);
        } finally {
          closed += 1;
        }
      },
    });
    const chunks = xlsxChunks(endless, FACTS, PROVENANCE);
    for (let pieces = 0; pieces < 20; pieces += 1) expect((await chunks.next()).done).toBe(false);
    await chunks.return(undefined);
    expect(read).toBeLessThan(100_000);
    expect(closed).toBe(2);
  });

  test("H4: an error among the rows is the error of the file", async () => {
    await expect(workbook(tableOf([RATE], [[1], [Number.NaN]]))).rejects.toThrow("never NaN or infinite");
  });
});
