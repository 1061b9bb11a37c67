/** Writes docs/fields.md from the tables of the vocabulary: every path, every measure, and every name that has none. */
import { coverage } from "../../src/define/coverage.ts";
import { type FieldRow, fieldRows, measureRows } from "../../src/define/field-rows.ts";

/** The page, as it must stand in docs/fields.md. */
export function fieldsPage(): string {
  return [
    "# Fields",
    "",
    "Made by `npm run docs` from the tables that validation, `callsheet fields` and the engine read; a test holds this page against them.",
    "[Measures](measures.md) says what homes, filters and figures mean together.",
    "",
    "`group`: may stand in `groupBy`; `filter`: in `filter`; `column`: in `columns` of a detail report. Conditions that Genesys Cloud can",
    "evaluate narrow what is fetched; all conditions are evaluated here. Seconds are written with `number`, bare numbers with `score`.",
    "The class of [personal data](personal-data.md) is what `mask` goes by.",
    "",
    "## Paths",
    ...[...Map.groupBy(fieldRows(), ({ path }) => path.split(".", 1)[0] ?? "")].flatMap(([place, rows]) => [
      "",
      `### ${place}`,
      "",
      ...table(
        ["path", "type", "home", "may stand in", "filtered by", "the service's name", "personal data", "is"],
        rows.map(cellsOf),
      ),
    ]),
    "",
    "## Measures",
    "",
    ...table(
      ["measure", "unit", "home", "divided by, or the units in line", "from", "media", "is"],
      measureRows().map(({ name, unit, home, per, from, media, meaning }) => [
        code(name),
        unit,
        home,
        per,
        from.map(code).join(", "),
        media,
        meaning,
      ]),
    ),
    "",
    "### Measures that a report declares something for",
    "",
    ...table(
      ["measure", "is written"],
      measureRows().flatMap(({ name, declared }) => (declared === "" ? [] : [[code(name), code(declared)]])),
    ),
    "",
    "## What has no path",
    "",
    "Names of the service's lists that neither a path nor a measure has, and why. `callsheet fields --coverage` lists all names.",
    "",
    ...table(["name", "of", "why"], excluded()),
    "",
  ].join("\n");
}

function cellsOf({ path, type, home, uses, filteredBy, vendorName, personal, meaning }: FieldRow): string[] {
  const name = vendorName === undefined ? "" : code(vendorName);
  return [code(path), type, home, uses.join(", "), filteredBy, name, personal ?? "", meaning];
}

/** Each name once, with the lists that have it. */
function excluded(): string[][] {
  const entries = coverage().filter((entry) => entry.excluded !== undefined);
  return [...Map.groupBy(entries, ({ name }) => name)].map(([name, [first, ...others]]) => [
    code(name),
    [first, ...others].map((entry) => entry?.list ?? "").join(", "),
    first?.excluded ?? "",
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}
