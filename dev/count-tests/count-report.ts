/**
 * Counts what the JSON reports of vitest say, without believing more than they show: a file that could not be loaded
 * holds no test and yet has failed, a skipped test has proved nothing, and a stage can end badly for another reason.
 */

/** Tests of one report. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Counts one report. Throws when the text is no report of vitest. */
export function countReport(text: string): Count {
  const report: unknown = JSON.parse(text);
  const files = arrayIn(report, "testResults");
  if (files === undefined) throw new Error("this is no report of vitest: it has no testResults");
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const tests = arrayIn(file, "assertionResults") ?? [];
    const passedHere = tests.filter((test) => textIn(test, "status") === "passed").length;
    passed += passedHere;
    failed += tests.length - passedHere;
    if (passedHere === tests.length && textIn(file, "status") !== "passed") failed += 1;
  }
  return { passed, failed };
}

/** Sums the reports. A stage that failed without a failed test to show for it counts as one failure of its own. */
export function sumStages(
  reports: readonly (Count & { readonly stage: string })[],
  failedStages: readonly string[],
): Count & { remarks: string[] } {
  const unexplained = failedStages.filter(
    (stage) => !reports.some((report) => report.stage === stage && report.failed > 0),
  );
  const remarks = unexplained.map((stage) => `stage ${stage} failed without a failed test; see its output above`);
  if (reports.length === 0) remarks.push("there is no report of any test");
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failed: reports.reduce((sum, report) => sum + report.failed, unexplained.length),
    remarks,
  };
}

function arrayIn(value: unknown, key: string): readonly unknown[] | undefined {
  const found = field(value, key);
  return Array.isArray(found) ? found : undefined;
}

function textIn(value: unknown, key: string): string | undefined {
  const found = field(value, key);
  return typeof found === "string" ? found : undefined;
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
