/** What a command line says instead of the report file, for the commands that plan or run a report. */
import { parseWindow } from "../define/parse-window.ts";
import { ReportError } from "../domain/errors.ts";
import { EXPORT_FORMATS, type ExportFormat, type ReportDefinition } from "../domain/report-definition.ts";

/** Options as the command line gives them. */
export interface Overrides {
  readonly interval?: string;
  readonly format?: string;
}

/** The definition with what the command line overrides. */
export function withOptions(definition: ReportDefinition, { interval, format }: Overrides): ReportDefinition {
  const window = interval === undefined ? definition.window : parseWindow(interval);
  if ("refused" in window) throw new ReportError("definition.interval_invalid", `--interval: ${window.refused}`);
  const formats = format === undefined ? definition.formats : format.split(",").map((name) => formatOf(name.trim()));
  return { ...definition, window, formats };
}

function formatOf(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === name);
  if (format) return format;
  throw new ReportError("definition.invalid", `Cannot write format "${name}"`, {
    hint: `Choose from ${EXPORT_FORMATS.join(", ")}, separated by commas.`,
  });
}
