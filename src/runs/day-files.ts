/** The port to files of conversations that other programs can read too. */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Interval } from "../domain/interval.ts";
import type { RecordChanges } from "../domain/stored-day.ts";

/** A file that is being filled. */
export interface DayFileWriter {
  /** Takes records in order of start, then id. */
  append(records: readonly ConversationRecord[]): void;
  /** Writes the file; nobody knows its name yet, and it is not synced. */
  finish(path: string): Promise<void>;
}

/** Reads and writes such files, all in the folder that it was opened for. */
export interface DayFiles {
  create(): Promise<DayFileWriter>;
  /** The records of the interval, deeply equal to those that were appended, in their order. */
  read(path: string, interval: Interval): AsyncIterable<readonly ConversationRecord[]>;
  /** How the records of the interval differ between two files. */
  compare(before: string, after: string, interval: Interval): Promise<RecordChanges>;
  /** Writes a copy without these conversations; answers how many it left out, and writes nothing when there are none. */
  copyWithout(
    path: string,
    ids: readonly string[],
    copy: string,
  ): Promise<{ readonly rows: number; readonly open: number }>;
  close(): void;
}
