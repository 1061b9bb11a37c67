/**
 * The queue that a figure belongs to. A customer's session passes through several, so it is that of the segment which
 * covers the moment of the figure; a figure is emitted when its phase ends, so of two segments that meet there it is the
 * one that ends. Where no segment with a queue covers the moment, the session lends the queue that was last before it,
 * or else the first after it.
 */
import type { Conversation, Segment } from "../centre.ts";
import type { MetricEvent } from "./metric-event.ts";

/** The id of the queue; undefined when the session met none. */
export function queueOfEvent({ session, emitAt }: Pick<MetricEvent, "session" | "emitAt">): string | undefined {
  const [only, ...more] = new Set(session.segments.map(({ queueId }) => queueId).filter((id) => id !== undefined));
  if (more.length === 0) return only;
  const queued = inOrder(session.segments.filter(({ queueId }) => queueId !== undefined));
  const before = queued.findLast((segment) => startOf(segment) < emitAt && endOf(segment) >= emitAt);
  const beginning = queued.find((segment) => startOf(segment) === emitAt);
  const left = queued.findLast((segment) => startOf(segment) <= emitAt);
  return (before ?? beginning ?? left ?? queued[0])?.queueId;
}

/** The queue that a conversation met first. */
export function firstQueueOf({ participants }: Conversation): string | undefined {
  const segments = participants.flatMap(({ sessions }) => sessions.flatMap((session) => session.segments));
  return inOrder(segments.filter(({ queueId }) => queueId !== undefined))[0]?.queueId;
}

function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return segments.toSorted((left, right) => startOf(left) - startOf(right));
}

function startOf({ segmentStart }: Segment): number {
  return Date.parse(segmentStart);
}

function endOf({ segmentEnd }: Segment): number {
  return segmentEnd === undefined ? Number.POSITIVE_INFINITY : Date.parse(segmentEnd);
}
