// A CSV file of hostile cells as other people's programs read it: Python's csv module and SQLite take it apart, and
// LibreOffice opens it as an analyst would, with a double click. What they find must be what stood in the table.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cell, ReportTable } from "../../src/domain/report-table.ts";
import { spreadsheetSafe } from "../../src/export/spreadsheet-safe.ts";
import { csvChunks } from "../../src/export/write-csv.ts";

const TEXTS = [
  "comma, quote \" and 'apostrophe'",
  '"',
  '""',
  "two\r\nlines",
  "line\nfeed",
  "carriage\rreturn",
  "tab\there",
  "\u202eright to left\u202c",
  "e\u0301 combining, \u{1f469}\u200d\u{1f4bb} joined",
  "\ufeffmark",
  " spaces ",
  "x".repeat(40_000),
  "0017",
  "12345678901234567890",
  "1e5",
  "null",
  "\\N",
  "\\",
  "a;b|c",
];
const FORMULAS = [
  "=1+1",
  "+1+1",
  "-1+1",
  "@SUM(A1)",
  "\t=1+1",
  "\r=1+1",
  " =1+1",
  '"=1+1',
  "\uff1d1+1",
  "=cmd|'/c calc'!A1",
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-readers-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a table of two columns, a text and a number, and gives its path. */
async function write(name: string, texts: readonly string[]): Promise<string> {
  const rows = texts.map((text, index): Cell[] => [text, -index - 0.5]);
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
  writeFileSync(file, (await Array.fromAsync(csvChunks(table))).join(""));
  return file;
}

function expected(texts: readonly string[]): string[][] {
  return [["text", "number"], ...texts.map((text, index) => [spreadsheetSafe(text), String(-index - 0.5)])];
}

/** Runs a program that must be there; says how to get it when it is not. */
function run(program: string, args: readonly string[], install: string): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error(`${program} is missing. Install it with: ${install}`, { cause: error });
    throw error;
  }
}

test("H1: Python's csv module reads back every cell", async () => {
  const file = await write("python.csv", [...TEXTS, ...FORMULAS]);
  const script =
    "import csv, json, sys; csv.field_size_limit(10**6); print(json.dumps(list(csv.reader(open(sys.argv[1], encoding='utf-8', newline=''), strict=True))))";
  const read: unknown = JSON.parse(run("python3", ["-c", script, file], "apt-get install python3"));
  expect(read).toEqual(expected([...TEXTS, ...FORMULAS]));
});

test("H1: SQLite reads back every cell", async () => {
  const file = await write("sqlite.csv", [...TEXTS, ...FORMULAS]);
  const commands = ["CREATE TABLE t(text TEXT, number TEXT);", `.import --csv ${file} t`];
  const query = "SELECT json_group_array(json_array(hex(text), hex(number))) FROM t;";
  const read = JSON.parse(run("sqlite3", [":memory:", ...commands, query], "apt-get install sqlite3")) as string[][];
  expect(read.map((row) => row.map((cell) => Buffer.from(cell, "hex").toString("utf8")))).toEqual(
    expected([...TEXTS, ...FORMULAS]),
  );
});

test("S-01: LibreOffice finds no formula in the file, and every number is a number", async () => {
  const file = await write("office.csv", FORMULAS);
  const profile = `-env:UserInstallation=file://${join(folder, "profile")}`;
  run("soffice", [profile, "--headless", "--convert-to", "fods", "--outdir", folder, file], "dev/services");
  const sheet = readFileSync(join(folder, "office.fods"), "utf8");
  expect(sheet).not.toContain("table:formula=");
  const numbers = [...sheet.matchAll(/office:value-type="float" office:value="(-[\d.]+)"/g)].map(([, value]) => value);
  expect(numbers).toEqual(FORMULAS.map((_, index) => String(-index - 0.5)));
});
