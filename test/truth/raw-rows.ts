// The rows of the raw call log, a cell by its column's name, and what its cells mean by data/README.md. The oracles of the
// month are computed from here; nothing of the product and nothing of the simulator is imported.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** The text of a column of one row. */
export type Cell = (column: string) => string;

export const QUEUE_OF_TYPE: Readonly<Record<string, string>> = {
  PS: "Regular activity",
  PE: "Regular activity (English)",
  NW: "New customers",
  NE: "Stock exchange",
  IN: "Internet",
  TT: "Call-back",
};

export const DAY_SECONDS = 86_400;

/** What `read` makes of each row, in the order of the file. */
export function readRawRows<T>(read: (cell: Cell) => T): T[] {
  const file = new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url);
  const [header = "", ...lines] = gunzipSync(readFileSync(file)).toString("latin1").trimEnd().split("\n");
  const columns = header.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return read((column) => {
      const cell = cells[columns.indexOf(column)];
      if (cell === undefined) throw new Error(`no column ${column} in "${line}"`);
      return cell;
    });
  });
}

/** Seconds since midnight of `h:mm:ss`. */
export function clock(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
