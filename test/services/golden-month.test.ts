// The twenty golden reports of the real month once more, by Python and its standard library alone: test/golden/month holds
// what the product wrote and what DuckDB computed, and the scripts beside it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { expectSameTable, type RecomputedTable } from "../support/recomputed-table.ts";
import { runProgram } from "../support/run-program.ts";

const MONTH = join(import.meta.dirname, "../golden/month");
const REPORTS = readdirSync(MONTH, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

let tables: Readonly<Record<string, RecomputedTable>>;
beforeAll(() => {
  // Without -B it would leave its compiled modules in the checkout.
  tables = JSON.parse(runProgram("python3", ["-B", join(MONTH, "recompute.py")])) as typeof tables;
});

test("Python recomputes twenty reports", () => {
  expect(Object.keys(tables).sort()).toEqual(REPORTS.sort());
  expect(REPORTS).toHaveLength(20);
});

test.each(REPORTS)("golden: %s, and every figure once more by Python from the raw call log", (name) => {
  const table = tables[name];
  if (table === undefined) throw new Error(`recompute.py gave no table for ${name}`);
  expectSameTable(readFileSync(join(MONTH, name, "expected.csv"), "utf8"), table, `${name}: recomputed.py`);
});
