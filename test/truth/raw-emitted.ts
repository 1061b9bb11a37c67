// The month of calls by the clock of its figures: from the raw file to each figure with the second at which its phase
// ended, by the rules of data/README.md. Like raw-month.ts it imports nothing of the product and nothing of the simulator.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** What one call emitted. Instants are seconds since midnight of 1 February 1999, local. */
export interface Emissions {
  readonly queue: string;
  readonly startedAt: number;
  readonly offeredAt: number;
  /** When the wait ended, and how long it was by the log. */
  readonly leftQueueAt: number;
  readonly waitSeconds: number;
  readonly answered: boolean;
  readonly talkEndedAt: number;
  readonly talkSeconds: number;
}

const QUEUE_OF_TYPE: Readonly<Record<string, string>> = {
  PS: "Regular activity",
  PE: "Regular activity (English)",
  NW: "New customers",
  NE: "Stock exchange",
  IN: "Internet",
  TT: "Call-back",
};

const DAY_SECONDS = 86_400;

/** Every call that reached a queue. */
export function readEmissions(): Emissions[] {
  const file = new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url);
  const [header = "", ...lines] = gunzipSync(readFileSync(file)).toString("latin1").trimEnd().split("\n");
  const columns = header.split("\t");
  return lines.flatMap((line) => {
    const cells = line.split("\t");
    return emissionsOf((column) => cells[columns.indexOf(column)] ?? "");
  });
}

function emissionsOf(cell: (column: string) => string): Emissions[] {
  const outcome = cell("outcome");
  const reached = outcome === "AGENT" || cell("q_start") !== "0:00:00" || cell("q_exit") !== "0:00:00";
  if (outcome === "PHANTOM" || !reached) return [];
  const enteredAt = clock(cell("vru_entry"));
  const midnight = (Number(cell("date").slice(4)) - 1) * DAY_SECONDS;
  const at = (column: string): number | undefined => {
    if (cell(column) === "0:00:00") return undefined;
    const seconds = clock(cell(column));
    return enteredAt - seconds > DAY_SECONDS / 2 ? seconds + DAY_SECONDS : seconds;
  };
  // A step that did not happen takes no time, and none ends before it begins.
  const menuAt = Math.max(enteredAt, at("vru_exit") ?? enteredAt);
  const offeredAt = at("q_start") ?? menuAt;
  const leftQueueAt = Math.max(offeredAt, at("q_exit") ?? offeredAt);
  const talkAt = at("ser_start") ?? leftQueueAt;
  const talkEndedAt = Math.max(talkAt, at("ser_exit") ?? talkAt);
  return [
    {
      queue: QUEUE_OF_TYPE[cell("type")] ?? "",
      startedAt: midnight + enteredAt,
      offeredAt: midnight + offeredAt,
      leftQueueAt: midnight + leftQueueAt,
      waitSeconds: Number(cell("q_time")),
      answered: outcome === "AGENT",
      talkEndedAt: midnight + talkEndedAt,
      talkSeconds: Number(cell("ser_time")),
    },
  ];
}

function clock(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
