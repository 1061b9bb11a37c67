// Files of 10,000 hostile cells as other people's programs read them: Python's csv module, SQLite and DuckDB take them
// apart, LibreOffice and Gnumeric open them as an analyst would, with a double click. What they find must be what stood
// in the table, and nothing of it a formula.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CSV_PRESETS, type CsvStyle, PLAIN_CSV } from "../../src/domain/report-definition.ts";
import type { Cell, ReportTable } from "../../src/domain/report-table.ts";
import { readsAsNumber } from "../../src/export/reads-as-number.ts";
import { spreadsheetSafe } from "../../src/export/spreadsheet-safe.ts";
import { csvChunks } from "../../src/export/write-csv.ts";
import { hostileTexts } from "../support/hostile-texts.ts";
import { runProgram } from "../support/run-program.ts";

const TEXTS = [...hostileTexts(10_000), "x".repeat(40_000)];

/** How each preset is told to a program that takes anything. */
const DIALECTS = {
  rfc: { delimiter: ",", mark: false, decimal: ".", officeFilter: "44,34,76,1,,1033" },
  "excel-en": { delimiter: ",", mark: true, decimal: ".", officeFilter: "44,34,76,1,,1033" },
  "excel-eu": { delimiter: ";", mark: true, decimal: ",", officeFilter: "59,34,76,1,,1031" },
} as const;
type Preset = CsvStyle["preset"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-readers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A number of a shape that no text of the table has. */
function numberAt(index: number): number {
  return 20_000.25 + index;
}

/** Writes a table of two columns, a text and a number, and gives its path. */
async function write(name: string, texts: readonly string[], preset: Preset, sign = -1): Promise<string> {
  const rows = texts.map((text, index): Cell[] => [text, sign * numberAt(index)]);
  const table: ReportTable = {
    columns: [
      { name: "text", type: "text", role: "key" },
      { name: "number", type: "decimal", role: "measure" },
    ],
    rowCount: rows.length,
    findings: [],
    rows: async function* () {
      for (const row of rows) yield await Promise.resolve(row);
    },
  };
  const file = join(folder, name);
  writeFileSync(file, (await Array.fromAsync(csvChunks(table, { ...PLAIN_CSV, preset }))).join(""));
  return file;
}

function kept(text: string, preset: Preset): string {
  return preset !== "rfc" && readsAsNumber(text) ? `'${text}` : spreadsheetSafe(text);
}

function expected(texts: readonly string[], preset: Preset): string[][] {
  const { decimal } = DIALECTS[preset];
  return [
    ["text", "number"],
    ...texts.map((text, index) => [kept(text, preset), String(-numberAt(index)).replace(".", decimal)]),
  ];
}

test.each(CSV_PRESETS)("H1: Python's csv module reads back 10,000 hostile cells: %s", async (preset) => {
  const file = await write("python.csv", TEXTS, preset);
  const { delimiter, mark } = DIALECTS[preset];
  const script =
    "import csv, json, sys; csv.field_size_limit(10**6); print(json.dumps(list(csv.reader(open(sys.argv[1], encoding=sys.argv[3], newline=''), delimiter=sys.argv[2], strict=True))))";
  const read: unknown = JSON.parse(
    runProgram("python3", ["-c", script, file, delimiter, mark ? "utf-8-sig" : "utf-8"]),
  );
  expect(read).toEqual(expected(TEXTS, preset));
});

test.each(CSV_PRESETS)("H1: SQLite reads back 10,000 hostile cells: %s", async (preset) => {
  const file = await write("sqlite.csv", TEXTS, preset);
  const { delimiter } = DIALECTS[preset];
  const commands = [
    "CREATE TABLE t(text TEXT, number TEXT);",
    ".mode csv",
    `.separator "${delimiter}" "\\r\\n"`,
    `.import ${file} t`,
  ];
  const query = "SELECT json_group_array(json_array(hex(text), hex(number))) FROM t;";
  const printed = runProgram("sqlite3", [":memory:", ...commands, ".mode list", query]);
  const read = JSON.parse(printed) as string[][];
  expect(read.map((row) => row.map((cell) => Buffer.from(cell, "hex").toString("utf8")))).toEqual(
    expected(TEXTS, preset),
  );
});

test.each(CSV_PRESETS)("H1: DuckDB reads back 10,000 hostile cells: %s", async (preset) => {
  const file = await write("duckdb.csv", TEXTS, preset);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    // Its driver would take a byte order mark away: so, bytes.
    `SELECT hex(encode(coalesce(t, ''))), hex(encode(coalesce(n, ''))) FROM read_csv('${file}', header = false, auto_detect = false, delim = '${DIALECTS[preset].delimiter}', quote = '"', escape = '"', new_line = '\\r\\n', max_line_size = 4000000, parallel = false, columns = {'t': 'VARCHAR', 'n': 'VARCHAR'})`,
  );
  connection.closeSync();
  instance.closeSync();
  const read = result.getRows().map((row) => row.map((cell) => Buffer.from(String(cell), "hex").toString("utf8")));
  expect(read).toEqual(expected(TEXTS, preset));
});

test.each(CSV_PRESETS)("H2: LibreOffice finds no formula among 10,000 hostile cells: %s", async (preset) => {
  const file = await write("office.csv", TEXTS.slice(0, 10_000), preset);
  const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
  const filter = `--infilter=CSV:${DIALECTS[preset].officeFilter}`;
  runProgram("soffice", [profile, "--headless", filter, "--convert-to", "fods", "--outdir", folder, file]);
  const sheet = readFileSync(join(folder, "office.fods"), "utf8");
  expect(sheet).not.toContain("table:formula=");
  const numbers = [...sheet.matchAll(/office:value-type="float" office:value="(-[23]\d{4}\.25)"/g)].map(
    ([, value]) => value,
  );
  expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, index) => String(-numberAt(index))));
});

test.each(["rfc", "excel-en"] as const)(
  "H2: Gnumeric finds no formula among 10,000 hostile cells: %s",
  async (preset) => {
    // It guesses what stands between cells from the signs that are most frequent: of 10,000 negative numbers, the minus.
    const file = await write("gnumeric.csv", TEXTS.slice(0, 10_000), preset, 1);
    const made = join(folder, "gnumeric.xml");
    runProgram("ssconvert", [
      "--import-type=Gnumeric_stf:stf_csvtab",
      "--export-type=Gnumeric_XmlIO:sax:0",
      file,
      made,
    ]);
    const cells = [...readFileSync(made, "utf8").matchAll(/<gnm:Cell ([^>]*)>/g)].map(
      ([, attributes = ""]) => attributes,
    );
    // A cell without a type of its own holds an expression.
    expect(cells.filter((attributes) => !attributes.includes("ValueType="))).toEqual([]);
    expect(cells.filter((attributes) => /Col="1".*ValueType="40"/.test(attributes))).toHaveLength(10_000);
  },
);

test.each(["excel-en", "excel-eu"] as const)("H3: LibreOffice leaves ids and dates as they are: %s", async (preset) => {
  const texts = ["0017", "12345678901234567890", "1e5", "1,5", "1.5", "2024-03-01", "3/4", "TRUE", "12 Mar", "5 %"];
  const file = await write("ids.csv", texts, preset);
  const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
  const filter = `--infilter=CSV:${DIALECTS[preset].officeFilter},false,true`;
  runProgram("soffice", [profile, "--headless", filter, "--convert-to", "fods", "--outdir", folder, file]);
  const sheet = readFileSync(join(folder, "ids.fods"), "utf8");
  const shown = [...sheet.matchAll(/<text:p>&apos;([^<]*)<\/text:p>/g)].map(([, text]) => text);
  expect(shown).toEqual(texts);
});
