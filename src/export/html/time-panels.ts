/** Several series over time: a small panel for each, so that none hides another and no colour has to be learnt. */
import { axisSteps, type Drawing, largest } from "./chart-frame.ts";
import { type ChartContext, pointsOf, shownText, weightOf } from "./chart-rows.ts";
import { formatNumber, formatWithUnit } from "./format-number.ts";
import { labelInSentence, labelOf } from "./labels.ts";
import type { ChartData, ChartRow } from "./read-chart-data.ts";
import { drawTime, type Point, timeScale } from "./time-chart.ts";

/** Drawings, and the words over all of them. */
export interface Panels {
  readonly drawings: readonly Drawing[];
  /** Charts of many points want the whole width. */
  readonly wide?: boolean;
  readonly heading?: { readonly title: string; readonly hint: string };
}

const MAX_PANELS = 6;
/** When the highest peak is so many times the lowest, one scale for all would flatten the small series. */
const SHARED_SCALE_SPAN = 12;

interface Series {
  readonly name: string;
  readonly weight: number;
  readonly points: readonly Point[];
  readonly others: boolean;
}

/** The first measure, by the keys at positions `bucket` and `text`. */
export function drawPanels(
  { keys, measures, rows }: ChartData,
  bucket: number,
  text: number,
  { timeZone, labels }: ChartContext,
): Panels {
  const [time, key, measure] = [keys[bucket], keys[text], measures[0]];
  if (!time || !key || !measure) return { drawings: [] };
  const groups = [...Map.groupBy(rows, (row) => row.identities[text] ?? "").values()].sort(
    (left, right) => weightOf(right) - weightOf(left),
  );
  const additive = measure.adds === "additive";
  const series = seriesOf(groups, bucket, text, additive);
  const shared = timeScale(
    series.flatMap(({ points }) => points),
    measure,
    { timeZone, labels },
  );
  if (!(shared.lastAt > shared.firstAt)) return { drawings: [] };
  const named = series.filter(({ others }) => !others);
  const peaks = named.map(({ points }) => largest(points.map(({ value }) => value)));
  const alone = largest(peaks) > SHARED_SCALE_SPAN * Math.min(...peaks);
  const drawings = series.map(({ name, weight, points, others }) => {
    const scale = {
      ...shared,
      steps: axisSteps(
        others || alone ? largest(points.map(({ value }) => value)) : largest(peaks),
        measure.type === "integer",
      ),
    };
    const options = { heading: name, className: others ? "axes others" : "axes", small: true };
    const drawing = drawTime(points, scale, time.label, measure, options);
    return additive ? { ...drawing, note: `${formatWithUnit(weight, measure)} in all` } : drawing;
  });
  const title = `${labelOf(measure)} by ${labelInSentence(time.label)} and ${labelInSentence(key.label)}`;
  const some =
    named.length < series.length ? "All panels but the last have the same scale." : "All panels have the same scale.";
  const scales = alone ? "Each panel has its own scale." : some;
  return { drawings, heading: { title, hint: `${scales}${restHint(groups.length, additive)}` } };
}

/** The series with the most, largest first; the rest become one more only where adding them is right. */
function seriesOf(groups: readonly ChartRow[][], bucket: number, text: number, additive: boolean): Series[] {
  const count = groups.length <= MAX_PANELS ? groups.length : additive ? MAX_PANELS - 1 : MAX_PANELS;
  const series = groups.slice(0, count).map(
    (own): Series => ({
      name: shownText(own[0]?.shown[text]),
      weight: weightOf(own),
      points: pointsOf(own, bucket, 0),
      others: false,
    }),
  );
  const rest = groups.slice(count);
  if (!additive || rest.length === 0) return series;
  const points = addedUp(rest.flatMap((own) => pointsOf(own, bucket, 0)));
  return [
    ...series,
    { name: `${formatNumber(rest.length, 0)} others`, weight: weightOf(rest.flat()), points, others: true },
  ];
}

function addedUp(points: readonly Point[]): Point[] {
  const buckets = Map.groupBy(points, ({ bucket }) => bucket);
  return [...buckets].map(([bucket, own]) => ({
    bucket,
    value: own.reduce((sum, { value }) => sum + (value ?? 0), 0),
  }));
}

function restHint(count: number, additive: boolean): string {
  if (count <= MAX_PANELS) return "";
  return additive
    ? " The smallest are added up in the last."
    : ` These are the first ${MAX_PANELS} of ${formatNumber(count, 0)}; the others are in the table.`;
}
