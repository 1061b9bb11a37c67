/**
 * Counts a report's figures twice in the server's groups: in the bucket in which the conversation began, as the report
 * does, and in the bucket in which each figure was emitted, as the server does. Where the second count is the server's
 * figure and the first is not, the clock is the whole difference.
 */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { contains } from "../domain/interval.ts";
import type { AggregatesPlan } from "../domain/reconciliation.ts";
import { type Filter, fieldsIn, type ReportDefinition } from "../domain/report-definition.ts";
import type { StatedFigure } from "../domain/stated-figures.ts";
import { createLocalTime } from "../support/local-time.ts";
import { openedLists } from "./group-rows.ts";
import { keepTouches } from "./keep-touches.ts";
import { type Touch, touchesOf, valueOn } from "./touch-rows.ts";

/** One figure of one group, by both clocks. */
export interface CountedFigure {
  /** By the start of the conversations; what the report shows. */
  ours: number;
  /** By the moment at which it was emitted. */
  emitted: number;
  /** Something that came here or left was no after-call work. */
  movedByMore: boolean;
}

/** One group: the values of the plan's keys, its bucket, and a figure for each of the plan's. */
export interface CountedGroup {
  readonly values: readonly (string | null)[];
  readonly bucket: number | undefined;
  readonly figures: readonly CountedFigure[];
  /** Conversations in progress touched it. */
  open: boolean;
}

/** Counts conversations as they pass. */
export interface FigureCounter {
  add(conversation: ConversationRecord): void;
  /** By key; see `groupKey`. */
  readonly groups: ReadonlyMap<string, CountedGroup>;
}

/** Metrics that are emitted when after-call work ends, which may be long after the conversation. */
const AFTER_CALL = new Set(["tAcw", "tHandle"]);

/** The key of a group in maps. */
export function groupKey(values: readonly (string | null)[], bucket: number | undefined): string {
  return JSON.stringify([bucket ?? null, ...values]);
}

/** Makes a counter; conversations that began outside the window count only by what they emitted in it. */
export function createFigureCounter(
  plan: AggregatesPlan,
  filter: Filter,
  scope: ReportDefinition["filterScope"],
): FigureCounter {
  const { bucketOf } = createBuckets(plan);
  const groups = new Map<string, CountedGroup>();
  const opened = openedLists([...plan.keys.map(({ field }) => field), ...fieldsIn(filter)], false);

  function groupAt(values: readonly (string | null)[], at: number): CountedGroup | undefined {
    if (!contains(plan.window, at)) return undefined;
    const bucket = bucketOf(at);
    const key = groupKey(values, bucket);
    const known = groups.get(key);
    if (known) return known;
    const figures = plan.figures.map(() => ({ ours: 0, emitted: 0, movedByMore: false }));
    const group = { values, bucket, figures, open: false };
    groups.set(key, group);
    return group;
  }

  return {
    groups,
    add(conversation) {
      for (const { values, touches } of byGroup(conversation)) {
        const home = groupAt(values, conversation.startedAt);
        if (home && conversation.endedAt === undefined) home.open = true;
        for (const [index, figure] of plan.figures.entries()) {
          const emissions = emissionsOf(figure, touches, plan);
          const mine = home?.figures[index];
          if (mine) mine.ours += emissions.total;
          for (const [at, amount] of emissions.each) {
            const there = groupAt(values, at);
            const cell = there?.figures[index];
            if (cell) cell.emitted += amount;
            if (there === home || isAfterCall(figure, conversation, home)) continue;
            for (const moved of [mine, cell]) if (moved) moved.movedByMore = true;
          }
        }
      }
    },
  };

  function byGroup(conversation: ConversationRecord): Iterable<{ values: (string | null)[]; touches: Touch[] }> {
    const found = new Map<string, { values: (string | null)[]; touches: Touch[] }>();
    for (const touch of keepTouches(touchesOf(conversation, opened), filter, scope)) {
      const values = plan.keys.map(({ field }) => String(valueOn(field, touch) ?? "") || null);
      const key = groupKey(values, undefined);
      const group = found.get(key) ?? { values, touches: [] };
      group.touches.push(touch);
      found.set(key, group);
    }
    return found.values();
  }

  /** The conversation itself ended in the bucket in which it began: only the work after it went on. */
  function isAfterCall(
    { metric }: StatedFigure,
    { endedAt }: ConversationRecord,
    home: CountedGroup | undefined,
  ): boolean {
    if (!AFTER_CALL.has(metric) || endedAt === undefined || !contains(plan.window, endedAt)) return false;
    return home !== undefined && bucketOf(endedAt) === home.bucket;
  }
}

/** The bucket of an instant, as our local time numbers it; undefined when the plan has one bucket only. */
export function createBuckets({ bucket, timeZone }: Pick<AggregatesPlan, "bucket" | "timeZone">): {
  readonly bucketOf: (at: number) => number | undefined;
  readonly label: (of: number) => string;
} {
  const localTime = createLocalTime(timeZone);
  return {
    bucketOf: (at) => (bucket === undefined ? undefined : localTime.bucketOf(at, bucket)),
    label: (of) => (bucket === undefined ? "" : localTime.formatBucket(of, bucket)),
  };
}

/** What a conversation adds to a figure of one group: each unit once, however many of its touches are there. */
function emissionsOf(
  { fact, metric, stat }: StatedFigure,
  touches: readonly Touch[],
  plan: AggregatesPlan,
): { readonly total: number; readonly each: readonly (readonly [at: number, amount: number])[] } {
  if (fact.home === "conversation")
    return { total: 1, each: [[Math.min(...touches.flatMap((touch) => startsOf(touch, plan))), 1]] };
  const units = new Set(touches.flatMap(({ visit, leg }) => (fact.home === "visit" ? visit : leg) ?? []));
  const totals = [...units].flatMap((unit) => touches[0]?.conversation.parts[unit]?.metrics?.[metric] ?? []);
  return {
    total: totals.reduce((sum, total) => sum + total[stat], 0),
    each: totals.flatMap(({ emits = [] }) => emits.map(([at, value]) => [at, stat === "count" ? 1 : value] as const)),
  };
}

/** When the sessions of a touch's group began: the server counts the conversation at the first of them. */
function startsOf({ conversation, part, legPart }: Touch, { onlyLegs, byQueue }: AggregatesPlan): number[] {
  if (onlyLegs) return [(legPart ?? conversation).startedAt];
  return conversation.parts
    .filter((other) => other.mediaType === part?.mediaType && (!byQueue || other.queueId === part.queueId))
    .map(({ startedAt }) => startedAt);
}
