/** The port to the runs that were: what each was asked, and the rows that it gave. */
import type { ComparedColumn, ReportRow } from "../domain/row-change.ts";

/** A finished run, as far as another one is compared with it. */
export interface PastRun {
  readonly runId: string;
  readonly report: string;
  readonly definitionHash: string;
  readonly interval: string;
  readonly revision: number;
  readonly finishedAt: string;
  readonly columns: readonly ComparedColumn[];
  readonly rows: { readonly count: number; readonly sha256: string };
}

/** Finished runs whose folders are still there. */
export interface PastRuns {
  /** Those of a report, the latest first. */
  of(report: string): AsyncIterable<PastRun>;
  /** Throws `config.missing` when there is none of that name. */
  get(runId: string): Promise<PastRun>;
  /** The rows; undefined when they are too many to be held in memory. Throws `disk.unwritable` for a damaged file. */
  readRows(run: PastRun): Promise<readonly ReportRow[] | undefined>;
}
