/** The part of a run that reads names: those its columns show, and those its filter asks for. */
import type { Directory } from "../domain/directory.ts";
import { ReportError } from "../domain/errors.ts";
import type { Filter, ReportDefinition } from "../domain/report-definition.ts";
import { bindNames, kindsUsed } from "../plan/bind-names.ts";
import type { NameSource } from "./name-source.ts";

/** Names as they are in this run, and the filter over ids. */
export interface RunNames {
  readonly directory: Directory;
  readonly filter: Filter;
  /** When the oldest listing was read, epoch milliseconds; absent when all were read just now. */
  readonly keptSince?: number;
}

/** Reads and binds; a name that kept listings lack, or show twice, is looked up anew before it is refused. */
export async function readNames(
  definition: ReportDefinition,
  source: NameSource,
  signal: AbortSignal,
): Promise<RunNames> {
  const kinds = kindsUsed(definition);
  const listings = await source.read(kinds, signal);
  try {
    return { ...listings, filter: bindNames(definition.filter, listings.directory) };
  } catch (error) {
    const isUnknown = error instanceof ReportError && error.code === "definition.unknown_word";
    if (!isUnknown || listings.keptSince === undefined) throw error;
  }
  const { directory } = await source.read(kinds, signal, true);
  return { directory, filter: bindNames(definition.filter, directory) };
}
