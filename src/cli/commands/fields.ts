/** `callsheet fields [word]`: what a report can use; `--coverage`: what of the vendor's lists that is. */
import { coverage, type CoverageEntry } from "../../define/coverage.ts";
import { fieldRows, measureRows } from "../../define/field-rows.ts";
import { ReportError } from "../../domain/errors.ts";
import { suggestion } from "../../support/did-you-mean.ts";
import type { World } from "../world.ts";

/** Options as the command line gives them. */
export interface FieldsOptions {
  readonly json?: boolean;
  readonly coverage?: boolean;
}

/** Prints fields and measures whose name, the service's name or meaning holds the word; or the vendor's names that hold it. */
export function fields(word: string | undefined, options: FieldsOptions, world: World): void {
  const wanted = word?.toLowerCase() ?? "";
  if (options.coverage) {
    showCoverage(wanted, options.json ?? false, world);
    return;
  }
  const paths = fieldRows();
  const measures = measureRows();
  const shownPaths = paths.filter(({ path, meaning, vendorName = "", personal = "" }) =>
    `${path} ${vendorName} ${personal} ${meaning}`.toLowerCase().includes(wanted),
  );
  const shownMeasures = measures.filter(({ name, from, meaning }) =>
    `${name} ${from.join(" ")} ${meaning}`.toLowerCase().includes(wanted),
  );
  if (shownPaths.length + shownMeasures.length === 0) {
    const near = suggestion(wanted, [...paths.map(({ path }) => path), ...measures.map(({ name }) => name)]);
    throw new ReportError("definition.unknown_word", `No field or measure has "${word}" in it.${near}`, {
      hint: "List all with `callsheet fields`.",
    });
  }
  if (options.json) {
    world.out(`${JSON.stringify({ fields: shownPaths, measures: shownMeasures }, undefined, 2)}\n`);
    return;
  }
  if (shownPaths.length > 0)
    world.out(
      `PATHS\n${lines(shownPaths.map((entry) => [entry.path, entry.type, entry.home, entry.uses.join(" "), entry.filteredBy, entry.personal ?? "", entry.meaning]))}\n`,
    );
  if (shownMeasures.length > 0)
    world.out(
      `MEASURES\n${lines(shownMeasures.map((entry) => [entry.name, entry.unit, entry.home, entry.media, entry.meaning]))}\n`,
    );
}

function showCoverage(wanted: string, asJson: boolean, world: World): void {
  const entries = coverage().filter(({ name, coveredBy, excluded }) =>
    [name, ...coveredBy, excluded ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
  const count = (some: readonly CoverageEntry[]): { covered: number; excluded: number } => {
    const covered = some.filter(({ coveredBy }) => coveredBy.length > 0).length;
    return { covered, excluded: some.length - covered };
  };
  const counts = [...Map.groupBy(entries, ({ list }) => list)].map(([list, some]) => ({ list, ...count(some) }));
  if (asJson) {
    world.out(`${JSON.stringify({ ...count(entries), lists: counts, entries }, undefined, 2)}\n`);
    return;
  }
  for (const { list, ...numbers } of counts) {
    const rows = entries.filter((entry) => entry.list === list);
    world.out(
      `${list}: ${numbers.covered} covered, ${numbers.excluded} excluded\n${lines(rows.map(({ name, coveredBy, excluded }) => [name, excluded ?? coveredBy.join(", ")]))}\n`,
    );
  }
  const all = count(entries);
  world.out(`all lists: ${all.covered} covered, ${all.excluded} excluded\n`);
}

function lines(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("  ")}\n`,
    )
    .join("");
}
