/** The port to the runs that were: what each was asked, and the rows that it gave. */
import type { Interval } from "../domain/interval.ts";
import type { Cell } from "../domain/report-table.ts";
import type { ComparedColumn, ReportRow } from "../domain/row-change.ts";

/** A run that gave rows, as far as another one is compared with it. */
export interface ComparableRun {
  readonly runId: string;
  readonly report: string;
  readonly definitionHash: string;
  readonly interval: string;
  readonly revision: number;
  readonly finishedAt: string;
  readonly columns: readonly ComparedColumn[];
  readonly rows: { readonly count: number; readonly sha256: string };
}

/** A run that ended well, as far as a later one of its report is held against it. */
export interface CompleteRun {
  readonly runId: string;
  readonly interval: Interval;
  readonly finishedAt: string;
  readonly rowCount: number;
  /** The measures over all rows; empty in a detail report. */
  readonly totals: Readonly<Record<string, Cell>>;
}

/** Runs that gave rows, and whose folders are still there. */
export interface PastRuns {
  /** Those of a report, in no order. */
  of(report: string): AsyncIterable<ComparableRun>;
  /** Those of a report that ended well with complete data, in no order. */
  complete(report: string): AsyncIterable<CompleteRun>;
  /** Throws `config.missing` when there is none of that name. */
  get(runId: string): Promise<ComparableRun>;
  /** The rows; undefined when they are too many to be held in memory. Throws `disk.unwritable` for a damaged file. */
  readRows(run: Pick<ComparableRun, "runId" | "report" | "rows">): Promise<readonly ReportRow[] | undefined>;
}

/** Whether a run gave its rows after another one; of two at the same time the higher revision was the later one. */
export function isLater(run: ComparableRun, other: ComparableRun): boolean {
  return run.finishedAt === other.finishedAt ? run.revision > other.revision : run.finishedAt > other.finishedAt;
}
