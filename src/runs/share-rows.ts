/**
 * The rows of each recipient who does not get all of them, and the proof that the shares leak nothing and lose nothing:
 * every row is counted in the whole and in what came of it, and the hashes of the rows add up. What is a figure over rows
 * of others, a total for instance, is in no share.
 */
import { createHash } from "node:crypto";
import { assert } from "../domain/errors.ts";
import type { Recipient, RowsOf } from "../domain/report-definition.ts";
import { type Cell, createIsGroup, createIsPart, type ReportTable } from "../domain/report-table.ts";
import type { RowSum, ShareProof } from "../domain/share.ts";
import { untilAborted } from "../support/until-aborted.ts";

/** A recipient with the table of his rows. */
export interface Share {
  readonly recipient: Recipient;
  readonly table: ReportTable;
  readonly sum: RowSum;
}

/** Cuts the shares and proves them; a broken proof is our own defect, and nothing is handed out. */
export async function shareRows(
  whole: ReportTable,
  recipients: readonly Recipient[],
  signal: AbortSignal,
): Promise<{ readonly shares: readonly Share[]; readonly proof: ShareProof; readonly unmatched: readonly string[] }> {
  const takes = recipients.map(({ only }) => createTakes(whole, only));
  const isPart = createIsPart(whole.columns);
  const all = createSum();
  const unclaimed = createSum();
  const repeated = createSum();
  const rowCounts = recipients.map(() => 0);
  const seen = recipients.map(({ only }) => only.map(() => new Set<Cell>()));
  for await (const row of untilAborted(whole.rows(), signal)) {
    const takers = takes.flatMap((take, index) => (take(row) ? [index] : []));
    for (const index of takers) rowCounts[index] = (rowCounts[index] ?? 0) + 1;
    for (const [index, { only }] of recipients.entries())
      for (const [place, { path }] of only.entries()) seen[index]?.[place]?.add(row[columnOf(whole, path)] ?? null);
    if (!isPart(row)) continue;
    all.add(row);
    if (takers.length === 0) unclaimed.add(row);
    for (const _again of takers.slice(1)) repeated.add(row);
  }
  const shares: Share[] = [];
  for (const [index, recipient] of recipients.entries()) {
    const table = tableOf(whole, takes[index] ?? (() => false), rowCounts[index] ?? 0);
    // Counted from the table that the files are written from, not from the pass above.
    const sum = createSum();
    for await (const row of untilAborted(table.rows(), signal)) if (isPart(row)) sum.add(row);
    shares.push({ recipient, table, sum: sum.get() });
  }
  const proof: ShareProof = {
    all: all.get(),
    shares: shares.map(({ recipient, sum }) => ({ to: recipient.to, only: recipient.only, ...sum })),
    unclaimed: unclaimed.get(),
    repeated: repeated.get(),
  };
  assert(addsUp(proof), "the rows of all shares are the rows of the report");
  const unmatched = recipients.flatMap(({ to, only }, index) =>
    only.flatMap(({ path, values }, place) =>
      values
        .filter((value) => seen[index]?.[place]?.has(value) !== true)
        .map((value) => `${to}: no row has ${path} ${JSON.stringify(value)}`),
    ),
  );
  return { shares, proof, unmatched };
}

/** Whether shares, what nobody took and what several took make up the whole; anybody can calculate it from the manifest. */
export function addsUp({ all, shares, unclaimed, repeated }: ShareProof): boolean {
  const left = [all, repeated];
  const right = [...shares, unclaimed];
  const rows = (sums: readonly RowSum[]): number => sums.reduce((total, sum) => total + sum.rows, 0);
  const digest = (sums: readonly RowSum[]): bigint =>
    sums.reduce((total, sum) => (total + BigInt(`0x${sum.digest}`)) % MODULUS, 0n);
  return rows(left) === rows(right) && digest(left) === digest(right);
}

function columnOf({ columns }: ReportTable, path: string): number {
  return columns.findIndex(({ name, role }) => name === path && (role === "key" || role === "detail"));
}

/**
 * A group is taken by its values. What is no group (a subtotal, the others) is over all values of a key where it shows
 * none: it is taken only by values that it shows.
 */
function createTakes(table: ReportTable, only: readonly RowsOf[]): (row: readonly Cell[]) => boolean {
  const isGroup = createIsGroup(table.columns);
  const wanted = only.map(({ path, values }) => ({ index: columnOf(table, path), values: new Set<Cell>(values) }));
  return (row) =>
    wanted.every(({ index, values }) => {
      const value = row[index] ?? null;
      return values.has(value) && (value !== null || isGroup(row));
    });
}

/** Without the totals, which are over rows of others, and without findings, which may name them. */
function tableOf(whole: ReportTable, takes: (row: readonly Cell[]) => boolean, rowCount: number): ReportTable {
  return {
    columns: whole.columns,
    rowCount,
    findings: [],
    async *rows() {
      for await (const row of whole.rows()) if (takes(row)) yield row;
    },
  };
}

const MODULUS = 2n ** 256n;

/** Adds the SHA-256 of each row as a number: the order of rows does not matter, and sums of parts can be added. */
function createSum(): { add(row: readonly Cell[]): void; get(): RowSum } {
  let rows = 0;
  let sum = 0n;
  return {
    add(row) {
      rows += 1;
      sum = (sum + BigInt(`0x${createHash("sha256").update(JSON.stringify(row)).digest("hex")}`)) % MODULUS;
    },
    get: () => ({ rows, digest: sum.toString(16).padStart(64, "0") }),
  };
}
