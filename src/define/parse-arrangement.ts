/** What a grouped report shows besides its groups: the keys `fill`, `totals`, `subtotals`, `top` and `compare` of a report file. */
import { type Field, isSameThing } from "../domain/field.ts";
import { isNumber, type Measure } from "../domain/measure.ts";
import type { Arrangement, Subtotal, Top } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import type { ReportSource } from "./definition-schema.ts";
import { findField, unknownPath } from "./find-field.ts";
import type { Problem } from "./problems.ts";
import type { DocumentPath } from "./read-document.ts";

/** The keys of a report file that arrange a grouped report. */
const ARRANGING = ["fill", "totals", "subtotals", "top", "compare"] as const;

/** Reads them; what is wrong is added to the problems. */
export function parseArrangement(
  source: ReportSource,
  groupBy: readonly Field[],
  measures: readonly Measure[],
  problems: Problem[],
): Arrangement {
  const { fill = false, totals = false, compare } = source;
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
  const top = topOf(source, groupBy, measures, problems);
  return {
    ...(fill && { fill }),
    ...(totals && { totals }),
    ...(subtotals.length > 0 && { subtotals }),
    ...(top && { top }),
    ...(compare && { compare }),
  };
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
    else levels.push({ by, label: [entry].flat().join(", ") });
  }
  return levels;
}

function topOf(
  { top }: ReportSource,
  groupBy: readonly Field[],
  measures: readonly Measure[],
  problems: Problem[],
): Top | undefined {
  if (top === undefined) return undefined;
  const refuse = (path: DocumentPath, message: string): void => void problems.push({ path, message });
  if (groupBy.length === 0)
    refuse(["top"], 'Without groups there are no first ones. Group by something, or remove "top".');
  const by = measures.find(({ name }) => name === top.by);
  if (by === undefined)
    refuse(
      ["top", "by"],
      `"${top.by}" is no measure of this report.${suggestion(
        top.by,
        measures.map(({ name }) => name),
      )} Add it to "measures", or name one of them.`,
    );
  else if (!isNumber(by)) refuse(["top", "by"], `Cannot put groups in order by "${top.by}": it is no number.`);
  const things = groupBy.filter(({ bucket }) => bucket === undefined);
  const usual = things.length > 0 ? things : groupBy;
  const of = top.of === undefined ? usual : keysNamed(top.of, groupBy, ["top", "of"], problems);
  return by && of && { by, count: top.count, of };
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
