/** What came of a report's expectations, for the terminal. */
import type { CheckResult } from "../domain/expectation.ts";

const WORDS: Readonly<Record<CheckResult["result"], string>> = { pass: "ok", fail: "failed", unknown: "unknown" };

/** A line for each: `check  failed (warn)  at least 5 rows; there are 3`; `width` is that of the first word. */
export function renderChecks(checks: readonly CheckResult[] = [], width = 0): string {
  return checks
    .map(({ check, action, result, found }) => {
      const outcome = result === "fail" ? `${WORDS[result]} (${action})` : WORDS[result];
      return `${"check  ".padEnd(width)}${outcome}  ${check}; ${found}\n`;
    })
    .join("");
}
