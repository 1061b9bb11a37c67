/**
 * The files of a run: the report in each of its formats, and in folders of their own the files of those who get some of
 * its rows only. Theirs say nothing of the rest: neither a total nor a count, neither the filter nor a finding.
 */
import { createHash } from "node:crypto";
import type { Artifact, Manifest } from "../domain/artifact.ts";
import type { ExportFormat, ReportDefinition, RowsOf } from "../domain/report-definition.ts";
import type { RunFolder, WrittenFile } from "../domain/run-folder.ts";
import { type ExportInput, filesOf } from "../export/export-table.ts";
import { jsonChunks } from "../export/write-json.ts";
import { untilAborted } from "../support/until-aborted.ts";
import { shareRows } from "./share-rows.ts";

/** Writes the report in each of its formats; its rows are written as JSON before. */
export async function exportArtifacts(
  input: ExportInput,
  formats: readonly ExportFormat[],
  folder: Pick<RunFolder, "writeArtifact">,
  rowsFile: WrittenFile,
  signal: AbortSignal,
): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const format of formats) {
    const written: Artifact[] = [];
    if (format === "json") {
      const { path, bytes, sha256 } = rowsFile;
      written.push({ name: rowsName(input.definition), format, path, rows: input.table.rowCount, bytes, sha256 });
    } else {
      for await (const { name, rows, chunks } of filesOf(format, input)) {
        const { path, bytes, sha256 } = await folder.writeArtifact(name, untilAborted(chunks, signal));
        written.push({ name, format, path, rows, bytes, sha256 });
      }
    }
    artifacts.push(...asDataset(written));
  }
  return artifacts;
}

/** The rows are written as JSON in any case: runs are compared by them. */
export function rowsName({ name }: Pick<ReportDefinition, "name">): string {
  return `${name}.json`;
}

/** Files of one format that belong together get a hash over all of them. */
function asDataset(artifacts: readonly Artifact[]): readonly Artifact[] {
  if (artifacts.length < 2) return artifacts;
  const hash = createHash("sha256");
  for (const { name, sha256 } of artifacts) hash.update(`${name} ${sha256}\n`);
  const dataset = hash.digest("hex");
  return artifacts.map((artifact) => ({ ...artifact, dataset }));
}

/** Writes the files of every share, and the account of them; undefined when everybody gets the whole report. */
export async function exportShares(
  input: ExportInput,
  { name, recipients, formats }: ReportDefinition,
  folder: RunFolder,
  notify: (message: string) => void,
  signal: AbortSignal,
): Promise<Manifest["shares"] | undefined> {
  const partial = recipients.filter(({ only }) => only.length > 0);
  if (partial.length === 0) return undefined;
  const { shares, proof, unmatched } = await shareRows(input.table, partial, signal);
  for (const note of unmatched) notify(note);
  const files: Record<string, Artifact[]> = {};
  for (const { recipient, table } of shares) {
    const within = inFolder(folder, recipient.to);
    const rowsFile = await within.writeArtifact(`${name}.json`, untilAborted(jsonChunks(table), signal));
    const written = await exportArtifacts(shareInput(input, table, recipient.only), formats, within, rowsFile, signal);
    files[recipient.to] = written.map((artifact) => ({ ...artifact, name: `${recipient.to}/${artifact.name}` }));
  }
  return { ...proof, files };
}

function inFolder(folder: RunFolder, name: string): Pick<RunFolder, "writeArtifact"> {
  return { writeArtifact: async (file, chunks) => await folder.writeArtifact(`${name}/${file}`, chunks) };
}

function shareInput(input: ExportInput, table: ExportInput["table"], only: readonly RowsOf[]): ExportInput {
  const filter = only
    .map(({ path, values }) => `${path} in ${values.map((value) => value ?? "–").join(", ")}`)
    .join(" and ");
  const { conversations: _all, ...facts } = input.facts;
  const { conversations: _read, open: _open, rejected: _rejected, ...provenance } = input.provenance;
  return { ...input, table, facts: { ...facts, filter }, provenance: { ...provenance, filter, rows: table.rowCount } };
}
