/** How cells look: one table of styles for all workbooks, and which of them a column takes. */
import { isDate, type ReportColumn } from "../../domain/report-table.ts";

/** Decimals that a number can be shown with; a measure's `round` ends there. */
const MAX_DECIMALS = 9;

/** Formats beyond the built-in ones, from id 164 on. */
const FORMATS = [
  "yyyy-mm-dd",
  "yyyy-mm-dd hh:mm",
  "yyyy-mm-dd hh:mm:ss",
  ...range(MAX_DECIMALS + 1).map((decimals) => (decimals === 0 ? "#,##0" : `#,##0.${"0".repeat(decimals)}`)),
  ...range(MAX_DECIMALS + 1).map((decimals) => (decimals === 0 ? "0%" : `0.${"0".repeat(decimals)}%`)),
] as const;
const FIRST_FORMAT = 164;

/** Built-in: as it comes, and text that stays text when somebody edits it. */
const GENERAL = 0;
const TEXT = 49;

/** Styles that do not come from a column. */
export const STYLE = { general: 0, text: 1, header: 2, wrapped: 3 } as const;
const FIRST_FORMATTED = 4;

/** The style of a column's cells: shares in per cent, times as times, numbers with the decimals that they are rounded to. */
export function styleOf(column: ReportColumn): number {
  const { type, unit, decimals } = column;
  switch (type) {
    case "text":
    case "list":
    case "counts":
      return STYLE.text;
    case "bucket":
      return formatted(isDate(column) ? 0 : 1);
    case "instant":
      return formatted(2);
    case "integer":
      return unit === "count" ? formatted(3) : STYLE.general;
    case "decimal":
      if (decimals === undefined) return STYLE.general;
      if (unit === "ratio") return formatted(4 + MAX_DECIMALS + Math.max(0, Math.min(decimals, MAX_DECIMALS) - 2));
      return formatted(3 + Math.min(decimals, MAX_DECIMALS));
  }
}

function formatted(index: number): number {
  return FIRST_FORMATTED + index;
}

/** `xl/styles.xml` */
export function stylesXml(): string {
  const formats = FORMATS.map(
    (code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${code}"/>`,
  ).join("");
  const cells = [
    cellFormat(GENERAL, 0, ""),
    cellFormat(TEXT, 0, ""),
    cellFormat(TEXT, 1, '<alignment vertical="bottom" wrapText="1"/>'),
    cellFormat(TEXT, 0, '<alignment vertical="top" wrapText="1"/>'),
    ...FORMATS.map((_, index) => cellFormat(FIRST_FORMAT + index, 0, "")),
  ];
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="${FORMATS.length}">${formats}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEEF3F8"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF1F6AA5"/></bottom><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join("")}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
`;
}

/** `header` is 1 for the look of a header, else 0. */
function cellFormat(format: number, header: 0 | 1, alignment: string): string {
  const look = `fontId="${header}" fillId="${header * 2}" borderId="${header}"`;
  return `<xf numFmtId="${format}" ${look} xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">${alignment}</xf>`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
