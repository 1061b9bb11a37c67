/** A table for the terminal: numbers right, texts left, nulls as a dash. */
import type { Cell, ReportColumn } from "../domain/report-table.ts";

const MAX_CELL = 40;

/** Made once: each `toLocaleString` would make another. */
const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 9 });

/** Lines of text; `totals` come behind a rule. */
export function renderTable(
  columns: readonly ReportColumn[],
  rows: readonly (readonly Cell[])[],
  totals?: readonly Cell[],
): string {
  const header = columns.map(({ name }) => name);
  const body = rows.map((row) => row.map(textOf));
  const last = totals?.map((cell, index) =>
    ["row", "key"].includes(columns[index]?.role ?? "") ? (index === 0 ? "all" : "") : textOf(cell),
  );
  const widths = header.map((name, index) =>
    Math.max(
      ...[[name], ...body.map((row) => [row[index] ?? ""]), [last?.[index] ?? ""]].map(([text]) => widthOf(text ?? "")),
    ),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, isNumber(columns[index])))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return `${[line(header), rule, ...body.map(line), ...(last ? [rule, line(last)] : [])].join("\n")}\n`;
}

function textOf(cell: Cell): string {
  if (cell === null) return "–";
  const text =
    typeof cell === "number"
      ? NUMBER.format(cell)
      : typeof cell === "string"
        ? cell
        : Array.isArray(cell)
          ? cell.join("; ")
          : Object.entries(cell)
              .map(([code, count]) => `${code}: ${count}`)
              .join("; ");
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\u00b7");
  return plain.length > MAX_CELL ? `${plain.slice(0, MAX_CELL - 1)}…` : plain;
}

function isNumber(column: ReportColumn | undefined): boolean {
  return column?.type === "integer" || column?.type === "decimal";
}

function pad(text: string, width: number, right: boolean): string {
  const gap = " ".repeat(Math.max(0, width - widthOf(text)));
  return right ? gap + text : text + gap;
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
