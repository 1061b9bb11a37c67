/** How the records of a page stand in its file: a line of JSON for each. */
import type { ConversationRecord } from "../domain/conversation-record.ts";

/** The name in the slice's folder of its page that came at this place, counted from 0. */
export function pageFileName(place: number): string {
  return `${String(place + 1).padStart(5, "0")}.ndjson`;
}

/** The text of the file. */
export function encodePage(records: readonly ConversationRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Reads what `encodePage` made; the caller has shown by checksum that these are the very bytes. */
export function decodePage(bytes: Buffer, rowCount: number): ConversationRecord[] {
  return bytes
    .toString("utf8")
    .split("\n", rowCount)
    .map((line) => JSON.parse(line) as ConversationRecord);
}
