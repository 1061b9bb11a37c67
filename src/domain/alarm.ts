/**
 * An alarm: something about the schedule of a report that its owner should know. Each is raised once, by the row that
 * report, instant and kind make. It names no conversation, no file and no link.
 */
import type { ScheduledKey } from "./scheduled-run.ts";

/** What is the matter. */
export type AlarmKind =
  /** The run of the instant gave up. */
  | "failed"
  /** It is not done so long after its instant. */
  | "late"
  /** No scheduler was at work at the instant, or at some before it. */
  | "missed"
  /** The schedule is paused after failures. */
  | "paused"
  /** A run ended well after one of these. */
  | "recovered";

/** One alarm. */
export interface Alarm extends ScheduledKey {
  /** A UUID, the same in every try to tell it. */
  readonly id: string;
  readonly kind: AlarmKind;
  /** In words. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly raisedAt: number;
}
