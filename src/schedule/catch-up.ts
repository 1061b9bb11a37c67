/**
 * What becomes of instants at which nobody was there: the machine was off or asleep, the scheduler dead, the clock put
 * forward. That is told by the instants that passed, not by timers. What nobody runs still gets its row, with the reason.
 */
import type { Missed } from "../domain/schedule.ts";

/** What so little after its instant is looked at was not missed: a scheduler looks every second. */
export const ON_TIME_MS = 60_000;

/** Rows that one step enters at most; what is left comes in the next. A year of minutes takes fifty steps. */
export const MOST_INSTANTS = 10_000;

/** An instant that passed, and whether it is run. */
export interface PassedInstant {
  readonly at: number;
  /** Why nothing is run for it; absent when it is run. */
  readonly missed?: string;
}

/**
 * Parts the instants, earliest first; `more` says that later ones than these have passed too. Then the latest of these
 * may be left for the next step, which knows what follows.
 */
export function catchUp(instants: readonly number[], missed: Missed, now: number, more = false): PassedInstant[] {
  const most = mostOf(missed);
  if (more) return instants.slice(0, instants.length - most).map((at) => ({ at, missed: reasonFor(missed) }));
  const late = instants.filter((at) => now - at > ON_TIME_MS);
  const onTime = instants.slice(late.length);
  // The latest is the one that is on time, when there is one.
  const runs = missed.kind === "latest" && onTime.length > 0 ? 0 : most;
  return [
    ...late.map((at, index) => (index < late.length - runs ? { at, missed: reasonFor(missed) } : { at })),
    ...onTime.map((at) => ({ at })),
  ];
}

function mostOf(missed: Missed): number {
  switch (missed.kind) {
    case "skip":
      return 0;
    case "latest":
      return 1;
    case "all":
      return missed.most;
  }
}

function reasonFor(missed: Missed): string {
  const nobody = "no scheduler was at work at this instant";
  switch (missed.kind) {
    case "skip":
      return `${nobody}; what was missed is not run (missed: skip)`;
    case "latest":
      return `${nobody}; of what was missed only the latest is run (missed: latest)`;
    case "all":
      return `${nobody}; of what was missed only the latest ${missed.most} are run`;
  }
}
