/** An exported file, and the manifest that lists a run's files with all that is needed to trust them. */
import type { AggregatesForm } from "./aggregates-query.ts";
import type { Delivery, PlacedFile, SentMessage } from "./delivery.ts";
import type { CheckResult } from "./expectation.ts";
import type { Mask } from "./personal-data.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { ExportFormat, TimeBasis } from "./report-definition.ts";
import type { Cell, Finding } from "./report-table.ts";
import type { ComparedColumn, RunChanges } from "./row-change.ts";
import type { ShareProof } from "./share.ts";
import type { RecordChanges } from "./stored-day.ts";

/** A finished file: written beside, synced, renamed. */
export interface Artifact {
  /** With folders where a format is several files: `calls/day=2024-03-01/calls-2024-03-01.parquet`. */
  readonly name: string;
  readonly format: ExportFormat;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** In a format that is several files: one hash over all of them, hexadecimal, by which they lie together. */
  readonly dataset?: string;
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

/** What of a window came from the local store. */
export interface StoreReport {
  readonly days: readonly { readonly interval: string; readonly fetchedAt: string }[];
  readonly conversations: number;
  /** What the details query would have taken for them, at least. */
  readonly requestsSaved: number;
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
  /** The period before, where the report compares; slices and counts are of both. */
  readonly comparedWith?: string;
  readonly timeZone: string;
  /** Counts the restatements of one report, definition and window, from 1. */
  readonly revision: number;
  /** How the rows differ from those of the run before; absent in the first one. */
  readonly changes?: RunChanges;
  readonly source: string;
  /** Which clock decided the window and the bucket of each figure. */
  readonly timeBasis: TimeBasis;
  readonly filter: string;
  /** Paths that show something else than their values; present when there are any. */
  readonly masks?: Readonly<Record<string, Mask>>;
  /** Pseudonyms of another key cannot be compared with these; present when there are any. */
  readonly pseudonymKeyId?: string;
  readonly completeness: "complete" | "provisional";
  readonly reasons: readonly string[];
  /** When the oldest listing of names was read: names are those of that time. */
  readonly namesAsOf: string;
  /** The instant up to which the data were asked for. */
  readonly dataUntil: string;
  /** Up to here the service is not expected to change what it told; absent when no store is kept. */
  readonly settledUntil?: string;
  /** Empty when aggregates answered, or the local store held everything: no conversation was fetched. */
  readonly slices: readonly SliceReport[];
  /** What aggregates were asked, when they answered. */
  readonly questions?: readonly QuestionReport[];
  /** Present when days came from the local store. */
  readonly fromStore?: StoreReport;
  /** How conversations that were asked for again differ from what the service had told; present when it was. */
  readonly conversationChanges?: RecordChanges & { readonly since: string };
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
  readonly columns: readonly ComparedColumn[];
  /** The rows as a JSON file in the run's folder, whatever was exported. */
  readonly rows: { readonly count: number; readonly sha256: string };
  readonly totals: Readonly<Record<string, Cell>>;
  readonly findings: readonly Finding[];
  /** What came of the report's own expectations; present when it has any. */
  readonly checks?: readonly CheckResult[];
  /** Present when the run was asked to compare its figures with the server's aggregates. */
  readonly reconciliation?: Reconciliation;
  readonly artifacts: readonly Artifact[];
  /** Names of the destinations that the report is delivered to; present when there are any. */
  readonly deliverTo?: readonly string[];
  readonly deliveries: readonly Omit<Delivery, "url">[];
  /** The instant for which it ran, where one was named; the words of its window are meant as of it. */
  readonly nominalAt?: string;
  /** Files in folders; present when there are any. */
  readonly placed?: readonly PlacedFile[];
  /** The files of those who get some of the rows, and the proof that these are the rows; present when there are any. */
  readonly shares?: ShareProof & { readonly files: Readonly<Record<string, readonly Artifact[]>> };
  /** What came of the messages; present when there were any. */
  readonly messages?: readonly SentMessage[];
  readonly startedAt: string;
  readonly finishedAt: string;
}
