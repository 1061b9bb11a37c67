/** What a grouped report shows besides its groups: the keys `fill` … of a report file. */
import type { Field } from "../domain/field.ts";
import type { Arrangement } from "../domain/report-definition.ts";
import type { ReportSource } from "./definition-schema.ts";
import type { Problem } from "./problems.ts";

/** The keys of a report file that arrange a grouped report. */
const ARRANGING = ["fill"] as const;

/** Reads them; what is wrong is added to the problems. */
export function parseArrangement(source: ReportSource, groupBy: readonly Field[], problems: Problem[]): Arrangement {
  return { ...fillOf(source, groupBy, problems) };
}

/** A detail report has none of them. */
export function refuseArrangement(source: ReportSource, problems: Problem[]): void {
  for (const key of ARRANGING)
    if (source[key] !== undefined)
      problems.push({
        path: [key],
        onKey: true,
        message: `Cannot use "${key}" together with "rows". Remove one of them.`,
      });
}

function fillOf(
  { fill = false }: ReportSource,
  groupBy: readonly Field[],
  problems: Problem[],
): Pick<Arrangement, "fill"> {
  if (!fill) return {};
  if (groupBy.every(({ bucket }) => bucket === undefined))
    problems.push({
      path: ["fill"],
      onKey: true,
      message:
        'Cannot fill empty buckets: no key is a time. Group by "time.hour", "time.day" or another time, or remove "fill".',
    });
  return { fill };
}
