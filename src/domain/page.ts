/** One answer of the API, parsed, and what is remembered of it once its records are on disk. */
import type { ConversationRecord, RecordPlace } from "./conversation-record.ts";

/** Something in an answer that we could not read, kept with the reason and counted. */
export interface Reject {
  readonly reason: string;
  /** The conversation's id where it could be read. */
  readonly conversationId?: string;
}

/** Where a page ended, in the words of the source that brought it: enough to go on behind it. */
export interface PageMark {
  /** From 1. */
  readonly number: number;
  /** Only its source reads it; absent where the number is enough. */
  readonly cursor?: string;
  /** The slice has no page behind this one. */
  readonly isLast?: boolean;
}

/** One answer of the API; its records are in no promised order. */
export interface Page extends PageMark {
  /** The service's own count, approximate while data are live; absent when it sent none. */
  readonly totalHits?: number;
  readonly records: readonly ConversationRecord[];
  readonly rejects: readonly Reject[];
  /** Bytes on the wire. */
  readonly sizeBytes: number;
}

/** A page on disk, sorted. Pages written later have a higher sequence; of two copies the later one counts. */
export interface StoredPage {
  readonly sliceId: string;
  readonly number: number;
  readonly sequence: number;
  /** The slice's pages stand in it one behind another. */
  readonly file: string;
  /** Where the page begins in the file, and how long it is there, in bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Hexadecimal SHA-256 of these bytes. */
  readonly sha256: string;
  readonly rowCount: number;
  /** Where its first and its last record stand: all that is remembered of it, so that pages may be many. */
  readonly first: RecordPlace;
  readonly last: RecordPlace;
}
