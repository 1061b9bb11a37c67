/**
 * Chooses the charts that fit the shape of a result. One text key: bars. Time: a line, or one panel for each of
 * up to six series. Hours or weekdays: columns, or a heat map against another key. Any other shape: none.
 */
import { drawBars } from "./bar-chart.ts";
import { type Drawing, figure } from "./chart-frame.ts";
import { type ChartContext, clockLabel, clockSlots, pointsOf, shownText, weightOf } from "./chart-rows.ts";
import { drawColumns } from "./column-chart.ts";
import { drawHeatMaps } from "./heat-maps.ts";
import { html, type Markup, NOTHING } from "./markup.ts";
import type { ChartData, ChartKey } from "./read-chart-data.ts";
import { drawTime, timeScale } from "./time-chart.ts";
import { drawPanels, type Panels } from "./time-panels.ts";

const MAX_BARS = 12;
/** From here on half a page is too narrow to tell points apart. */
const MANY_POINTS = 120;

/** The charts as a section, or nothing. */
export function drawCharts(data: ChartData | undefined, context: ChartContext): Markup {
  const panels = data === undefined ? { drawings: [] } : choose(data, context);
  const { drawings, heading, wide = false } = panels;
  if (drawings.length === 0) return NOTHING;
  const title =
    heading === undefined
      ? html`<h2 class="vh">Charts</h2>`
      : html`<h2>${heading.title}</h2><p class="hint">${heading.hint}</p>`;
  return html`<section aria-label="Charts">${title}<div class="charts ${wide ? "one" : columnsFor(drawings.length)}">
${drawings.map((drawing, index) => figure(`c${index + 1}`, drawing))}</div></section>
`;
}

function columnsFor(count: number): string {
  if (count === 1) return "one";
  return count === 2 || count === 4 ? "two" : "three";
}

function choose(data: ChartData, context: ChartContext): Panels {
  const [first, second, third] = data.keys;
  if (!first || third) return { drawings: [] };
  if (!second) {
    if (first.kind === "text") return { drawings: barsOf(data, first) };
    if (first.kind !== "bucket") return { drawings: columnsOf(data, first) };
    return { drawings: linesOf(data, first, context), wide: data.rows.length > MANY_POINTS };
  }
  const bucket = data.keys.findIndex(({ kind }) => kind === "bucket");
  const text = data.keys.findIndex(({ kind }) => kind === "text");
  if (bucket >= 0 && text >= 0) return drawPanels(data, bucket, text, context);
  const hours = data.keys.findIndex(({ kind }) => kind === "hour_of_day");
  const across = hours >= 0 ? hours : data.keys.findIndex(({ kind }) => kind === "day_of_week");
  return { drawings: across >= 0 ? drawHeatMaps(data, 1 - across, across, context) : [] };
}

function barsOf({ measures, rows }: ChartData, key: ChartKey): Drawing[] {
  const [main] = measures;
  if (!main) return [];
  const kept = rows.toSorted((left, right) => weightOf([right]) - weightOf([left])).slice(0, MAX_BARS);
  return measures.map((measure, index) => {
    const bars = kept.map(({ shown, values }) => ({ label: shownText(shown[0]), value: values[index] ?? null }));
    return drawBars(bars, rows.length, key.label, measure, main);
  });
}

function columnsOf({ measures, rows }: ChartData, key: ChartKey): Drawing[] {
  return measures.map((measure, index) => {
    const values = new Map(rows.map((row) => [Number(row.shown[0]), row.values[index] ?? null]));
    const columns = clockSlots(key, rows, 0).map((slot) => ({
      label: clockLabel(key, slot),
      value: values.get(slot) ?? null,
    }));
    return drawColumns(columns, key.label, measure, index > 0);
  });
}

function linesOf({ measures, rows }: ChartData, key: ChartKey, context: ChartContext): Drawing[] {
  return measures.flatMap((measure, index) => {
    const points = pointsOf(rows, 0, index);
    if (points.length < 2) return [];
    const options = { className: index > 0 ? "axes second" : "axes", small: false };
    return [drawTime(points, timeScale(points, measure, context), key.label, measure, options)];
  });
}
