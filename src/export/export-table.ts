/** A report table becomes files: each format writes from the same rows, and is loaded when it is asked for. */
import type { ExportFormat } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import type { PageFacts } from "./write-html.ts";

/** The chunks of one format. */
export async function* chunksOf(format: ExportFormat, table: ReportTable, facts: PageFacts): AsyncGenerator<string> {
  switch (format) {
    case "csv":
      return yield* (await import("./write-csv.ts")).csvChunks(table);
    case "json":
      return yield* (await import("./write-json.ts")).jsonChunks(table);
    case "html":
      return yield* (await import("./write-html.ts")).htmlChunks(table, facts);
  }
}
