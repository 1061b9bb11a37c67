/**
 * The reporters of the two vitest configurations. When CALLSHEET_TEST_REPORT_DIR names a folder, the results are also
 * written there as JSON, so that `.ci/run` can count them (dev/count-tests.ts).
 */
import { join } from "node:path";

/** Reporters for a suite; its report is called `<suite>.json`. */
export function reportersFor(suite: string): ("default" | ["json", { outputFile: string }])[] {
  const folder = process.env.CALLSHEET_TEST_REPORT_DIR;
  return folder === undefined || folder === ""
    ? ["default"]
    : ["default", ["json", { outputFile: join(folder, `${suite}.json`) }]];
}
