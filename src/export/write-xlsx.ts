/**
 * XLSX: a workbook of typed cells. Sheet one holds the figures, as many sheets as they need; `Notes` says how far to
 * trust them and what each column is; `Provenance` where they are from. Rows pass through, none is kept.
 */
import type { Cell, ReportColumn, ReportTable } from "../domain/report-table.ts";
import { formatMeasure } from "./html/format-number.ts";
import { labelOf } from "./html/labels.ts";
import type { PageFacts } from "./html/page-facts.ts";
import type { Provenance } from "./provenance.ts";
import { isTooLong, type SheetCell, STYLE, sheetCell, styleOf, textOf } from "./xlsx-cells.ts";
import { MAX_SHEET_ROWS, type Sheet, type SheetColumn, xlsxBytes } from "./xlsx-chunks.ts";

/** Rows that decide how wide a column is. */
const MEASURED_ROWS = 200;
const MIN_WIDTH = 10;
const MAX_WIDTH = 60;

/** The workbook in pieces. Reads the rows once to the end, and the first of them once more for the widths. */
export async function* xlsxChunks(
  table: ReportTable,
  facts: PageFacts,
  provenance: Provenance,
  maxSheetRows: number = MAX_SHEET_ROWS,
): AsyncGenerator<Uint8Array> {
  const columns = await sheetColumns(table);
  const source = table.rows()[Symbol.asyncIterator]();
  const count = { tooLong: 0 };
  const figures = figureSheets(table, columns, source, count, maxSheetRows - 1);
  // The notes come last into the archive: only then it is known how many texts were cut.
  const sheets = [...figures, notesSheet(table, facts, count), provenanceSheet(provenance)];
  try {
    yield* xlsxBytes(sheets, facts.title, `callsheet ${facts.version}`);
  } finally {
    await source.return?.();
  }
}

/** The rows over as many sheets as they need; each takes on where the one before it ended. */
function figureSheets(
  { rowCount, columns: types }: ReportTable,
  columns: readonly SheetColumn[],
  source: AsyncIterator<readonly Cell[]>,
  count: { tooLong: number },
  perSheet: number,
): Sheet[] {
  const sheetCount = Math.max(1, Math.ceil(rowCount / perSheet));
  return Array.from({ length: sheetCount }, (_, index) => ({
    name: index === 0 ? "Figures" : `Figures ${index + 1}`,
    columns,
    rowCount: Math.min(perSheet, rowCount - index * perSheet),
    async *rows() {
      for (let taken = 0; taken < perSheet; taken += 1) {
        const { done, value } = await source.next();
        if (done) return;
        yield value.map((cell, place) => {
          const made = sheetCell(cell, types[place]?.type);
          if (isTooLong(made)) count.tooLong += 1;
          return made;
        });
      }
    },
  }));
}

/** Wide enough for the name and for the first rows. */
async function sheetColumns(table: ReportTable): Promise<SheetColumn[]> {
  const widest = table.columns.map(({ name }) => name.length + 2);
  let read = 0;
  for await (const row of table.rows()) {
    for (const [index, cell] of row.entries())
      widest[index] = Math.max(widest[index] ?? 0, shownLength(cell, table.columns[index]));
    read += 1;
    if (read === MEASURED_ROWS) break;
  }
  return table.columns.map((column, index) => ({
    header: column.name,
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, (widest[index] ?? 0) + 2)),
    style: styleOf(column),
  }));
}

/** East Asian letters take two places. */
function shownLength(cell: Cell, column: ReportColumn | undefined): number {
  if (cell === null || !column) return 0;
  if (typeof cell === "number") return formatMeasure(cell, column).length + 1;
  if (column.type === "bucket") return 16;
  if (column.type === "instant") return 19;
  const [line = ""] = textOf(cell).slice(0, MAX_WIDTH).split("\n");
  return line.length + (line.match(/[\u1100-\uffff]/g)?.length ?? 0);
}

const WRAPPED = { style: STYLE.wrapped };

/** How far to trust the figures, then a line for each column: what it is, whether it may be added, its value over all rows. */
function notesSheet(table: ReportTable, facts: PageFacts, count: { readonly tooLong: number }): Sheet {
  const columns = [
    { header: "about", width: 34, ...WRAPPED },
    { header: "note", width: 90, ...WRAPPED },
    { header: "unit", width: 12, ...WRAPPED },
    { header: "over all rows", width: 18, style: STYLE.general },
  ];
  const notes = [...reliability(facts), ...table.findings.map(({ code, message }) => [code, message] as const)];
  return {
    name: "Notes",
    columns,
    rowCount: notes.length + table.columns.length + 2,
    *rows() {
      for (const [about, note] of notes) yield [about, note];
      yield [
        "times",
        `Clocks in ${facts.timeZone}. The hour that clocks go through twice stands there twice; CSV and JSON have the offset.`,
      ];
      for (const [index, column] of table.columns.entries()) yield columnNote(column, table.totals?.[index] ?? null);
      const cut =
        count.tooLong === 0 ? "None was cut." : `${count.tooLong} were cut; JSON and Parquet have them whole.`;
      yield ["long texts", `A cell holds 32,767 characters. ${cut}`];
    },
  };
}

function reliability({ completeness, reasons, dataUntil }: PageFacts): (readonly [string, string])[] {
  if (completeness === "complete") return [["state", `Complete. Data until ${dataUntil}.`]];
  return [
    ["state", "Provisional: these figures will change. A later run of the same window replaces them."],
    ...reasons.map((reason) => ["reason", reason] as const),
  ];
}

function columnNote(column: ReportColumn, total: Cell): SheetCell[] {
  if (column.role === "row")
    return [
      column.name,
      "What a row is. Groups may be added where a note says so; the other rows are several groups together.",
    ];
  const adding = {
    additive: " Rows may be added.",
    overlapping: " Do not add rows: something counts once in each row that it touched.",
    ratio: " Do not add rows: it is a mean, a share or a score.",
    none: "",
  }[column.adds ?? "none"];
  return [
    column.name,
    `${labelOf(column)}.${adding}`,
    column.unit ?? "",
    typeof total === "number" ? total : undefined,
  ];
}

function provenanceSheet(provenance: Provenance): Sheet {
  const entries = Object.entries(provenance);
  return {
    name: "Provenance",
    columns: [
      { header: "fact", width: 22, ...WRAPPED },
      { header: "value", width: 90, ...WRAPPED },
    ],
    rowCount: entries.length,
    rows: () => entries,
  };
}
