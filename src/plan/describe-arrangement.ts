/** What a grouped report shows besides its groups, in words. */
import type { Arrangement } from "../domain/report-definition.ts";

/** A phrase for each; none for a plain report. */
export function describeArrangement({ fill, totals, subtotals = [], top, compare }: Arrangement): string[] {
  return [
    ...(fill ? ["empty time buckets are filled"] : []),
    ...(top
      ? [
          `the first ${top.count} by ${top.by.name} of ${top.of.map(({ path }) => path).join(", ")}, all others together`,
        ]
      : []),
    ...subtotals.map(({ label }) => `a subtotal by ${label}`),
    ...(totals ? ["a total"] : []),
    ...(compare ? ["beside each measure its value in the period before, the difference and the change"] : []),
  ];
}
