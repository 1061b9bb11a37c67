/** What a run took from the local store, and how it differs from the run before, for the terminal. */
import type { Manifest } from "../domain/artifact.ts";
import type { Cell } from "../domain/report-table.ts";
import type { RowChange, RowCounts } from "../domain/row-change.ts";
import { renderTable } from "./render-table.ts";

/** One line when days came from the store; one more when conversations changed since they were fetched before. */
export function renderStore({ fromStore, conversationChanges }: Manifest): string {
  const lines: string[] = [];
  if (fromStore) {
    const fetched = fromStore.days.map(({ fetchedAt }) => fetchedAt).sort();
    const [first = "", last = ""] = [fetched[0], fetched.at(-1)];
    lines.push(
      `from store, fetched at ${first === last ? first : `${first} to ${last}`}: ${days(fromStore.days.length)}, ${count(fromStore.conversations, "conversation")}; ${count(fromStore.requestsSaved, "request")} saved (--fresh asks anew)\n`,
    );
  }
  if (conversationChanges) {
    const { added, removed, changed, since } = conversationChanges;
    if (added + removed + changed > 0)
      lines.push(`since ${since}: ${inWords({ added, removed, changed })} among the conversations asked for again\n`);
  }
  return lines.join("");
}

/** The revision, once there is more than one run of a window. */
export function renderRevision({ revision, changes, runId }: Manifest): string {
  if (!changes) return "";
  const { rows, against } = changes;
  if (rows && rows.added + rows.removed + rows.changed === 0)
    return `revision ${revision}: no row changed since ${against}\n`;
  const what = rows ? `${inWords(rows)} rows` : "rows differ, too many to be listed,";
  return `revision ${revision}: ${what} since ${against} (callsheet runs diff ${runId})\n`;
}

/** A line for each figure that differs. */
export function renderRowChanges(changes: readonly RowChange[]): string {
  const keys = [...new Set(changes.flatMap(({ key }) => Object.keys(key)))];
  const columns = [
    ...["row", ...keys].map((name) => ({ name, type: "text", role: "key" }) as const),
    ...["measure", "before", "after"].map((name) => ({ name, type: "text", role: "detail" }) as const),
  ];
  const rows = changes.flatMap(({ kind, key, cells }): (readonly Cell[])[] => {
    const start: Cell[] = [kind, ...keys.map((name) => key[name] ?? null)];
    if (cells.length === 0) return [[...start, null, null, null]];
    return cells.map(({ column, before, after }) => [...start, column, before, after]);
  });
  return renderTable(columns, rows);
}

/** `2 changed, 1 added` */
export function inWords(counts: RowCounts): string {
  const words = (["changed", "added", "removed"] as const).flatMap((kind) =>
    counts[kind] > 0 ? [`${counts[kind].toLocaleString("en")} ${kind}`] : [],
  );
  return words.join(", ");
}

function days(number: number): string {
  return count(number, "day");
}

function count(number: number, word: string): string {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}
