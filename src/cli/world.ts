/** The world that commands act in: output, environment, folder, clock. Tests hand in another one. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../domain/clock.ts";

/** Everything outside the process that a command touches directly. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Data, for people and for pipes. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  /** Whether `err` is a terminal that may be animated. */
  readonly animated: boolean;
  /** Whether a person reads `err` as it is written; absent: a program does. */
  readonly terminal?: boolean;
  /** Asks a person to say yes; absent where nobody can be asked. */
  confirm?(question: string): Promise<boolean>;
  /** Aborted by Ctrl-C and by SIGTERM, with the reason. */
  readonly signal: AbortSignal;
}

/** Node's timers hold 31 bits: a longer one would ring at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  // Counted from the machine's start, so that processes which share a rate budget mean the same instants.
  elapsed: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (durationMs, signal) => {
    for (let leftMs = durationMs; leftMs >= 0; leftMs -= LONGEST_TIMER_MS)
      await sleep(Math.min(leftMs, LONGEST_TIMER_MS), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
