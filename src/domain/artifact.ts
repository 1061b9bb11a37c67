/** An exported file, and the manifest that lists a run's files with all that is needed to trust them. */
import type { AggregatesForm } from "./aggregates-query.ts";
import type { Delivery } from "./delivery.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { ExportFormat, TimeBasis } from "./report-definition.ts";
import type { Cell, Finding } from "./report-table.ts";

/** A finished file: written beside, synced, renamed. */
export interface Artifact {
  readonly name: string;
  readonly format: ExportFormat;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What happened to one slice of the window. */
export interface SliceReport {
  readonly slice: string;
  readonly interval: string;
  /** Rows that the service sent, with repetitions. */
  readonly received: number;
  readonly requests: number;
  /** The service's own count, as it said last. */
  readonly totalHits: number;
  readonly unique: number;
  readonly duplicates: number;
  readonly outsideWindow: number;
  readonly rejected: number;
}

/** What happened to one question to the aggregates. */
export interface QuestionReport {
  readonly form: AggregatesForm;
  readonly interval: string;
  /** Absent: one bucket for the interval. */
  readonly granularity?: string;
  readonly requests: number;
  /** Groups that came, each bucket counted. */
  readonly rows: number;
}

/** A run's own account of itself: `manifest.json`. Its keys are read by other people's scripts. */
export interface Manifest {
  readonly schema: "callsheet.manifest/1";
  readonly runId: string;
  readonly report: string;
  readonly title: string;
  readonly definitionHash: string;
  readonly version: string;
  readonly interval: string;
  readonly timeZone: string;
  readonly revision: number;
  readonly source: string;
  /** Which clock decided the window and the bucket of each figure. */
  readonly timeBasis: TimeBasis;
  readonly filter: string;
  readonly completeness: "complete" | "provisional";
  readonly reasons: readonly string[];
  /** When the oldest listing of names was read: names are those of that time. */
  readonly namesAsOf: string;
  /** The instant up to which the data were asked for. */
  readonly dataUntil: string;
  /** Empty when aggregates answered: no conversation was fetched. */
  readonly slices: readonly SliceReport[];
  /** What aggregates were asked, when they answered. */
  readonly questions?: readonly QuestionReport[];
  readonly counts: {
    readonly requests: number;
    readonly retries: number;
    readonly bytes: number;
    readonly received: number;
    readonly duplicates: number;
    readonly outsideWindow: number;
    readonly unique: number;
    readonly rejected: number;
    readonly open: number;
  };
  readonly totals: Readonly<Record<string, Cell>>;
  readonly findings: readonly Finding[];
  /** Present when the run was asked to compare its figures with the server's aggregates. */
  readonly reconciliation?: Reconciliation;
  readonly artifacts: readonly Artifact[];
  readonly deliveries: readonly Omit<Delivery, "url">[];
  readonly startedAt: string;
  readonly finishedAt: string;
}
