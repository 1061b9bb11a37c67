import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { countReport, sumStages } from "./count-report.ts";

/** A report as vitest writes it, cut down to what is read: for each file its status and those of its tests. */
function reportOf(...files: [status: string, ...tests: string[]][]): string {
  const testResults = files.map(([status, ...tests]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  }));
  return JSON.stringify({ success: true, testResults });
}

test("countReport() counts passed and failed tests of all files", () => {
  expect(countReport(reportOf(["passed", "passed", "passed"], ["failed", "passed", "failed"]))).toEqual({
    passed: 3,
    failed: 1,
  });
});

test("countReport() counts a file that could not be loaded, and a skipped test, as failed", () => {
  expect(countReport(reportOf(["failed"], ["passed", "skipped", "todo", "passed"]))).toEqual({ passed: 1, failed: 3 });
});

test("countReport() refuses what is no report", () => {
  expect(() => countReport("{}")).toThrow("no report of vitest");
  expect(() => countReport("")).toThrow();
});

test("sumStages() adds a failure for a failed stage whose tests do not show it", () => {
  const reports = [
    { stage: "unit", passed: 5, failed: 2 },
    { stage: "services", passed: 3, failed: 0 },
  ];
  expect(sumStages(reports, [])).toEqual({ passed: 8, failed: 2, remarks: [] });
  expect(sumStages(reports, ["unit"])).toEqual({ passed: 8, failed: 2, remarks: [] });
  expect(sumStages(reports, ["services"])).toEqual({
    passed: 8,
    failed: 3,
    remarks: ["stage services failed without a failed test; see its output above"],
  });
});

test("count-tests prints the line that CI reads, and fails when something failed or nothing was counted", () => {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-count-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(countTests(folder)).toEqual({
    stdout: "0 passed, 0 failed\n",
    stderr: "there is no report of any test\n",
    status: 1,
  });
  writeFileSync(join(folder, "unit.json"), reportOf(["passed", "passed"]));
  expect(countTests(folder)).toEqual({ stdout: "1 passed, 0 failed\n", stderr: "", status: 0 });
  writeFileSync(join(folder, "services-start.failed"), "");
  expect(countTests(folder)).toMatchObject({ stdout: "1 passed, 1 failed\n", status: 1 });
});

function countTests(folder: string): { stdout: string; stderr: string; status: number | null } {
  const program = join(import.meta.dirname, "../count-tests.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, folder], { encoding: "utf8" });
  return { stdout, stderr, status };
}
