/** One text key: horizontal bars, longest first, each name above its bar so that long names have room on a phone. */
import type { ReportColumn } from "../../domain/report-table.ts";
import { type Drawing, largest, percent, shorten } from "./chart-frame.ts";
import { formatNumber, formatWithUnit } from "./format-number.ts";
import { labelInSentence, labelOf } from "./labels.ts";
import { html } from "./markup.ts";

/** A bar; null is drawn as a name without one. */
export interface Bar {
  readonly label: string;
  readonly value: number | null;
}

const ROW_PX = 38;
const LABEL_PLACES = 40;

/** `bars` are in drawing order, the first of `of` groups; `ranking` is the measure that put them in order. */
export function drawBars(
  bars: readonly Bar[],
  of: number,
  key: ReportColumn,
  measure: ReportColumn,
  ranking: ReportColumn,
): Drawing {
  const scale = Math.max(largest(bars.map(({ value }) => value)), Number.MIN_VALUE);
  const [first] = bars;
  const ranked = measure === ranking ? "highest first" : `in the order of ${labelInSentence(ranking)}`;
  return {
    heading: `${labelOf(measure)} by ${labelInSentence(key)}`,
    note:
      bars.length < of
        ? `The first ${bars.length} of ${formatNumber(of, 0)}, ${ranked}; the others are in the table.`
        : `${ranked.charAt(0).toUpperCase()}${ranked.slice(1)}.`,
    description: `Bars, ${ranked}.${first && first.value !== null ? ` First: ${first.label}, ${formatWithUnit(first.value, measure)}.` : ""}`,
    heightPx: bars.length * ROW_PX,
    className: measure === ranking ? "bars" : "bars second",
    content: bars.map(({ label, value }, index) => {
      const top = index * ROW_PX;
      const width = percent(Math.max(0, value ?? 0) / scale);
      return html`<g><title>${label}: ${value === null ? "no value" : formatWithUnit(value, measure)}</title><text x="0" y="${top + 14}">${shorten(label, LABEL_PLACES)}</text><text class="value" x="100%" y="${top + 14}">${value === null ? "–" : formatWithUnit(value, measure)}</text><rect class="track" y="${top + 20}" width="100%" height="8" rx="1.5"/><rect class="mark" y="${top + 20}" width="${width}" height="8" rx="1.5"/></g>
`;
    }),
  };
}
