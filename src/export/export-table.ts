/** A report table becomes files: each format writes from the same rows, and is loaded when it is asked for. */
import { type ExportFormat, PARTING_PATHS, type ReportDefinition } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import type { ParquetPart, ParquetWriter } from "./parquet-writer.ts";
import type { Provenance } from "./provenance.ts";
import type { PageFacts } from "./write-html.ts";

/** What files are made from. */
export interface ExportInput {
  readonly definition: Pick<ReportDefinition, "name" | "csv" | "parquetByDay">;
  readonly table: ReportTable;
  readonly facts: PageFacts;
  readonly provenance: Provenance;
  readonly parquet: ParquetWriter;
}

/** A file to be written before the next one is asked for. */
export interface ExportFile {
  /** Its path below the folder of the report's files. */
  readonly name: string;
  readonly rows: number;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

/** The files of one format, one or one for each day; JSON is written before, as the rows that runs are compared by. */
export async function* filesOf(format: Exclude<ExportFormat, "json">, input: ExportInput): AsyncGenerator<ExportFile> {
  const { definition, table, facts, provenance, parquet } = input;
  const whole = (chunks: ExportFile["chunks"]): ExportFile => ({
    name: `${definition.name}.${format}`,
    rows: table.rowCount,
    chunks,
  });
  switch (format) {
    case "csv":
      return yield whole((await import("./write-csv.ts")).csvChunks(table, definition.csv));
    case "ndjson":
      return yield whole((await import("./write-json.ts")).ndjsonChunks(table));
    case "xlsx":
      return yield whole((await import("./write-xlsx.ts")).xlsxChunks(table, facts, provenance));
    case "html":
      return yield whole((await import("./write-html.ts")).htmlChunks(table, facts));
    case "parquet":
      if (!definition.parquetByDay || table.rowCount === 0) {
        for await (const { chunks } of parquet.writeParquet(table, provenance)) yield whole(chunks);
        return;
      }
      for await (const part of parquet.writeParquet(table, provenance, partingColumn(table)))
        yield { name: partName(definition.name, part), rows: part.rows, chunks: part.chunks };
  }
}

/** Parsing has made sure that there is one. */
function partingColumn({ columns }: ReportTable): number {
  const names = columns.map(({ name }) => name);
  return Math.max(
    0,
    ...PARTING_PATHS.map((path) => names.indexOf(path))
      .filter((index) => index >= 0)
      .slice(0, 1),
  );
}

/** As Hive, Athena, Spark, Trino and DuckDB read it; the second name is theirs for no value. */
function partName(report: string, { day }: ParquetPart): string {
  return typeof day === "string"
    ? `${report}/day=${day}/${report}-${day}.parquet`
    : `${report}/day=__HIVE_DEFAULT_PARTITION__/${report}-none.parquet`;
}
