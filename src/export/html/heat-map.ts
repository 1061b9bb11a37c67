/** Two keys against each other: one strip of cells a row, the fuller the colour the higher the value. */
import type { ReportColumn } from "../../domain/report-table.ts";
import { type Drawing, percent, round, shorten } from "./chart-frame.ts";
import { formatWithUnit } from "./format-number.ts";
import { labelInSentence, labelOf } from "./labels.ts";
import { html, type Markup, NOTHING } from "./markup.ts";

/** Labels of rows and columns, and what stands where they meet; undefined where the table has no row. */
export interface Grid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly note?: string;
  at(row: number, column: number): number | null | undefined;
}

/**
 * Row labels that are `names` stand above their strip, `dates` and `days` in the margin. `fullAt` is the value
 * that gets the full colour, when that is not the highest one.
 */
export interface HeatMapOptions {
  readonly labels: "names" | "dates" | "days";
  readonly second: boolean;
  readonly fullAt?: number;
}

/** The least colour a value above zero gets, so that little can be told from nothing. */
const FAINTEST = 0.1;
const LEGEND = [0.1, 0.28, 0.46, 0.64, 0.82, 1];
const LABEL_PLACES = 44;
/** With more columns only hours without minutes fit below them, and on a phone every third. */
const MANY_COLUMNS = 8;

interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** One heat map of `measure`. */
export function drawHeatMap(
  grid: Grid,
  rowKey: ReportColumn,
  columnKey: ReportColumn,
  measure: ReportColumn,
  options: HeatMapOptions,
): Drawing {
  const cells = cellsOf(grid);
  const peak = highest(cells);
  const top = Math.max(options.fullAt ?? peak?.value ?? 0, Number.MIN_VALUE);
  const cut = peak !== undefined && peak.value > top;
  const nameOf = ({ row, column }: HeatCell): string => `${grid.rows[row] ?? ""} ${grid.columns[column] ?? ""}`;
  const where = peak && (cut ? "where few were counted" : nameOf(peak));
  const peakText = peak ? `Highest: ${formatWithUnit(peak.value, measure)}, ${where}.` : "";
  const note = [peakText, grid.note ?? ""].filter((text) => text !== "").join(" ");
  const layout = layoutOf(grid, options);
  const bottom = grid.rows.length * layout.rowPx;
  return {
    heading: `${labelOf(measure)} by ${labelInSentence(rowKey)} and ${labelInSentence(columnKey)}`,
    ...(note === "" ? {} : { note }),
    description: `A grid of ${grid.rows.length} rows and ${grid.columns.length} columns; a fuller colour is a higher value. ${peakText}`,
    heightPx: bottom + 22,
    className: options.second ? `heat ${options.labels} second` : `heat ${options.labels}`,
    content: [
      ...grid.rows.map((label, row) => rowLabel(label, row * layout.rowPx, layout, options)),
      ...cells.map((cell) =>
        drawCell(cell, grid, layout, top, `${nameOf(cell)}: ${formatWithUnit(cell.value, measure)}`),
      ),
      ...grid.columns.map((label, column) => columnLabel(label, column, grid.columns.length, bottom)),
    ],
    below: cells.length === 0 ? NOTHING : legend(top, cut, measure),
  };
}

function cellsOf(grid: Grid): HeatCell[] {
  return grid.rows.flatMap((_, row) =>
    grid.columns.flatMap((__, column) => {
      const value = grid.at(row, column);
      return typeof value === "number" ? [{ row, column, value }] : [];
    }),
  );
}

function highest(cells: readonly HeatCell[]): HeatCell | undefined {
  return cells.reduce<HeatCell | undefined>(
    (best, cell) => (best && best.value >= cell.value ? best : cell),
    undefined,
  );
}

interface Layout {
  readonly rowPx: number;
  readonly bandTopPx: number;
  readonly bandPx: number;
}

function layoutOf({ rows }: Grid, { labels }: HeatMapOptions): Layout {
  if (labels === "names") return { rowPx: 46, bandTopPx: 20, bandPx: 18 };
  return rows.length > 14 ? { rowPx: 16, bandTopPx: 0, bandPx: 15 } : { rowPx: 26, bandTopPx: 0, bandPx: 24 };
}

function rowLabel(label: string, topPx: number, { bandPx }: Layout, { labels }: HeatMapOptions): Markup {
  if (labels === "names") {
    return html`<text class="name" x="0" y="${topPx + 14}">${shorten(label, LABEL_PLACES)}</text>
`;
  }
  return html`<text class="scale" x="-8" y="${topPx + bandPx / 2 + 4}">${label}</text>
`;
}

function drawCell({ row, column, value }: HeatCell, grid: Grid, layout: Layout, top: number, title: string): Markup {
  const slot = 1 / grid.columns.length;
  const strength = value <= 0 ? 0.04 : FAINTEST + (1 - FAINTEST) * Math.min(1, value / top);
  return html`<rect class="cell" x="${percent((column + 0.02) * slot)}" y="${row * layout.rowPx + layout.bandTopPx}" width="${percent(0.96 * slot)}" height="${layout.bandPx}" fill-opacity="${round(strength, 2)}"><title>${title}</title></rect>
`;
}

function columnLabel(label: string, column: number, count: number, bottomPx: number): Markup {
  const many = count > MANY_COLUMNS;
  return html`<text class="${many && column % 3 !== 0 ? "tick minor" : "tick"}" x="${percent((column + 0.5) / count)}" y="${bottomPx + 15}">${many ? label.replace(/:00$/, "") : label}</text>
`;
}

function legend(top: number, cut: boolean, measure: ReportColumn): Markup {
  const swatches = LEGEND.map(
    (strength, index) => html`<rect class="cell" x="${index * 18}" width="17" height="10" fill-opacity="${strength}"/>`,
  );
  const zero = formatWithUnit(0, { ...measure, decimals: 0 });
  return html`<p class="legend" aria-hidden="true">${zero} <svg width="108" height="10">${swatches}</svg> ${formatWithUnit(top, measure)}${cut ? " and more" : ""}</p>
`;
}
