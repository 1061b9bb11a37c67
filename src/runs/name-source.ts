/** The port to the listings that give names to ids. */
import type { Directory } from "../domain/directory.ts";
import type { EntityKind } from "../domain/field.ts";

/** Reads whole listings, once a run. */
export interface NameSource {
  /** The entities of these kinds, inactive ones too. Throws `genesys.forbidden` with the missing permission. */
  read(kinds: readonly EntityKind[], signal: AbortSignal): Promise<Directory>;
}
