/**
 * Figures over time: a line, filled to the ground where it counts something. A bucket without a row counted
 * nothing, so a count falls to zero there; a share or a mean has no value there, so its line breaks.
 */
import type { ReportColumn } from "../../domain/report-table.ts";
import { axisSteps, type Drawing, largest, percent, round } from "./chart-frame.ts";
import type { BucketLabels } from "./format-bucket.ts";
import { formatWithUnit } from "./format-number.ts";
import { labelInSentence, labelOf } from "./labels.ts";
import { html, type Markup, NOTHING } from "./markup.ts";
import { bucketAt, stepMsOf, type Tick, timeTicks } from "./time-axis.ts";
import { drawGrid } from "./value-axis.ts";

/** A value at a bucket. */
export interface Point {
  readonly bucket: string;
  readonly value: number | null;
}

/** What the panels of one chart share, so that they can be compared. */
export interface TimeScale {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly steps: readonly number[];
  readonly timeZone: string;
  readonly labels: BucketLabels;
}

/**
 * `heading` names the series, by default the measure. `small` panels stand three in a row.
 */
export interface TimeChartOptions {
  readonly heading?: string;
  readonly className: string;
  readonly small: boolean;
}

/** More points than this are not marked one by one. */
const MAX_DOTS = 45;
const MAX_HOVERS = 400;
const WIDTH = 1000;

/** The scale that all of these points fit on. */
export function timeScale(
  points: readonly Point[],
  measure: ReportColumn,
  { timeZone, labels }: { timeZone: string; labels: BucketLabels },
): TimeScale {
  const instants = points.map(({ bucket }) => bucketAt(bucket));
  const firstAt = instants.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const lastAt = instants.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  const steps = axisSteps(largest(points.map(({ value }) => value)), measure.type === "integer");
  return { firstAt, lastAt, steps, timeZone, labels };
}

/** One panel of `points`. */
export function drawTime(
  points: readonly Point[],
  scale: TimeScale,
  key: ReportColumn,
  measure: ReportColumn,
  options: TimeChartOptions,
): Drawing {
  const plotPx = options.small ? 96 : 180;
  const sorted = points.toSorted((left, right) => bucketAt(left.bucket) - bucketAt(right.bucket));
  const peak = sorted.reduce<Point | undefined>(
    (best, point) => ((point.value ?? -1) > (best?.value ?? -1) ? point : best),
    undefined,
  );
  const peakText =
    peak && peak.value !== null
      ? `Highest: ${formatWithUnit(peak.value, measure)}, ${scale.labels.label(key.name, peak.bucket)}.`
      : undefined;
  const across = (at: number): number => (at - scale.firstAt) / Math.max(1, scale.lastAt - scale.firstAt);
  const down = (value: number): number => plotPx - (value / (scale.steps.at(-1) ?? 1)) * plotPx;
  return {
    heading: options.heading ?? `${labelOf(measure)} by ${labelInSentence(key)}`,
    ...(peakText === undefined ? {} : { note: peakText }),
    description: `A line over time.${peakText === undefined ? "" : ` ${peakText}`}`,
    heightPx: plotPx + 34,
    className: options.className,
    content: [
      drawGrid(scale.steps, plotPx, measure),
      ...drawTicks(timeTicks(scale.firstAt, scale.lastAt, key.name, scale.timeZone), across, plotPx, options.small),
      html`<svg class="plot" x="0" y="10" width="100%" height="${plotPx}" viewBox="0 0 ${WIDTH} ${plotPx}" preserveAspectRatio="none">${paths(sorted, scale, stepMsOf(key.name), isCount(measure), across, down)}</svg>
`,
      ...marks(sorted, scale, key, measure, across, down, plotPx),
    ],
  };
}

/** Labels take so much of the width of a full chart, and of a small one or a phone. */
const LABEL_SHARE = 0.17;
const SMALL_LABEL_SHARE = 0.26;

/** Every tick has its notch; labels only where they do not touch each other. */
function drawTicks(ticks: readonly Tick[], across: (at: number) => number, plotPx: number, small: boolean): Markup[] {
  const shares = ticks.map(({ at }) => across(at));
  const onPhone = withRoom(shares, SMALL_LABEL_SHARE);
  const shown = small ? onPhone : withRoom(shares, LABEL_SHARE);
  return ticks.map(({ label }, index) => {
    const share = shares[index] ?? 0;
    const classes = ["tick", ...(share > 0.94 ? ["end"] : []), ...(onPhone.has(index) ? [] : ["minor"])].join(" ");
    const text = shown.has(index)
      ? html`<text class="${classes}" x="${percent(share)}" y="${plotPx + 28}">${label}</text>`
      : NOTHING;
    return html`<line class="notch" x1="${percent(share)}" x2="${percent(share)}" y1="${plotPx + 10}" y2="${plotPx + 14}"/>${text}
`;
  });
}

/** Which labels of that width fit, from left to right. A label at the right edge ends there. */
function withRoom(shares: readonly number[], width: number): Set<number> {
  const kept = new Set<number>();
  let freeFrom = Number.NEGATIVE_INFINITY;
  for (const [index, share] of shares.entries()) {
    const from = share > 0.94 ? share - width : share - width / 2;
    if (from < freeFrom) continue;
    kept.add(index);
    freeFrom = from + width;
  }
  return kept;
}

function paths(
  points: readonly Point[],
  scale: TimeScale,
  stepMs: number,
  counts: boolean,
  across: (at: number) => number,
  down: (value: number) => number,
): Markup[] {
  const x = (at: number): string => round(across(at) * WIDTH, 1);
  const ground = round(down(0), 1);
  return stretchesOf(points, scale, stepMs, counts).flatMap((stretch) => {
    const [start, end] = [stretch[0], stretch.at(-1)];
    if (!start || !end) return [];
    // A point alone is drawn as a line to itself, which the round ends make a dot.
    const corners = stretch.length === 1 ? [...stretch, ...stretch] : stretch;
    const line = corners.map(([at, value]) => `${x(at)} ${round(down(value), 1)}`).join("L");
    const area = counts
      ? [html`<path class="area" d="M${x(start[0])} ${ground}L${line}L${x(end[0])} ${ground}Z"/>`]
      : [];
    return [...area, html`<path class="line" d="M${line}"/>`];
  });
}

/** Whether a bucket without a row stands for zero. */
function isCount({ adds }: ReportColumn): boolean {
  return adds === "additive" || adds === "overlapping";
}

/** Stretches without a gap. A count has no gaps: it goes down to zero, stays there, and comes up again. */
function stretchesOf(
  points: readonly Point[],
  scale: TimeScale,
  stepMs: number,
  counts: boolean,
): (readonly [number, number])[][] {
  const stretches: (readonly [number, number])[][] = [[]];
  const goDown = (fromAt: number, untilAt: number): void => {
    if (untilAt >= fromAt) stretches.at(-1)?.push([fromAt, 0], [untilAt, 0]);
  };
  let previousAt = scale.firstAt - stepMs;
  for (const { bucket, value } of points) {
    const at = bucketAt(bucket);
    const apart = at - previousAt > stepMs * 1.1;
    if (apart && counts) goDown(previousAt + stepMs, at - stepMs);
    if ((apart && !counts) || value === null) stretches.push([]);
    if (value !== null) stretches.at(-1)?.push([at, value]);
    previousAt = at;
  }
  if (counts) goDown(previousAt + stepMs, scale.lastAt);
  return stretches;
}

/** Dots where there are few, and strips that tell the value under the pointer. */
function marks(
  points: readonly Point[],
  scale: TimeScale,
  key: ReportColumn,
  measure: ReportColumn,
  across: (at: number) => number,
  down: (value: number) => number,
  plotPx: number,
): Markup[] {
  if (points.length > MAX_HOVERS) return [];
  const half = across(scale.firstAt + stepMsOf(key.name)) / 2;
  return points.flatMap(({ bucket, value }) => {
    if (value === null) return [];
    const share = across(bucketAt(bucket));
    const from = Math.max(0, share - half);
    const dot =
      points.length > MAX_DOTS
        ? []
        : [html`<circle class="dot" cx="${percent(share)}" cy="${round(10 + down(value), 1)}" r="2.5"/>`];
    return [
      html`<g><title>${scale.labels.label(key.name, bucket)}: ${formatWithUnit(value, measure)}</title><rect class="hover" x="${percent(from)}" y="10" width="${percent(Math.min(1, share + half) - from)}" height="${plotPx}"/>${dot}</g>
`,
    ];
  });
}
