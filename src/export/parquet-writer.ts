/** The port to what writes Parquet: the engine that holds the rows knows the format. */
import type { ReportTable } from "../domain/report-table.ts";
import type { Provenance } from "./provenance.ts";

/** One file; it is there until the next one is asked for. */
export interface ParquetPart {
  /** The local day of its rows; null for rows without a time, undefined when the table was not parted. */
  readonly day?: string | null;
  readonly rows: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Writes tables as Parquet. Throws `disk.full` or `disk.unwritable`. */
export interface ParquetWriter {
  /**
   * The table as one file, or, where `dayColumn` is the place of a column of times, a file for each day in order, rows
   * without a time last. A file has rows in the order of the table, its columns' types, and the provenance as metadata.
   */
  writeParquet(table: ReportTable, provenance: Provenance, dayColumn?: number): AsyncIterable<ParquetPart>;
}
