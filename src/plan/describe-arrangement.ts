/** What a grouped report shows besides its groups, in words. */
import type { Arrangement } from "../domain/report-definition.ts";

/** A phrase for each; none for a plain report. */
export function describeArrangement({ fill, totals, subtotals = [] }: Arrangement): string[] {
  return [
    ...(fill ? ["empty time buckets are filled"] : []),
    ...subtotals.map(({ label }) => `a ${label}`),
    ...(totals ? ["a total"] : []),
  ];
}
