/**
 * The table of the page, row by row. Numbers stand to the right under each other, every cell knows its headers,
 * and what cannot be added is marked. It ends at a stated number of rows or letters; the rest is in the CSV.
 */
import {
  type Cell,
  createIsGroup,
  createIsTotal,
  type ReportColumn,
  type ReportTable,
} from "../../domain/report-table.ts";
import type { BucketLabels } from "./format-bucket.ts";
import { formatMeasure, formatNumber, NO_VALUE, unitOf } from "./format-number.ts";
import { labelOf } from "./labels.ts";
import { html, isolated, type Markup, NOTHING } from "./markup.ts";

/** More rows than this nobody reads in a browser. */
const MAX_TABLE_ROWS = 2000;
/** Keeps the page below 500 kB also when its cells are long. */
const MAX_TABLE_LETTERS = 380_000;
const MAX_CELL_LETTERS = 300;
const MAX_CODES = 8;

/** Yields the section of the table, a few rows at a time. Reads no more rows than it shows. */
export async function* tableChunks(table: ReportTable, labels: BucketLabels, caption: Markup): AsyncGenerator<string> {
  const { columns } = table;
  const [isGroup, isTotal] = [createIsGroup(columns), createIsTotal(columns)];
  yield html`<section aria-labelledby="table-name"><div class="${isNarrow(columns) ? "scroll fits" : "scroll"}" role="region" aria-labelledby="table-name" tabindex="0"><table>
<caption><div id="table-name">${caption}</div></caption>
<thead><tr>${columns.map(headerCell)}</tr></thead>
<tbody>
`.text;
  let [shown, letters] = [0, 0];
  if (table.rowCount === 0)
    yield html`<tr><td class="empty" colspan="${Math.max(1, columns.length)}">No rows.</td></tr>
`.text;
  for await (const row of table.rows()) {
    shown += 1;
    // It is the foot of the table.
    if (isTotal(row)) continue;
    const text = rowMarkup(row, columns, labels, isGroup(row)).text;
    yield text;
    letters += text.length;
    if (shown >= MAX_TABLE_ROWS || letters >= MAX_TABLE_LETTERS) break;
  }
  yield html`</tbody>
${table.totals && table.rowCount > 0 ? totalsRow(table.totals, columns) : NOTHING}</table></div>
${footnotes(table, shown)}</section>
`.text;
}

/** Rules for whole columns, so that no cell needs a class: numbers to the right, lists with room. */
export function columnStyle(columns: readonly ReportColumn[]): Markup {
  const keys = columns.filter(isHead).length;
  // The totals row has one cell for all keys.
  const shift = keys > 0 ? 1 - keys : 0;
  const placed = (fits: (column: ReportColumn) => boolean): string =>
    columns
      .flatMap((column, index) =>
        fits(column)
          ? [
              `thead th:nth-child(${index + 1})`,
              `tbody td:nth-child(${index + 1})`,
              `tfoot td:nth-child(${index + 1 + shift})`,
            ]
          : [],
      )
      .join();
  const rule = (selectors: string, body: string): Markup => (selectors === "" ? NOTHING : html`${selectors}{${body}}`);
  return html`${rule(placed(isNumber), "text-align:right;white-space:nowrap")}${rule(placed(isLong), "min-width:17em")}`;
}

function isLong({ type }: ReportColumn): boolean {
  return type === "list" || type === "counts";
}

function isNumber({ type, role, name }: ReportColumn): boolean {
  return (type === "integer" || type === "decimal") && !(role === "key" && name.startsWith("time."));
}

/** Fits a desktop screen without scrolling sideways, so that its header can stay in sight. */
function isNarrow(columns: readonly ReportColumn[]): boolean {
  return columns.length <= 8 && !columns.some(isLong);
}

function headerCell(column: ReportColumn): Markup {
  const unit = unitOf(column);
  const title = column.unit === "ratio" ? `${column.name} (a share of 1 in the CSV, per cent here)` : column.name;
  return html`<th scope="col" title="${title}">${isolated(labelOf(column))}${column.adds === "overlapping" ? html`<a href="#not-additive" title="not additive">†</a>` : NOTHING}${unit === "" ? NOTHING : html` <small>${unit}</small>`}</th>`;
}

function isHead({ role }: ReportColumn): boolean {
  return role === "key" || role === "row";
}

function rowMarkup(
  row: readonly Cell[],
  columns: readonly ReportColumn[],
  labels: BucketLabels,
  isGroup: boolean,
): Markup {
  const cells = columns.map((column, index) => {
    const content = cellMarkup(row[index] ?? null, column, labels);
    if (column.role === "row") return html`<td>${isGroup ? NOTHING : (content ?? NOTHING)}</td>`;
    if (column.role === "key") return html`<th scope="row">${content ?? noValue()}</th>`;
    return content === undefined ? html`<td title="no value">${NO_VALUE}</td>` : html`<td>${content}</td>`;
  });
  return html`${isGroup ? html`<tr>` : html`<tr class="sum">`}${cells}</tr>
`;
}

function totalsRow(totals: readonly Cell[], columns: readonly ReportColumn[]): Markup {
  const keys = columns.filter(isHead).length;
  const cells = columns.flatMap((column, index) => {
    if (isHead(column)) return [];
    const content = cellMarkup(totals[index] ?? null, column, undefined);
    return [content === undefined ? html`<td title="no value">${NO_VALUE}</td>` : html`<td>${content}</td>`];
  });
  return html`<tfoot><tr>${keys > 0 ? html`<th scope="row" colspan="${keys}">All rows</th>` : NOTHING}${cells}</tr></tfoot>
`;
}

function noValue(): Markup {
  return html`<span title="no value">${NO_VALUE}</span>`;
}

/** Undefined when there is no value. */
function cellMarkup(cell: Cell, column: ReportColumn, labels: BucketLabels | undefined): Markup | undefined {
  if (cell === null) return undefined;
  if (typeof cell === "number" && !(column.role === "key" && column.name.startsWith("time.")))
    return html`${formatMeasure(cell, column)}`;
  if (typeof cell === "number") return html`${labels?.label(column.name, cell) ?? String(cell)}`;
  if (typeof cell === "string")
    return column.type === "bucket" && labels ? timeMarkup(cell, labels.label(column.name, cell)) : ownText(cell);
  if (isList(cell))
    return cell.length === 0
      ? undefined
      : joined(
          cell.slice(0, MAX_CODES).map((text) => html`${ownText(text)}`),
          cell.length,
        );
  const counts = Object.entries(cell);
  // Codes by how often they occur; steps of a distribution stay in their order.
  if (column.unit === "codes") counts.sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1));
  if (counts.length === 0) return undefined;
  return joined(
    counts
      .slice(0, MAX_CODES)
      .map(([code, count]) => html`<span class="code">${ownText(code)} × ${formatNumber(count, 0)}</span>`),
    counts.length,
  );
}

function isList(cell: readonly string[] | Readonly<Record<string, number>>): cell is readonly string[] {
  return Array.isArray(cell);
}

function timeMarkup(bucket: string, label: string): Markup {
  return html`<time datetime="${bucket}">${label}</time>`;
}

function ownText(text: string): Markup {
  if (text === "") return html`<span class="none" title="an empty text">(empty)</span>`;
  const letters = Array.from(text.length > MAX_CELL_LETTERS ? text.slice(0, 2 * MAX_CELL_LETTERS) : text);
  if (letters.length <= MAX_CELL_LETTERS) return isolated(text);
  return html`<bdi title="shortened; the CSV has the whole text">${letters.slice(0, MAX_CELL_LETTERS).join("")}…</bdi>`;
}

function joined(items: readonly Markup[], all: number): Markup {
  const rest = all > items.length ? html`, <i>${formatNumber(all - items.length, 0)} more</i>` : NOTHING;
  return html`${items.map((item, index) => (index === 0 ? item : html`, ${item}`))}${rest}`;
}

function footnotes({ columns, rowCount }: ReportTable, shown: number): Markup {
  const notes: Markup[] = [];
  if (shown < rowCount) {
    const all = formatNumber(rowCount, 0);
    notes.push(html`<p class="cut">These are the first ${formatNumber(shown, 0)} of ${all} rows. The other ${formatNumber(rowCount - shown, 0)} stand in the CSV file of this run; charts and totals are of all rows.</p>
`);
  }
  if (columns.some(({ adds }) => adds === "overlapping")) {
    notes.push(html`<p id="not-additive">† Not additive: one thing can count in several rows of this column, so its rows may add up to more than the total.</p>
`);
  }
  return html`${notes}`;
}
