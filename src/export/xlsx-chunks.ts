/**
 * A workbook in pieces, from sheets whose rows come one by one: the library packs a row as it comes, and what it has
 * packed is handed on before the next one is asked for. The same rows give the same bytes: nothing carries a clock.
 */
import { Writable } from "node:stream";
import { WorkbookWriter } from "@cj-tech-master/excelts";
import { type CellStyle, cellText, type SheetCell, STYLE } from "./xlsx-cells.ts";

/** A spreadsheet has no more rows, its header among them. */
export const MAX_SHEET_ROWS = 1_048_576;

/** A column of a sheet; `width` in letters. */
export interface SheetColumn {
  readonly header: string;
  readonly width: number;
  readonly style: CellStyle;
}

/** A sheet; `name` has at most 31 letters and none of `[]:*?/\`. Its rows are asked for when its turn comes. */
export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Rows below the header. */
  readonly rowCount: number;
  rows(): AsyncIterable<readonly SheetCell[]> | Iterable<readonly SheetCell[]>;
}

/** The least date that an archive knows. */
const NO_DATE = new Date("1980-01-01T00:00:00Z");
const NO_DATE_IN_ARCHIVE = { dosTime: 0, dosDate: (1 << 5) | 1 };

/** The workbook's bytes, sheet after sheet. */
export async function* xlsxBytes(sheets: readonly Sheet[], title: string, creator: string): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  const book = openBook(packed, title, creator);
  for (const sheet of sheets) {
    const made = openSheet(book, sheet);
    const styles = sheet.columns.map(({ style }) => style);
    for await (const cells of sheet.rows()) {
      addRow(made, cells, styles);
      yield* packed.splice(0);
    }
    made.commit();
    yield* packed.splice(0);
  }
  await book.commit();
  yield* packed;
}

/** A workbook that puts what it has packed into a list, at once. */
function openBook(packed: Uint8Array[], title: string, creator: string): WorkbookWriter {
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      packed.push(chunk);
      done();
    },
  });
  const dates = { created: NO_DATE, modified: NO_DATE };
  const book = new WorkbookWriter({ stream, useStyles: true, creator, lastModifiedBy: creator, ...dates });
  withoutClock(book);
  // Written as a property of the document; the library's types leave it out.
  return Object.assign(book, { title });
}

/** The library dates each entry of the archive by the clock and has no option for it. */
function withoutClock({ zip }: WorkbookWriter): void {
  const add = zip.add.bind(zip);
  zip.add = (file) => add(Object.assign(file, NO_DATE_IN_ARCHIVE));
}

type SheetWriter = ReturnType<WorkbookWriter["addWorksheet"]>;

/** A header that stays in sight, widths that fit, a filter over every column. */
function openSheet(book: WorkbookWriter, { name, columns, rowCount }: Sheet): SheetWriter {
  const sheet = book.addWorksheet(name, {
    views: [{ state: "frozen", ySplit: 1 }],
    autoFilter: { from: "A1", to: { row: rowCount + 1, col: columns.length } },
    pageSetup: { orientation: "landscape" },
  });
  sheet.columns = columns.map(({ width, style }) => ({ width, style }));
  // Spreadsheets know a filter by a hidden name besides; as an expression it costs the library no cell.
  const range = `'${name}'!$A$1:$${sheet.getColumn(columns.length).letter}$${rowCount + 1}`;
  const filter = { name: "_xlnm._FilterDatabase", localSheetId: sheet.id - 1, hidden: true, ranges: [] };
  book.definedNames.model = [...book.definedNames.model, { ...filter, formulaExpression: range }];
  addRow(
    sheet,
    columns.map(({ header }) => header),
    columns.map(() => STYLE.header),
  );
  return sheet;
}

function addRow(sheet: SheetWriter, cells: readonly SheetCell[], styles: readonly CellStyle[]): void {
  const row = sheet.addRow([]);
  for (const [index, value] of cells.entries()) {
    if (value === undefined) continue;
    const cell = row.getCell(index + 1);
    // A rich text of one run is what the library writes in place, spaces kept; a plain one it writes as if computed.
    cell.value = typeof value === "string" ? { richText: [{ text: cellText(value) }] } : value;
    cell.style = styles[index] ?? STYLE.general;
  }
  row.commit();
}
