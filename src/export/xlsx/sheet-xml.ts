/** A worksheet, row by row: a header that stays in sight, widths that fit, a filter over every column. */
import { cellXml, columnName, type SheetCell } from "./cell-xml.ts";
import { STYLE } from "./styles.ts";

/** A spreadsheet has no more rows, its header among them. */
export const MAX_SHEET_ROWS = 1_048_576;

/** A column of a sheet; `width` in letters. */
export interface SheetColumn {
  readonly header: string;
  readonly width: number;
  readonly style: number;
}

/** A sheet; `name` has at most 31 letters and none of `[]:*?/\`. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Rows below the header. */
  readonly rowCount: number;
  rows(): AsyncIterable<readonly SheetCell[]> | Iterable<readonly SheetCell[]>;
}

/** Rows that become one piece of text. */
const BATCH = 200;

/** `xl/worksheets/sheetN.xml` in pieces. */
export async function* sheetXml(sheet: Sheet): AsyncGenerator<string> {
  const { columns } = sheet;
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${columns.map(columnXml).join("")}</cols><sheetData>${headerXml(columns)}`;
  let number = 1;
  let batch = "";
  for await (const row of sheet.rows()) {
    number += 1;
    batch += `<row r="${number}">`;
    for (const [index, cell] of row.entries())
      batch += cellXml(cell, index, number, columns[index]?.style ?? STYLE.general);
    batch += "</row>";
    if (number % BATCH === 0) {
      yield batch;
      batch = "";
    }
  }
  yield `${batch}</sheetData><autoFilter ref="${filterRange(sheet).replaceAll("$", "")}"/><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>
`;
}

/** What the filter of a sheet covers: `$A$1:$H$20`. */
export function filterRange({ columns, rowCount }: Pick<Sheet, "columns" | "rowCount">): string {
  return `$A$1:$${columnName(columns.length - 1)}$${rowCount + 1}`;
}

function columnXml({ width, style }: SheetColumn, index: number): string {
  return `<col min="${index + 1}" max="${index + 1}" width="${width}" style="${style}" customWidth="1"/>`;
}

function headerXml(columns: readonly SheetColumn[]): string {
  const cells = columns.map(({ header }, index) => cellXml({ kind: "text", text: header }, index, 1, STYLE.header));
  return `<row r="1">${cells.join("")}</row>`;
}
