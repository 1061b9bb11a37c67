/**
 * Prints `N passed, N failed` for the reports in a folder: `node dev/count-tests.ts FOLDER`. `<stage>.json` is a report
 * of vitest; an empty file `<stage>.failed` says that the stage ended with an error. Exit code 1 when something failed,
 * or when nothing was counted.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { countReport, sumStages } from "./count-tests/count-report.ts";

const folder = process.argv[2] ?? ".";
const files = readdirSync(folder);
const reports = files
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ stage: file.slice(0, -".json".length), ...countReport(readFileSync(join(folder, file), "utf8")) }));
const failedStages = files.filter((file) => file.endsWith(".failed")).map((file) => file.slice(0, -".failed".length));

const { passed, failed, remarks } = sumStages(reports, failedStages);
for (const remark of remarks) process.stderr.write(`${remark}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
