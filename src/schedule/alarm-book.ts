/**
 * The port to alarms. What happens to a run raises its alarm in the same transaction; only what does not happen has to be
 * looked for. Schedulers on several machines share one book: each message is taken by one of them at a time.
 *
 * Every call may be repeated. All throw `database.unavailable` when the database stays away.
 */
import type { Alarm } from "../domain/alarm.ts";

/** Alarms and who was told of them; instants are epoch milliseconds of the database's clock. */
export interface AlarmBook {
  /** Raises an alarm for each run that is not over so long after its instant, or after the end of its wait for data. */
  raiseLate(lateMs: number, now: number): Promise<void>;
  /**
   * Takes what is to be told there, so many at most, the oldest first: for a while nobody else gets it, and then it
   * comes again, later each time, until it is noted as told or was tried often enough.
   */
  take(destination: string, most: number, now: number): Promise<readonly Alarm[]>;
  noteTold(destination: string, alarmIds: readonly string[], now: number): Promise<void>;
}
