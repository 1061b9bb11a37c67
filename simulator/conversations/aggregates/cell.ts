/** One bucket of one group: everything that was asked about it, fed figure by figure. */
import type { AggregateBucket, AggregateQuery, AggregateStats } from "./aggregate-query.ts";
import type { MetricEvent } from "./metric-event.ts";
import { CALLBACK_LEVEL_PARTS, type FindTarget, SERVICE_LEVEL_PARTS, ServiceTally } from "./service-level.ts";
import { Summary } from "./summary.ts";

/** `tWait` is emitted nowhere; it is these together. */
const WAIT_PARTS = ["tAnswered", "tAbandon", "tFlowOut"];

/** Which metrics a figure counts for, besides service levels. */
function metricsFedBy(name: string): readonly string[] {
  return WAIT_PARTS.includes(name) ? [name, "tWait"] : [name];
}

/** The names of the figures that a query has to look at. */
export function figuresNeeded({ metrics, views = [] }: AggregateQuery): ReadonlySet<string> {
  const parts: Readonly<Record<string, readonly string[]>> = {
    tWait: WAIT_PARTS,
    oServiceLevel: SERVICE_LEVEL_PARTS,
    oServiceTarget: SERVICE_LEVEL_PARTS,
    oCallbackServiceLevel: CALLBACK_LEVEL_PARTS,
  };
  const names = [...metrics, ...views.map(({ target }) => target)];
  return new Set(names.flatMap((name) => parts[name] ?? [name]));
}

/** A cell in the making. */
export class Cell {
  readonly summaries = new Map<string, Summary>();
  readonly #views = new Map<string, Summary>();
  readonly #service = new ServiceTally();

  /** Takes one figure that the query has to look at. */
  add(event: MetricEvent, { metrics, views = [] }: AggregateQuery, findTarget: FindTarget): void {
    const fed = metricsFedBy(event.name);
    for (const metric of fed) if (metrics.includes(metric)) summaryIn(this.summaries, metric).add(event.value);
    for (const { target, name, range = {} } of views) {
      const { gte = Number.NEGATIVE_INFINITY, lt = Number.POSITIVE_INFINITY } = range;
      if (fed.includes(target) && event.value >= gte && event.value < lt) summaryIn(this.#views, name).add(event.value);
    }
    if (metrics.some((metric) => metric.startsWith("oService") || metric === "oCallbackServiceLevel")) {
      this.#service.add(event, findTarget(event));
    }
  }

  /** The target share of the cell's queues. */
  get serviceTarget(): number | undefined {
    return this.#service.percentage;
  }

  /** The answer's bucket; undefined when nothing that was asked occurred. */
  toBucket(interval: string, { metrics: asked, views: askedViews = [] }: AggregateQuery): AggregateBucket | undefined {
    const metrics = [...this.#plain(), ...this.#computed()].filter(({ metric }) => asked.includes(metric));
    const views = askedViews.flatMap(({ name, target }) => {
      const summary = this.#views.get(name);
      return summary === undefined ? [] : [{ name, stats: summary.statsOf(target) }];
    });
    if (metrics.length + views.length === 0) return undefined;
    return { interval, metrics, ...(views.length === 0 ? {} : { views }) };
  }

  *#plain(): Generator<{ metric: string; stats: AggregateStats }> {
    for (const metric of [...this.summaries.keys()].sort()) {
      const summary = this.summaries.get(metric);
      if (summary !== undefined && metric !== "tWait") yield { metric, stats: summary.statsOf(metric) };
    }
  }

  /** The service puts what it computes behind what was emitted. */
  *#computed(): Generator<{ metric: string; stats: AggregateStats }> {
    const { percentage, level, callbackLevel } = this.#service;
    if (percentage !== undefined) yield { metric: "oServiceTarget", stats: { current: percentage } };
    if (level !== undefined) yield { metric: "oServiceLevel", stats: level };
    if (callbackLevel !== undefined) yield { metric: "oCallbackServiceLevel", stats: callbackLevel };
    const wait = this.summaries.get("tWait");
    if (wait !== undefined) yield { metric: "tWait", stats: wait.statsOf("tWait") };
  }
}

function summaryIn(summaries: Map<string, Summary>, name: string): Summary {
  const known = summaries.get(name);
  if (known !== undefined) return known;
  const summary = new Summary();
  summaries.set(name, summary);
  return summary;
}
