/**
 * Service levels by the vendor's default formula: answered within the queue's target, over answered and abandoned. The
 * target is a setting of the queue for each media. Where a queue is listed nowhere any more, or has no target for the media, the figures themselves have
 * to say who was late (`nOverSla`).
 */
import type { Centre } from "../centre.ts";
import type { AggregateStats } from "./aggregate-query.ts";
import type { MetricEvent } from "./metric-event.ts";
import { queueOfEvent } from "./queue-of-event.ts";

/** What a queue promises on one media. */
interface ServiceTarget {
  /** The share that should be answered in time, 0 to 1. */
  readonly percentage: number;
  /** Undefined for media that have no promise of their own. */
  readonly durationMs: number | undefined;
}

/** Finds the promise that a figure is measured by; undefined without a queue that is listed. */
export type FindTarget = (event: MetricEvent) => ServiceTarget | undefined;

/** The figures that service levels are made from. */
export const SERVICE_LEVEL_PARTS = ["tAnswered", "tAbandon", "nOverSla"];
/** The figures that those of callbacks are made from. */
export const CALLBACK_LEVEL_PARTS = ["tCallbackConnect", "tCallbackAbandon", "nCallbackOverSla"];

/** Reads the settings of all queues of a centre. */
export function createTargetFinder({ queues }: Centre): FindTarget {
  const settings = new Map(queues.map(({ id, mediaSettings }) => [id, mediaSettings]));
  return (event) => {
    const ofQueue = settings.get(queueOfEvent(event) ?? "");
    const { mediaType } = event.session;
    const own = targetOf(ofQueue, mediaType === "voice" ? "call" : mediaType);
    // Media without a setting of their own (cobrowse, say) show the share that calls have, but not its time.
    const ofCalls = own === undefined ? targetOf(ofQueue, "call") : undefined;
    return ofCalls === undefined ? own : { ...ofCalls, durationMs: undefined };
  };
}

/** Service level of one cell, fed figure by figure. */
export class ServiceTally {
  #inTime = 0;
  #counted = 0;
  #callbacksInTime = 0;
  #callbacks = 0;
  readonly #percentages = new Set<number>();

  /** Takes one figure, whatever it is. */
  add({ name, value }: MetricEvent, target: ServiceTarget | undefined): void {
    if (target !== undefined) this.#percentages.add(target.percentage);
    if (name === "tAnswered" || name === "tAbandon") this.#counted += 1;
    const durationMs = target?.durationMs;
    if (name === "tAnswered" && (durationMs === undefined || value <= durationMs)) this.#inTime += 1;
    if (name === "nOverSla" && durationMs === undefined) this.#inTime -= value;
    if (name === "tCallbackConnect" || name === "tCallbackAbandon") this.#callbacks += 1;
    if (name === "tCallbackConnect") this.#callbacksInTime += 1;
    if (name === "nCallbackOverSla") this.#callbacksInTime -= value;
  }

  /** The target share; undefined when no queue promises one, or several promise different ones. */
  get percentage(): number | undefined {
    const [only, ...more] = this.#percentages;
    return more.length === 0 ? only : undefined;
  }

  /** `oServiceLevel`; undefined when nothing was answered or abandoned. */
  get level(): AggregateStats | undefined {
    return this.#ratio(this.#inTime, this.#counted);
  }

  /** `oCallbackServiceLevel`. */
  get callbackLevel(): AggregateStats | undefined {
    return this.#ratio(this.#callbacksInTime, this.#callbacks);
  }

  #ratio(inTime: number, denominator: number): AggregateStats | undefined {
    if (denominator === 0) return undefined;
    const numerator = Math.max(0, inTime);
    const target = this.percentage === undefined ? {} : { target: this.percentage };
    return { ratio: numerator / denominator, numerator, denominator, ...target };
  }
}

function targetOf(settings: unknown, media: string): ServiceTarget | undefined {
  const level = memberOf(memberOf(settings, media), "serviceLevel");
  const [percentage, durationMs] = [memberOf(level, "percentage"), memberOf(level, "durationMs")];
  return typeof percentage === "number" && typeof durationMs === "number" ? { percentage, durationMs } : undefined;
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, member) : undefined;
}
