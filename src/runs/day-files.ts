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

/** A conversation that a copy does not have. */
export interface LeftOut {
  readonly id: string;
  readonly isOpen: boolean;
}

/** Reads and writes such files, all in the folder that it was opened for. */
export interface DayFiles {
  create(): Promise<DayFileWriter>;
  /** The records of the interval, deeply equal to those that were appended, in their order. */
  read(path: string, interval: Interval): AsyncIterable<readonly ConversationRecord[]>;
  /** How the records of the interval differ between two files. */
  compare(before: string, after: string, interval: Interval): Promise<RecordChanges>;
  /** Writes a copy without these conversations, and answers those that were there; no copy when none was. */
  copyWithout(path: string, ids: readonly string[], copy: string): Promise<readonly LeftOut[]>;
  close(): void;
}
