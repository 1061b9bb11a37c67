// The month of calls by the clock of its figures: from the raw file to each figure with the second at which its phase
// ended, by the rules of data/README.md. Like raw-month.ts it imports nothing of the product and nothing of the simulator.

import { type Cell, clock, DAY_SECONDS, QUEUE_OF_TYPE, readRawRows } from "./raw-rows.ts";

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

/** Every call that reached a queue. */
export function readEmissions(): Emissions[] {
  return readRawRows(emissionsOf).flat();
}

function emissionsOf(cell: Cell): Emissions[] {
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
