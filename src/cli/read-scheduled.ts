/** The reports of a folder that have a schedule, read again at each look; what did not change is parsed once. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { ReportError } from "../domain/errors.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import type { ReadReport, ReportFiles } from "../schedule/create-scheduler.ts";
import type { ScheduledDefinition } from "../schedule/due-runs.ts";
import type { ScheduledReport } from "../schedule/schedule-book.ts";
import { parseReport, reportFiles } from "./find-report.ts";
import { readText } from "./read-text.ts";

/** What is known of one file. */
interface Read {
  readonly text: string;
  /** Absent without a schedule, and while the file is broken. */
  readonly report?: ReadReport;
  readonly problem?: string;
}

/** Makes the reader; what is wrong with a file is told once. */
export function createReportReader(folder: string, notify: (message: string) => void): () => Promise<ReportFiles> {
  let known = new Map<string, Read>();
  return async () => {
    const now = new Map<string, Read>();
    const reports = new Map<string, ReadReport>();
    const broken = new Set<string>();
    for (const file of reportFiles(folder).sort()) {
      const before = known.get(file);
      const read = await readOne(folder, file, before);
      now.set(file, read);
      const name = read.report?.report ?? before?.report?.report ?? file.slice(0, file.lastIndexOf("."));
      if (read.problem !== undefined) {
        if (read.problem !== before?.problem) notify(`${read.problem}\nIts schedule stays as it was.`);
        broken.add(name);
      } else if (read.report) {
        const first = reports.get(name);
        if (first === undefined) reports.set(name, read.report);
        else if (before?.text !== read.text)
          notify(`reports/${file} is named ${name}, as ${first.file} is: only the latter is scheduled`);
      }
    }
    known = now;
    return { reports: [...reports.values()], broken };
  };
}

async function readOne(folder: string, file: string, before: Read | undefined): Promise<Read> {
  const shown = `reports/${file}`;
  try {
    const text = readText(join(folder, "reports", file), shown);
    if (text === before?.text) return before;
    const definition = await parseReport(text, shown);
    if (!isScheduled(definition)) return { text };
    return { text, report: { ...bookedReport(definition.name, shown, text), definition } };
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return { text: "", problem: error.message, ...(before?.report && { report: before.report }) };
  }
}

/** The report as the database keeps it. */
export function bookedReport(report: string, file: string, text: string): ScheduledReport {
  return { report, hash: createHash("sha256").update(`${file}\n${text}`).digest("hex"), file, text };
}

/** Whether the report has a schedule. */
export function isScheduled(definition: ReportDefinition): definition is ScheduledDefinition {
  return definition.schedule !== undefined;
}
