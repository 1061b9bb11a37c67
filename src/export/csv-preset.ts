/**
 * Who opens a CSV file decides how it is written. `rfc` is for programs. The two for Excel are for a double click: the
 * sign that its language puts between cells, its decimal mark, and a byte order mark so that it reads UTF-8.
 */
import type { CsvStyle } from "../domain/report-definition.ts";

/** How cells are set apart and what stands in them. */
export interface CsvPreset {
  readonly delimiter: "," | ";";
  readonly byteOrderMark: boolean;
  readonly decimalMark: "." | ",";
  /** Texts that a spreadsheet would read as a number or a date are kept texts. */
  readonly keepsTexts: boolean;
}

/** The presets by their name in a report file. */
export const PRESETS: Readonly<Record<CsvStyle["preset"], CsvPreset>> = {
  rfc: { delimiter: ",", byteOrderMark: false, decimalMark: ".", keepsTexts: false },
  "excel-en": { delimiter: ",", byteOrderMark: true, decimalMark: ".", keepsTexts: true },
  "excel-eu": { delimiter: ";", byteOrderMark: true, decimalMark: ",", keepsTexts: true },
};
