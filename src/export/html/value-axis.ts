/** The quiet lines behind a chart, each with its number in the margin. */
import type { ReportColumn } from "../../domain/report-table.ts";
import { round } from "./chart-frame.ts";
import { formatNumber, unitOf } from "./format-number.ts";
import { html, type Markup } from "./markup.ts";

/** Lines for `steps` over a plot that begins 10 px below the top of its drawing. Only the topmost number has the unit. */
export function drawGrid(steps: readonly number[], plotPx: number, measure: ReportColumn): Markup {
  const top = steps.at(-1) ?? 1;
  const factor = measure.unit === "ratio" ? 100 : 1;
  const unit = unitOf(measure);
  const lines = steps.map((step) => {
    const y = round(10 + plotPx - (step / top) * plotPx, 1);
    const number = formatNumber(Number((step * factor).toPrecision(10)));
    return html`<line class="${step === 0 ? "base" : "grid"}" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="scale" x="-8" y="${Number(y) + 4}">${number}${step === top && unit !== "" ? `\u202f${unit}` : ""}</text>`;
  });
  return html`${lines}
`;
}
