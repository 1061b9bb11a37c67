// One table of every type, with hostile texts, as XLSX and Parquet: openpyxl, LibreOffice and Gnumeric open the
// workbook, pyarrow and DuckDB the Parquet file. All of them find the same values, and nothing of it is a formula.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReportColumn, ReportTable } from "../../src/domain/report-table.ts";
import { createParquetWriter } from "../../src/duckdb/create-parquet-writer.ts";
import type { PageFacts } from "../../src/export/html/page-facts.ts";
import { xlsxChunks } from "../../src/export/write-xlsx.ts";
import { hostileTexts } from "../support/hostile-texts.ts";
import { runProgram } from "../support/run-program.ts";
import { requireService } from "./services-env.ts";

const ROWS = 10_000;

const COLUMNS: readonly ReportColumn[] = [
  { name: "routing.queue.name", type: "text", role: "key" },
  { name: "time.day", type: "bucket", role: "key" },
  { name: "conversation.start", type: "instant", role: "detail" },
  { name: "offered", type: "integer", role: "measure", unit: "count", adds: "additive" },
  { name: "abandon_rate", type: "decimal", role: "measure", unit: "ratio", decimals: 4, adds: "ratio" },
  { name: "aht_seconds", type: "decimal", role: "measure", unit: "seconds", decimals: 2, adds: "ratio" },
];
const FACTS = {
  title: 'Voice & "more"',
  timeZone: "UTC",
  completeness: "complete",
  reasons: [],
  dataUntil: "1 Mar 1999",
  version: "1.2.3",
} as unknown as PageFacts;
const PROVENANCE = { definitionHash: "0011", title: "Tom's", rows: ROWS };

type Row = readonly [text: string, day: string, start: string, offered: number, rate: number | null, aht: number];

const STARTED_AT = Date.UTC(1999, 1, 1);
const rows = hostileTexts(ROWS).map((text, index): Row => {
  const at = new Date(STARTED_AT + index * 61_007);
  return [
    text,
    at.toISOString().slice(0, 10),
    `${at.toISOString().slice(0, 23)}+00:00`,
    index * 97,
    index % 7 === 0 ? null : ((index * 37) % 10_001) / 10_000,
    -(index + 1) / 100,
  ];
});
const table: ReportTable = {
  columns: COLUMNS,
  rowCount: ROWS,
  findings: [],
  rows: async function* () {
    yield* await Promise.resolve(rows);
  },
};

/** What no XML document holds is shown by its picture; a line ends as lines of a cell do. */
function inXml(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll("\u007f", "␡")
    .replaceAll(/(?![\t\n\u0080-\u009f])\p{Cc}/gu, (control) => String.fromCharCode(0x24_00 + control.charCodeAt(0)));
}

/** Rows as JSON says them: text, day, instant in milliseconds, three numbers. */
function expected(text: (text: string) => string): unknown[][] {
  return rows.map(([name, day, start, ...numbers]) => [text(name), day, Date.parse(start), ...numbers]);
}

let folder: string;
let workbook: string;
let parquet: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-typed-"));
  workbook = join(folder, "typed.xlsx");
  parquet = join(folder, "typed.parquet");
  writeFileSync(workbook, Buffer.concat(await Array.fromAsync(xlsxChunks(table, FACTS, PROVENANCE))));
  mkdirSync(join(folder, "scratch"));
  for await (const { chunks } of createParquetWriter(join(folder, "scratch")).writeParquet(table, PROVENANCE))
    writeFileSync(parquet, Buffer.concat(await Array.fromAsync(chunks)));
});
afterAll(() => rmSync(folder, { recursive: true }));

function python(script: string, ...args: readonly string[]): unknown {
  return JSON.parse(runProgram(requireService("CALLSHEET_TEST_PYTHON"), ["-c", script, ...args]));
}

const BY_OPENPYXL = `
import sys, json, openpyxl, datetime
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["Figures"]
epoch = datetime.datetime(1970, 1, 1)
def plain(value):
    if isinstance(value, datetime.datetime): return round((value - epoch).total_seconds() * 1000)
    return value
rows = [[plain(value) for value in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
for row in rows: row[0] = (row[0] or "").replace("_x005F_", "_"); row[1] = (epoch + datetime.timedelta(milliseconds=row[1])).strftime("%Y-%m-%d")
formulas = sum(cell.data_type == "f" for name in book.sheetnames for row in book[name].iter_rows() for cell in row)
print(json.dumps({"sheets": book.sheetnames, "title": book.properties.title, "frozen": sheet.freeze_panes, "filter": sheet.auto_filter.ref, "formulas": formulas, "shown": [cell.number_format for cell in sheet[3]], "rows": rows}))
`;

test("H1, H2: openpyxl reads back every cell of the workbook, with its type, and finds no formula", () => {
  const { rows: read, ...facts } = python(BY_OPENPYXL, workbook) as { readonly rows: unknown[][] };
  expect(facts).toEqual({
    sheets: ["Figures", "Notes", "Provenance"],
    title: 'Voice & "more"',
    frozen: "A2",
    filter: `A1:F${ROWS + 1}`,
    formulas: 0,
    shown: ["@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "#,##0", "0.00%", "#,##0.00"],
  });
  expect(read).toEqual(expected(inXml));
});

test("H2: LibreOffice reads back every cell of the workbook, with its type, and finds no formula", () => {
  const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
  runProgram("soffice", [profile, "--headless", "--convert-to", "fods", "--outdir", folder, workbook]);
  const sheet = readFileSync(join(folder, "typed.fods"), "utf8");
  expect(sheet).not.toContain("table:formula=");
  const figures = sheet.slice(sheet.indexOf('table:name="Figures"'), sheet.indexOf('table:name="Notes"'));
  const count = (pattern: RegExp): number => figures.match(pattern)?.length ?? 0;
  expect(count(/office:value-type="date"/g)).toBe(2 * ROWS);
  expect(count(/office:value-type="percentage"/g)).toBe(rows.filter((row) => row[4] !== null).length);
  const numbers = [...figures.matchAll(/office:value-type="float" office:value="([^"]*)"/g)].map(([, value]) =>
    Number(value),
  );
  expect(numbers).toEqual(rows.flatMap((row) => [row[3], row[5]]));

  // As CSV with every text quoted, so that signs of any kind come through; line ends are the program's own.
  const filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false";
  runProgram("soffice", [profile, "--headless", "--convert-to", filter, "--outdir", folder, workbook]);
  const read =
    "import csv, json, sys; csv.field_size_limit(10**6); print(json.dumps([row[0] for row in csv.reader(open(sys.argv[1], encoding='utf-8', newline=''))][1:]))";
  const texts = JSON.parse(runProgram("python3", ["-c", read, join(folder, "typed.csv")])) as string[];
  const lines = (text: string): string => text.replaceAll(/\r\n?/g, "\n");
  expect(texts.map(lines)).toEqual(rows.map(([text]) => lines(inXml(text))));
});

test("H2: Gnumeric finds no formula in the workbook, and as many cells of each type", () => {
  const made = join(folder, "gnumeric.xml");
  runProgram("ssconvert", ["--export-type=Gnumeric_XmlIO:sax:0", workbook, made]);
  const document = readFileSync(made, "utf8");
  expect(document).not.toContain("ExprID=");
  const figures = document.slice(0, document.indexOf("<gnm:Name>Notes</gnm:Name>", document.indexOf("<gnm:Cells>")));
  expect(figures.match(/<gnm:Cell [^>]*ValueType="40"/g)?.length).toBe(
    rows.flatMap((row) => row.slice(1)).filter((cell) => cell !== null).length,
  );
});

const BY_PYARROW = `
import sys, json, datetime, pyarrow.parquet as parquet
file = parquet.read_table(sys.argv[1])
epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
def plain(value):
    if isinstance(value, datetime.datetime): return round((value - epoch).total_seconds() * 1000)
    if isinstance(value, datetime.date): return value.isoformat()
    return value
rows = list(zip(*[[plain(value) for value in column.to_pylist()] for column in file.columns]))
known = {key.decode(): value.decode() for key, value in file.schema.metadata.items() if key.startswith(b"callsheet.")}
print(json.dumps({"types": [str(field.type) for field in file.schema], "known": known, "rows": rows}))
`;

test("H1: pyarrow reads back every cell of the Parquet file, with its type, and where it is from", () => {
  expect(python(BY_PYARROW, parquet)).toEqual({
    types: ["string", "date32[day]", "timestamp[us, tz=UTC]", "int64", "double", "double"],
    known: { "callsheet.definitionHash": "0011", "callsheet.title": "Tom's", "callsheet.rows": String(ROWS) },
    rows: expected((text) => text),
  });
});

test("H1: DuckDB reads back every cell of the Parquet file", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const read = await connection.runAndReadAll(
    `SELECT hex(encode("routing.queue.name")), "time.day"::VARCHAR, epoch_ms("conversation.start")::DOUBLE, offered::DOUBLE, abandon_rate, aht_seconds FROM '${parquet}'`,
  );
  connection.closeSync();
  instance.closeSync();
  const found = read.getRows().map(([hex, ...rest]) => [Buffer.from(String(hex), "hex").toString("utf8"), ...rest]);
  expect(found).toEqual(expected((text) => text));
});
