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

/** The formats that a spreadsheet has by number. */
const BUILT_IN: Readonly<Record<string, string>> = { 0: "General", 3: "#,##0", 10: "0.00%", 49: "@" };

/** The cells of a sheet, row by row, as `column|format|value`; a text stands in quotes. */
function cellsOf(files: ReadonlyMap<string, string>, sheet = SHEET): string[][] {
  const styles = files.get("xl/styles.xml") ?? "";
  const custom = [...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code]) => [
    id,
    code,
  ]);
  const formats = { ...BUILT_IN, ...Object.fromEntries(custom) };
  const shown = [...styles.slice(styles.indexOf("<cellXfs")).matchAll(/<xf numFmtId="(\d+)"/g)].map(
    ([, id = ""]) => formats[id],
  );
  return [...(files.get(sheet) ?? "").matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = ""]) =>
    [
      ...row.matchAll(
        /<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="inlineStr")?>(?:<v>([^<]*)<\/v>|<is><r><t[^>]*>([^<]*)<\/t><\/r><\/is>)<\/c>/g,
      ),
    ].map(
      ([, column = "", style = "0", value, text]) =>
        `${column}|${shown[Number(style)]}|${value ?? JSON.stringify(text)}`,
    ),
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
    expect(cellsOf(files).slice(1)).toEqual([
      [
        'A|@|"0017"',
        "B|yyyy-mm-dd hh:mm|36192.291666666664",
        "C|#,##0|12",
        "D|0.00%|0.1273",
        "E|yyyy-mm-dd hh:mm:ss|36192.29360096065",
        'F|@|"B: 2; A: 11"',
      ],
      ["C|#,##0|0", 'F|@|""'],
    ]);
  });

  test("keeps the header in sight, gives columns a width, and filters over all of them", async () => {
    const files = await workbook(tableOf([QUEUE, OFFERED], [["A queue with quite a long name", 1]]));
    const sheet = files.get(SHEET) ?? "";
    expect(cellsOf(files)[0]).toEqual(['A|@|"routing.queue.name"', 'B|@|"offered"']);
    expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect([...sheet.matchAll(/ width="(\d+)"/g)].map(([, width]) => Number(width))).toEqual([32, 11]);
    expect(sheet).toContain('<autoFilter ref="A1:B2"/>');
    expect(files.get("xl/workbook.xml")).toContain("&apos;Figures&apos;!$A$1:$B$2");
    const header = Number(/<c r="A1" s="(\d+)"/.exec(sheet)?.[1]);
    const [, looks = ""] = (files.get("xl/styles.xml") ?? "").split("<cellXfs");
    expect([...looks.matchAll(/<xf [^>]*fontId="(\d+)"[^>]*>/g)][header]?.[1]).toBe("1");
    expect(files.get("xl/styles.xml")).toMatch(/<font>(?:(?!<\/font>).)*<\/font><font><b\/>/);
  });

  test("R-64: has notes that say how far to trust it, and provenance", async () => {
    const findings = [{ code: "negative_duration", message: "2 legs end before they begin.", count: 2 }];
    const table = tableOf([QUEUE, OFFERED], [["a", 1]], { findings, totals: [null, 33_344] });
    const files = await workbook(table, { completeness: "provisional", reasons: ["1 of 2 arrived"] });
    const notes = cellsOf(files, "xl/worksheets/sheet2.xml").map((row) =>
      row.map((cell) => cell.replace(/^\w+\|[^|]*\|/, "")),
    );
    expect(notes.slice(1, 4)).toEqual([
      ['"state"', expect.stringContaining("Provisional: these figures will change")],
      ['"reason"', '"1 of 2 arrived"'],
      ['"negative_duration"', '"2 legs end before they begin."'],
    ]);
    expect(notes.at(-2)).toEqual(['"offered"', '"Offered. Rows may be added."', '"count"', "33344"]);
    expect(cellsOf(files, "xl/worksheets/sheet3.xml").slice(1)).toEqual([
      ['A|@|"definitionHash"', 'B|@|"0011"'],
      ['A|@|"interval"', 'B|@|"1999-02-01/1999-03-01"'],
      ['A|@|"conversations"', "B|@|33344"],
      ['A|@|"revision"', "B|@|2"],
    ]);
    expect(
      [...(files.get("xl/workbook.xml") ?? "").matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name),
    ).toEqual(["Figures", "Notes", "Provenance"]);
  });

  test("H2: a text is a text whatever it begins with, and nothing is a formula", async () => {
    const files = await workbook(tableOf([QUEUE], [["=1+1"], ["-12.5"], ["@x"], ["1e5"], ["TRUE"]]));
    expect(cellsOf(files).slice(1)).toEqual([
      ['A|@|"=1+1"'],
      ['A|@|"-12.5"'],
      ['A|@|"@x"'],
      ['A|@|"1e5"'],
      ['A|@|"TRUE"'],
    ]);
    expect([...files.values()].join("")).not.toContain("<f>");
  });

  test("H1: any text is valid XML: markup escaped, controls shown, a spreadsheet's own escape kept", async () => {
    const files = await workbook(
      tableOf([QUEUE], [['<b>&"'], ["a\u0000\u001b\r\n\tz"], ["_x0041_ _x1"], ["\ud83d \uffff"]]),
    );
    expect(cellsOf(files).slice(1)).toEqual([
      ['A|@|"&lt;b&gt;&amp;&quot;"'],
      ['A|@|"a␀␛\\n\\tz"'],
      ['A|@|"_x005F_x0041_ _x1"'],
      ['A|@|"\ufffd \ufffd"'],
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
    const [, whole, cut] = cellsOf(files);
    expect([whole?.[0]?.length, cut?.[0]?.length, cut?.[0]?.at(-2)]).toEqual([32_767 + 6, 32_767 + 6, "…"]);
    expect(files.get("xl/worksheets/sheet2.xml")).toContain("1 were cut; JSON and Parquet have them whole.");
  });

  test("R-57: a table without rows is a workbook with a header", async () => {
    const files = await workbook(tableOf([QUEUE], []));
    expect(cellsOf(files)).toEqual([['A|@|"routing.queue.name"']]);
  });

  test("rows beyond what a sheet can hold go on in the next, each with its header", async () => {
    const rows = Array.from({ length: 5 }, (_, index): Cell[] => [index]);
    const files = await workbook(tableOf([OFFERED], rows), {}, 3);
    expect([1, 2, 3].map((sheet) => cellsOf(files, `xl/worksheets/sheet${sheet}.xml`).map(([cell]) => cell))).toEqual([
      ['A|@|"offered"', "A|#,##0|0", "A|#,##0|1"],
      ['A|@|"offered"', "A|#,##0|2", "A|#,##0|3"],
      ['A|@|"offered"', "A|#,##0|4"],
    ]);
    expect(files.get("xl/workbook.xml")).toContain('<sheet name="Figures 3" sheetId="3"');
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

  test("no part of the archive is dated by the clock, so that a later run gives the same bytes too", async () => {
    const table = tableOf([QUEUE], [["a"]]);
    const archive = Buffer.concat(await Array.fromAsync(xlsxChunks(table, FACTS, PROVENANCE)));
    const dated = (signature: string, offset: number): string[] =>
      archive
        .toString("latin1")
        .split(signature)
        .slice(1)
        .map((entry) => Buffer.from(entry, "latin1").toString("hex", offset, offset + 4));
    const firstOf1980 = "00002100";
    expect(new Set([...dated("PK\u0001\u0002", 8), ...dated("PK\u0003\u0004", 6)])).toEqual(new Set([firstOf1980]));
    expect(
      unzip(archive)
        .get("docProps/core.xml")
        ?.match(/\d{4}-\d\d-\d\dT[^<]*/g),
    ).toEqual(["1980-01-01T00:00:00Z", "1980-01-01T00:00:00Z"]);
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
