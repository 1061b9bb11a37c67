import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CsvStyle, PLAIN_CSV } from "../domain/report-definition.ts";
import type { Cell, CellType, ReportTable } from "../domain/report-table.ts";
import { atomicWrite } from "../support/atomic-write.ts";
import { spreadsheetSafe } from "./spreadsheet-safe.ts";
import { csvChunks } from "./write-csv.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function table(columns: Readonly<Record<string, CellType>>, rows: readonly (readonly Cell[])[]): ReportTable {
  return {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type, role: "detail" })),
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      for (const row of rows) yield await Promise.resolve(row);
    },
  };
}

async function csv(
  columns: Readonly<Record<string, CellType>>,
  rows: readonly (readonly Cell[])[],
  style?: Partial<CsvStyle>,
): Promise<string> {
  return (await Array.fromAsync(csvChunks(table(columns, rows), { ...PLAIN_CSV, ...style }))).join("");
}

/** RFC 4180 to the letter: CRLF ends a record, a cell with a quote, comma, CR or LF is quoted, quotes are doubled. */
function parseStrictly(text: string): string[][] {
  const rows: string[][] = [[]];
  let rest = text;
  while (rest !== "") {
    const cell = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    if (!cell) throw new Error(`no RFC 4180 at ${JSON.stringify(rest.slice(0, 40))}`);
    rows.at(-1)?.push(cell[1]?.replaceAll('""', '"') ?? cell[2] ?? "");
    rest = rest.slice(cell[0].length);
    if (cell[3] === "\r\n" && rest !== "") rows.push([]);
  }
  return rows;
}

/** The same file as a database reads it, every cell as text. Its driver would take a byte order mark away: so, bytes. */
async function readByDuckDb(text: string): Promise<string[][]> {
  const file = join(folder, "read.csv");
  writeFileSync(file, text);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    `SELECT coalesce(hex(encode(a)), ''), coalesce(hex(encode(b)), ''), coalesce(hex(encode(c)), '') FROM read_csv('${file}', header = false, all_varchar = true, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', max_line_size = 4000000, parallel = false, columns = {'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'VARCHAR'})`,
  );
  connection.closeSync();
  instance.closeSync();
  return result.getRows().map((row) => row.map((cell) => Buffer.from(String(cell), "hex").toString("utf8")));
}

const HOSTILE = [
  "plain",
  "comma, quote \" and 'apostrophe'",
  '"',
  '""',
  "two\r\nlines",
  "line\nfeed",
  "carriage\rreturn",
  "tab\there",
  "nul\0here",
  "\u202eright to left\u202c",
  "e\u0301 combining, \u{1f469}\u200d\u{1f4bb} joined",
  "\ufeffmark",
  "trailing space ",
  " leading space",
  "x".repeat(40_000),
  "0017",
  "12345678901234567890",
  "1e5",
  "2024-03-01",
  "TRUE",
  "null",
  "\\N",
  "a;b|c",
  "#comment",
];

describe("csvChunks()", () => {
  test("R-55, R-58: one column for each path and measure, numbers with a point, null as nothing", async () => {
    const columns = { "routing.queue.name": "text", "time.hour": "bucket", talk_ratio: "decimal", offered: "integer" };
    const rows: Cell[][] = [
      ["Sales, north", "1999-02-01T07:00+02:00", 0.5, 12],
      [null, "1999-02-01T08:00+02:00", null, 0],
      ["null", "1999-02-01T08:00+02:00", -12.5, 1_234_567.891],
    ];
    expect(await csv(columns as Record<string, CellType>, rows)).toBe(
      [
        "routing.queue.name,time.hour,talk_ratio,offered",
        '"Sales, north",1999-02-01T07:00+02:00,0.5,12',
        ",1999-02-01T08:00+02:00,,0",
        "null,1999-02-01T08:00+02:00,-12.5,1234567.891",
        "",
      ].join("\r\n"),
    );
  });

  test("R-57: a table without rows is the header alone", async () => {
    expect(await csv({ "agent.id": "text", offered: "integer" }, [])).toBe("agent.id,offered\r\n");
  });

  test("R-59: lists are joined, counts are written out, the same in every language", async () => {
    const rows: Cell[][] = [
      [["a", "b, c"], { "ININ-WRAP-UP-TIMEOUT": 2, x: 1 }],
      [[], {}],
    ];
    expect(await csv({ codes: "list", counts: "counts" }, rows)).toBe(
      'codes,counts\r\n"a; b, c","ININ-WRAP-UP-TIMEOUT: 2; x: 1"\r\n,\r\n',
    );
  });

  test("S-01: texts, lists and counts are no formulas; a negative number stays a number", async () => {
    const columns = { text: "text", list: "list", counts: "counts", number: "decimal" } as const;
    const rows: Cell[][] = [["=1+1", ["@x", "y"], { "-code": 1 }, -12.5]];
    expect(await csv(columns, rows)).toBe('text,list,counts,number\r\n"\'=1+1","\'@x; y","\'-code: 1",-12.5\r\n');
  });

  test("S-01: what another language sets between cells is quoted, so that no cell begins behind it", async () => {
    const rows: Cell[][] = [["a;=1+1"], ["b\t=1+1"]];
    expect(await csv({ text: "text" }, rows)).toBe('text\r\n"a;=1+1"\r\n"b\t=1+1"\r\n');
  });

  test("R-61: excel-en begins with a byte order mark, and keeps texts that look like numbers or dates as texts", async () => {
    const columns = { id: "text", codes: "list", "time.day": "bucket", talk_ratio: "decimal" } as const;
    const rows: Cell[][] = [
      ["0017", ["12345678901234567890"], "1999-02-01", -0.5],
      ["Sales", ["a", "b"], "1999-02-02", null],
    ];
    expect(await csv(columns, rows, { preset: "excel-en" })).toBe(
      "\ufeffid,codes,time.day,talk_ratio\r\n'0017,'12345678901234567890,1999-02-01,-0.5\r\nSales,\"a; b\",1999-02-02,\r\n",
    );
  });

  test("R-61: excel-eu sets semicolons between cells and commas into numbers", async () => {
    const columns = { id: "text", talk_ratio: "decimal", offered: "integer" } as const;
    const rows: Cell[][] = [
      ["Sales; north", -12.5, 1_234_567],
      ["=1,5", 0.25, 0],
    ];
    expect(await csv(columns, rows, { preset: "excel-eu" })).toBe(
      '\ufeffid;talk_ratio;offered\r\n"Sales; north";-12,5;1234567\r\n"\'=1,5";0,25;0\r\n',
    );
  });

  test("H2: without the guard a text stays as it is", async () => {
    expect(await csv({ text: "text" }, [["=1+1"], ["-x"]], { formulaGuard: false })).toBe("text\r\n=1+1\r\n-x\r\n");
  });

  test("leading zeros and long ids stand in the file as they are", async () => {
    const rows: Cell[][] = [["0017"], ["12345678901234567890"], ["1e5"], ["TRUE"], ["2024-03-01"]];
    expect(await csv({ id: "text" }, rows)).toBe("id\r\n0017\r\n12345678901234567890\r\n1e5\r\nTRUE\r\n2024-03-01\r\n");
  });

  test("H1: hostile cells come back whole: by RFC 4180, and from another program's reader", async () => {
    const rows = HOSTILE.map((text, index) => [text, `${index}`, HOSTILE[(index * 7) % HOSTILE.length] ?? ""]);
    const text = await csv({ a: "text", b: "text", c: "text" }, rows);
    const expected = [
      ["a", "b", "c"],
      ...rows.map((row) => row.map((cell) => spreadsheetSafe(cell).replaceAll("\0", "\ufffd"))),
    ];
    expect(parseStrictly(text)).toEqual(expected);
    expect(await readByDuckDb(text)).toEqual(expected);
  });

  test("H1: any text comes back: random cells of awkward signs", async () => {
    const sign = fc.constantFrom(
      ",",
      '"',
      "\r",
      "\n",
      "\r\n",
      "'",
      "=",
      ";",
      "\t",
      "a",
      "é",
      "\u{1f600}",
      "\u2028",
      " ",
    );
    const cell = fc.oneof(
      fc.array(sign, { maxLength: 6 }).map((signs) => signs.join("")),
      fc.string({ unit: "grapheme" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }), async (rows) => {
        const text = await csv({ a: "text", b: "text", c: "text" }, rows);
        const expected = [["a", "b", "c"], ...rows.map((row) => row.map(spreadsheetSafe))];
        expect(parseStrictly(text)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("writes in pieces: a few hundred rows are held, not the table", async () => {
    let read = 0;
    const endless: ReportTable = {
      ...table({ id: "text" }, []),
      rows: async function* () {
        for (; ; read += 1) yield await Promise.resolve([`row ${read}`]);
      },
    };
    const chunks = csvChunks(endless);
    for (let pieces = 0; pieces < 3; pieces += 1) expect((await chunks.next()).done).toBe(false);
    expect(read).toBeLessThan(1100);
    await chunks.return(undefined);
  });

  test("H4: NaN and Infinity never reach a file", async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      await expect(csv({ n: "decimal" }, [[1], [value]])).rejects.toThrow("never NaN or infinite");
  });

  test("R-56: an older file stays untouched when writing fails half-way, and nothing is left beside it", async () => {
    const own = mkdtempSync(join(folder, "older-"));
    const file = join(own, "report.csv");
    writeFileSync(file, "yesterday\r\n");
    const rows: Cell[][] = Array.from({ length: 2000 }, () => [1]);
    await expect(atomicWrite(file, csvChunks(table({ n: "decimal" }, [...rows, [Number.NaN]])))).rejects.toThrow("NaN");
    expect(readFileSync(file, "utf8")).toBe("yesterday\r\n");
    expect(readdirSync(own)).toEqual(["report.csv"]);
  });
});
