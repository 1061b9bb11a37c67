// Twenty reports that the lead of a contact centre asks for, on the real month of calls in data/: `report.yaml`, the CSV that
// comes of it, and the same table computed from the raw call log by DuckDB (`recomputed.sql`, over calls.sql) and by Python
// (`recomputed.py`, over calls.py; test/services runs it). Both were written from the docs without a look at the product's
// own SQL, so that a mistake would have to be made three times.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectGolden } from "../../support/golden-file.ts";
import { expectSameTable } from "../../support/recomputed-table.ts";
import { openProject, type Project } from "../../support/run-report.ts";

const HERE = import.meta.dirname;
const REPORTS = readdirSync(HERE, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

let project: Project;
let connection: DuckDBConnection;
beforeAll(async () => {
  project = await openProject({ callsFile: "data/anonymous-bank-1999-02.tsv.gz", files: {} });
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(readFileSync(join(HERE, "calls.sql"), "utf8"));
});
afterAll(async () => {
  connection.closeSync();
  await project.close();
});

test("there are twenty reports, and DuckDB reads the month as data/README.md counts it", async () => {
  expect(REPORTS).toHaveLength(20);
  const reader = await connection.runAndReadAll(
    "SELECT count(*), count_if(offered), count_if(answered), count_if(abandoned), share(sum(talk), count(talk), 3) FROM calls",
  );
  expect(reader.getRowsJS()).toEqual([[33_344n, 31_125n, 27_162n, 3_963n, 176.353]]);
});

test.each(REPORTS)("golden: %s, and every figure once more by DuckDB from the raw call log", async (name) => {
  const folder = join(HERE, name);
  project.write(`${name}.yaml`, readFileSync(join(folder, "report.yaml"), "utf8"));
  const { exitCode, err } = await project.callsheet(["run", `${name}.yaml`, "--out", join(project.folder, "out")]);
  expect([exitCode, err]).toEqual([0, ""]);
  const csv = project.read(`out/${name}.csv`);
  expectGolden(join(folder, "expected.csv"), csv);
  const reader = await connection.runAndReadAll(readFileSync(join(folder, "recomputed.sql"), "utf8"));
  expectSameTable(csv, { header: reader.columnNames(), rows: reader.getRowsJS() }, `${name}: recomputed.sql`);
});
