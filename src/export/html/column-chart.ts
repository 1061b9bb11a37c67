/** Hours of the day or days of the week alone: upright columns in the order of the clock. */
import type { ReportColumn } from "../../domain/report-table.ts";
import { axisSteps, type Drawing, largest, percent, round } from "./chart-frame.ts";
import { formatWithUnit } from "./format-number.ts";
import { labelInSentence, labelOf } from "./labels.ts";
import { html } from "./markup.ts";
import { drawGrid } from "./value-axis.ts";

/** A column; null is drawn as a gap. */
export interface Upright {
  readonly label: string;
  readonly value: number | null;
}

const PLOT_PX = 180;

/** Columns in the order given. Every third label of a long row stays on a phone. */
export function drawColumns(
  columns: readonly Upright[],
  key: ReportColumn,
  measure: ReportColumn,
  second: boolean,
): Drawing {
  const steps = axisSteps(largest(columns.map(({ value }) => value)), measure.type === "integer");
  const top = steps.at(-1) ?? 1;
  const slot = 1 / columns.length;
  const peak = columns.reduce<Upright | undefined>(
    (best, column) => ((column.value ?? -1) > (best?.value ?? -1) ? column : best),
    undefined,
  );
  const peakText =
    peak && peak.value !== null ? `Highest: ${formatWithUnit(peak.value, measure)} at ${peak.label}.` : undefined;
  return {
    heading: `${labelOf(measure)} by ${labelInSentence(key)}`,
    ...(peakText === undefined ? {} : { note: peakText }),
    description: `Columns, one for each ${labelInSentence(key)}.${peakText === undefined ? "" : ` ${peakText}`}`,
    heightPx: PLOT_PX + 34,
    className: second ? "axes second" : "axes",
    content: [
      drawGrid(steps, PLOT_PX, measure),
      ...columns.map(({ label, value }, index) => {
        const height = (Math.max(0, value ?? 0) / top) * PLOT_PX;
        const thinned = columns.length > 8 && index % 3 !== 0 ? "tick minor" : "tick";
        return html`<g><title>${label}: ${value === null ? "no value" : formatWithUnit(value, measure)}</title><rect class="hover" x="${percent(index * slot)}" y="10" width="${percent(slot)}" height="${PLOT_PX}"/><rect class="mark" x="${percent((index + 0.14) * slot)}" y="${round(10 + PLOT_PX - height, 1)}" width="${percent(0.72 * slot)}" height="${round(height, 1)}"/><text class="${thinned}" x="${percent((index + 0.5) * slot)}" y="${PLOT_PX + 28}">${columns.length > 8 ? label.replace(/:00$/, "") : label}</text></g>
`;
      }),
    ],
  };
}
