/** Rows of a report that some recipient gets, and the account of all of them. Its keys stand in the manifest. */
import type { RowsOf } from "./report-definition.ts";

/**
 * How many rows, and the sum of their hashes: SHA-256 of each row's cells as a JSON array, added as numbers modulo 2^256,
 * hexadecimal. Totals and subtotals are left out: they are no rows of their own.
 */
export interface RowSum {
  readonly rows: number;
  readonly digest: string;
}

/** `all` and `repeated` together are all `shares` and `unclaimed` together, in rows and in digests. */
export interface ShareProof {
  /** The whole report. */
  readonly all: RowSum;
  readonly shares: readonly (RowSum & { readonly to: string; readonly only: readonly RowsOf[] })[];
  /** Rows that are in no share. */
  readonly unclaimed: RowSum;
  /** Rows that are in several shares, once for each share after the first. */
  readonly repeated: RowSum;
}
