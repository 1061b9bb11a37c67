/** The port to the listings that give names to ids. */
import type { Directory } from "../domain/directory.ts";
import type { EntityKind } from "../domain/field.ts";

/** Listings by kind. */
export interface NameListings {
  readonly directory: Directory;
  /** When the oldest listing was read, epoch milliseconds, where some were kept from earlier; absent: all just now. */
  readonly keptSince?: number;
}

/** Reads whole listings, once a run. */
export interface NameSource {
  /**
   * The entities of these kinds, inactive ones too; `fresh` refuses what was kept. Throws `genesys.forbidden` with
   * the missing permission.
   */
  read(kinds: readonly EntityKind[], signal: AbortSignal, fresh?: boolean): Promise<NameListings>;
}
