/** Time is handed in, so that tests move it and nothing else reads it. */

/** The wall clock for instants, the monotonic one for durations, and waiting. */
export interface Clock {
  /** Epoch milliseconds; may jump. */
  now(): number;
  /** Milliseconds since some start, the same for all processes of a machine; never goes back. */
  elapsed(): number;
  /** Resolves after the time, or rejects with the signal's reason. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}
