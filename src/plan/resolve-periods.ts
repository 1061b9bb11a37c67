/** The window of a definition and, where it compares, the period before. */
import type { Interval } from "../domain/interval.ts";
import type { Periods } from "../domain/periods.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { previousPeriod } from "./previous-period.ts";

/** `window` is what the words of the definition came to. */
export function resolvePeriods({ window: words, timeZone, shape }: ReportDefinition, window: Interval): Periods {
  if (shape.kind !== "grouped" || shape.compare === undefined) return { window };
  return { window, previous: previousPeriod(words, timeZone, window) };
}
