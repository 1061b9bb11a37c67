/** What a report's author expects of its result, and what came of it. Nothing that is not as expected is handed out unseen. */

/** What happens when an expectation is not met: the run says so, or it says so and hands out nothing. */
export type ExpectationAction = "warn" | "block";

/** What is looked at. Columns are named as in the files. */
export type Expected =
  | { readonly kind: "rows_between"; readonly min?: number; readonly max?: number }
  | { readonly kind: "not_null"; readonly column: string }
  /** `equals` is a number, or the column whose total it must be. */
  | { readonly kind: "sum_equals"; readonly columns: readonly string[]; readonly equals: number | string }
  | { readonly kind: "fresher_than"; readonly age: string; readonly ageMs: number }
  /** Without a column it looks at the number of rows. */
  | { readonly kind: "difference_under"; readonly column?: string; readonly percent: number };

/** One entry of `expect:`. */
export interface Expectation {
  readonly expected: Expected;
  readonly action: ExpectationAction;
}

/** What came of one expectation; its keys stand in the manifest. */
export interface CheckResult {
  /** The expectation in words. */
  readonly check: string;
  readonly action: ExpectationAction;
  /** `unknown`: there was nothing to compare with. */
  readonly result: "pass" | "fail" | "unknown";
  /** What was found. */
  readonly found: string;
}

/** The results that keep a report from being handed out. */
export function blocking(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ action, result }) => action === "block" && result === "fail");
}
