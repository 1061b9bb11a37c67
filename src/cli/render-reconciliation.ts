/** The comparison with the server's aggregates, for the terminal: one line of sums, a short table, what was left out. */
import type { Difference, Reconciliation } from "../domain/reconciliation.ts";
import type { ReportColumn } from "../domain/report-table.ts";
import { renderTable } from "./render-table.ts";

/** Rows that a terminal shows at most. */
const MAX_ROWS = 20;

const COLUMNS: readonly ReportColumn[] = [
  { name: "group", role: "key", type: "text" },
  { name: "figure", role: "key", type: "text" },
  { name: "ours", role: "measure", type: "integer" },
  { name: "server", role: "measure", type: "integer" },
  { name: "cause", role: "detail", type: "text" },
];

/** Lines of text. */
export function renderReconciliation(result: Reconciliation): string {
  const { requests, compared, equal, causes, differences, notes, refusal } = result;
  if (refusal !== undefined) return `\nnot reconciled with the server's aggregates: ${refusal}\n`;
  const count = (value: number): string => value.toLocaleString("en");
  const named = Object.entries(causes).map(([cause, times]) => `${count(times)} ${cause}`);
  const lines = [
    `\nreconciled with the server's aggregates (${count(requests)} more ${requests === 1 ? "request" : "requests"}): ${count(equal)} of ${count(compared)} figures equal${named.length > 0 ? `, ${named.join(", ")}` : ""}\n`,
  ];
  const shown = differences.slice(0, MAX_ROWS);
  if (shown.length > 0) lines.push(renderTable(COLUMNS, shown.map(rowOf)));
  const more = compared - equal - shown.length;
  if (more > 0) lines.push(`… and ${count(more)} more differences; manifest.json lists them\n`);
  lines.push(...notes.map((note) => `  ${note}\n`));
  return lines.join("");
}

/** A name stands for its id, and an id is shortened: the cell has little room. */
function rowOf({ group, figure, ours, server, cause }: Difference): (string | number)[] {
  const named = new Set(Object.keys(group).flatMap((key) => NAMED_BY[key] ?? []));
  const values = Object.entries(group).flatMap(([key, value]) =>
    named.has(key) ? [] : (value?.replace(UUID, "$1…") ?? "–"),
  );
  return [values.join(" "), figure, ours, server, cause];
}

const UUID = /^([0-9a-f]{8})-[0-9a-f-]{27}$/;

const NAMED_BY: Readonly<Record<string, string>> = {
  "routing.queue.name": "queueId",
  "agent.name": "userId",
  "wrapup.name": "wrapUpCode",
  "conversation.division.name": "divisionId",
};
