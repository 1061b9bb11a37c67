/** From rows to heat maps: which strips, in which order, and where the full colour begins. */
import type { ReportColumn } from "../../domain/report-table.ts";
import type { Drawing } from "./chart-frame.ts";
import { type ChartContext, clockLabel, clockSlots, shownText, weightOf } from "./chart-rows.ts";
import { formatNumber } from "./format-number.ts";
import { drawHeatMap, type Grid, type HeatMapOptions } from "./heat-map.ts";
import type { ChartData, ChartKey, ChartRow } from "./read-chart-data.ts";
import { bucketAt } from "./time-axis.ts";

const MAX_NAMES = 12;
/** Two months of days. */
const MAX_TIMES = 62;
/** Shares and means of a few are wild: so much of what was counted may lie beyond the full colour. */
const BEYOND_FULL_COLOUR = 0.02;

/** A heat map for each measure, with the key at position `down` as strips and the clock key at `across`. */
export function drawHeatMaps(
  { keys, measures, rows }: ChartData,
  down: number,
  across: number,
  context: ChartContext,
): Drawing[] {
  const [rowKey, columnKey] = [keys[down], keys[across]];
  if (!rowKey || !columnKey) return [];
  const strips = stripsOf(rowKey, rows, down, context);
  const kept = rowKey.kind === "text" ? strips.slice(0, MAX_NAMES) : strips;
  if (kept.length > MAX_TIMES) return [];
  const slots = clockSlots(columnKey, rows, across);
  return measures.map((measure, index) => {
    const values = new Map(
      rows.map((row) => [`${row.identities[down]} ${Number(row.shown[across])}`, row.values[index] ?? null]),
    );
    const grid: Grid = {
      rows: kept.map(({ label }) => label),
      columns: slots.map((slot) => clockLabel(columnKey, slot)),
      ...(kept.length < strips.length
        ? { note: `The first ${kept.length} of ${formatNumber(strips.length, 0)}; the others are in the table.` }
        : {}),
      at: (row, column) => values.get(`${kept[row]?.identity} ${slots[column]}`),
    };
    const options = { labels: marginOf(rowKey), second: index > 0, ...fullColourAt(rows, index, measure) };
    return drawHeatMap(grid, rowKey.label, columnKey.label, measure, options);
  });
}

interface Strip {
  readonly identity: string;
  readonly label: string;
}

/** Names by weight, times in order. */
function stripsOf(key: ChartKey, rows: readonly ChartRow[], index: number, { labels }: ChartContext): Strip[] {
  const groups = [...Map.groupBy(rows, (row) => row.identities[index] ?? "")].map(([identity, own]) => ({
    identity,
    shown: own[0]?.shown[index] ?? null,
    weight: weightOf(own),
  }));
  if (key.kind === "text") {
    return groups
      .sort((left, right) => right.weight - left.weight)
      .map(({ identity, shown }) => ({ identity, label: shownText(shown) }));
  }
  const placeOf = (shown: string | number | null): number =>
    typeof shown === "string" ? bucketAt(shown) : Number(shown);
  return groups
    .sort((left, right) => placeOf(left.shown) - placeOf(right.shown))
    .map(({ identity, shown }) => ({ identity, label: labels.label(key.label.name, shown ?? "") }));
}

function marginOf({ kind }: ChartKey): HeatMapOptions["labels"] {
  if (kind === "text") return "names";
  return kind === "day_of_week" ? "days" : "dates";
}

function fullColourAt(rows: readonly ChartRow[], index: number, measure: ReportColumn): { fullAt?: number } {
  if (index === 0 || measure.adds !== "ratio") return {};
  const cells = rows.flatMap((row) => {
    const value = row.values[index];
    return typeof value === "number" ? [{ value, weight: weightOf([row]) }] : [];
  });
  let beyond = cells.reduce((sum, { weight }) => sum + weight, 0) * BEYOND_FULL_COLOUR;
  for (const { value, weight } of cells.sort((left, right) => right.value - left.value)) {
    beyond -= weight;
    if (beyond < 0 && value > 0) return { fullAt: value };
  }
  return {};
}
