/** What a grouped report shows besides its groups: the keys `fill`, `totals` and `subtotals` of a report file. */
import { type Field, isSameThing } from "../domain/field.ts";
import type { Arrangement, Subtotal } from "../domain/report-definition.ts";
import type { ReportSource } from "./definition-schema.ts";
import { findField, unknownPath } from "./find-field.ts";
import type { Problem } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** The keys of a report file that arrange a grouped report. */
const ARRANGING = ["fill", "totals", "subtotals"] as const;

/** Reads them; what is wrong is added to the problems. */
export function parseArrangement(source: ReportSource, groupBy: readonly Field[], problems: Problem[]): Arrangement {
  const { fill = false, totals = false } = source;
  const refuse = (key: (typeof ARRANGING)[number], message: string): void => {
    problems.push({ path: [key], onKey: true, message });
  };
  if (fill && groupBy.every(({ bucket }) => bucket === undefined))
    refuse(
      "fill",
      'Cannot fill empty buckets: no key is a time. Group by "time.hour", "time.day" or another time, or remove "fill".',
    );
  if (totals && groupBy.length === 0)
    refuse("totals", 'Without groups the only row is the total already. Group by something, or remove "totals".');
  const subtotals = subtotalsOf(source, groupBy, problems);
  return { ...(fill && { fill }), ...(totals && { totals }), ...(subtotals.length > 0 && { subtotals }) };
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

function subtotalsOf({ subtotals = [] }: ReportSource, groupBy: readonly Field[], problems: Problem[]): Subtotal[] {
  const entries: readonly (readonly [entry: string | readonly string[], place: DocumentPath])[] =
    typeof subtotals === "string"
      ? [[subtotals, ["subtotals"]]]
      : subtotals.map((entry, index) => [entry, ["subtotals", index]]);
  const levels: Subtotal[] = [];
  for (const [entry, place] of entries) {
    const by = keysNamed(entry, groupBy, place, problems);
    if (by === undefined) continue;
    const refuse = (message: string): void => void problems.push({ path: place, message });
    if (by.length === groupBy.length)
      refuse(
        'A subtotal by every key is the group itself. Name fewer keys, or write "totals: true" for one row over everything.',
      );
    else if (levels.some((level) => level.by.every((field) => by.includes(field)) && level.by.length === by.length))
      refuse("This level stands here twice. Remove one.");
    else levels.push({ by, label: `subtotal by ${[entry].flat().join(", ")}` });
  }
  return levels;
}

/** The keys of the report that these paths name, with the ids and names of the same things; undefined when one does not. */
function keysNamed(
  paths: string | readonly string[],
  groupBy: readonly Field[],
  place: DocumentPath,
  problems: Problem[],
): readonly Field[] | undefined {
  const named: Field[] = [];
  for (const [index, path] of [paths].flat().entries()) {
    const key = groupBy.find((field) => field.path === path);
    if (key) named.push(key);
    else
      problems.push({
        path: typeof paths === "string" ? place : [...place, index],
        ...(findField(path)
          ? { message: `"${path}" is no key of this report. Add it to "groupBy", or name one of its keys.` }
          : {
              message: unknownPath(path, (known) => groupBy.some((field) => field.path === known.path)),
              code: "definition.unknown_word" as const,
            }),
      });
  }
  if (named.length < [paths].flat().length) return undefined;
  return groupBy.filter((field) => named.some((key) => isSameThing(key, field)));
}
