/** A report table becomes files: each format writes from the same rows. */
import type { ExportFormat } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import { csvChunks } from "./write-csv.ts";
import { htmlChunks, type PageFacts } from "./write-html.ts";
import { jsonChunks } from "./write-json.ts";

/** The chunks of one format. */
export function chunksOf(format: ExportFormat, table: ReportTable, facts: PageFacts): AsyncIterable<string> {
  switch (format) {
    case "csv":
      return csvChunks(table);
    case "json":
      return jsonChunks(table);
    case "html":
      return htmlChunks(table, facts);
  }
}
