/**
 * The port to how all schedules stand, as the database knows it: the same for every process of a fleet. It reads and
 * changes nothing. Both calls throw `database.unavailable` when the database stays away.
 */
import type { ScheduledState } from "../domain/scheduled-run.ts";

/** How one report stands; instants are epoch milliseconds. */
export interface ReportState {
  readonly report: string;
  readonly isPaused: boolean;
  /** Runs in the ledger by state; a state without a run is left out. */
  readonly runs: Readonly<Partial<Record<ScheduledState, number>>>;
  /** The latest instant that was neither left out nor cancelled; undefined before the first. */
  readonly latest: LatestInstant | undefined;
}

/** The latest instant of a report. */
export interface LatestInstant {
  readonly nominalAt: number;
  /** When it was done; undefined while it is not. */
  readonly doneAt: number | undefined;
  readonly rows: number | undefined;
}

/** How everything stands. */
export interface FleetState {
  /** The database's clock. */
  readonly now: number;
  readonly reports: readonly ReportState[];
}

/** Reads it. */
export interface FleetReader {
  /** Throws `database.newer_schema` when a newer callsheet has changed the tables. */
  expectSchema(): Promise<void>;
  /** The reports that have a schedule, by name, so many at most. */
  read(most: number): Promise<FleetState>;
}
