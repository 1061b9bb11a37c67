/** The port to where sorted records wait while there are too many sources to merge at once. */
import type { ConversationRecord } from "../domain/conversation-record.ts";

/** A record, and the sequence of the page that brought it: of two copies the later page's counts. */
export interface FetchedRecord {
  readonly record: ConversationRecord;
  readonly sequence: number;
}

/** Records set aside, in the order in which they were written. */
export interface Spill {
  /** Reads them a block at a time. Throws `disk.unwritable` when they are no longer those that were written. */
  read(): AsyncIterable<readonly FetchedRecord[]>;
  /** Frees their space; they are not read again. */
  discard(): Promise<void>;
}

/** Sets records aside on disk. Spills need not survive the process: they are made again from the pages. */
export interface SpillStore {
  /** Throws `disk.full` or `disk.unwritable`. */
  write(batches: AsyncIterable<readonly FetchedRecord[]>): Promise<Spill>;
}
