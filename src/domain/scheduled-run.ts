/**
 * A scheduled run: what a report owes for one nominal instant of its schedule. Report and instant are its identity,
 * so two schedulers, a restart or a clock that steps mean the same run.
 *
 *            ┌── waiting: its window is not complete yet ──┐
 *   due ─────┴──────────────────────────────────────────────┴─► queued ─► running ─► done
 *    │                                                            ▲          ├─► provisional ─► queued, to be restated
 *    └─► skipped (another run was under way)                      └─ again ──┤
 *   missed (nobody was there)       cancelled (from any open state)          └─► failed
 *
 * `due` is what nothing holds up but its turn; `queued` has a task that a worker takes. A worker that died, or that was
 * stopped, leaves the run to the next one, which goes on in the same folder.
 */

/** How a scheduled run stands. */
export const SCHEDULED_STATES = [
  "due",
  "waiting",
  "queued",
  "running",
  "done",
  "provisional",
  "failed",
  "skipped",
  "missed",
  "cancelled",
] as const;

/** One of them. */
export type ScheduledState = (typeof SCHEDULED_STATES)[number];

/** What still has to be done, and so stands in the way of the next run where runs may not overlap. */
export const OPEN_STATES: readonly ScheduledState[] = ["due", "waiting", "queued", "running"];

/** Whose run it is, and of which instant of the schedule (epoch milliseconds). */
export interface ScheduledKey {
  readonly report: string;
  readonly nominalAt: number;
}

/**
 * The key of a window of the past that is run through the queue: its end stands for the nominal instant, and the length
 * of the windows stands behind the report, as in `voice-by-queue:P1D@2026-01-02T00:00:00Z`. No report has a colon in its
 * name, so the window of a backfill is never the run of a schedule, be it of the same instant.
 */
export function backfillKey(report: string, every: string, endAt: number): ScheduledKey {
  return { report: `${report}:${every}`, nominalAt: endAt };
}

/** How long the windows are to which the key belongs; undefined for a run of a schedule. */
export function backfilledEvery({ report }: Pick<ScheduledKey, "report">): string | undefined {
  return report.split(":")[1];
}

/** How a scheduled run is named where it has no folder yet: `voice-by-queue@2024-03-01T02:00:00Z`. */
export function formatKey({ report, nominalAt }: ScheduledKey): string {
  return `${report}@${new Date(nominalAt).toISOString().replace(".000Z", "Z")}`;
}

/** Reads such a name; undefined when it is none. */
export function parseKey(text: string): ScheduledKey | undefined {
  const cut = text.lastIndexOf("@");
  const nominalAt = Date.parse(text.slice(cut + 1));
  return cut < 1 || Number.isNaN(nominalAt) ? undefined : { report: text.slice(0, cut), nominalAt };
}
