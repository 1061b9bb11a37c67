/** The port to a run's folder. Every file is written beside its name, synced and renamed: it is whole or absent. */
import type { ConversationRecord } from "./conversation-record.ts";
import type { Page, Reject, StoredPage } from "./page.ts";

/** A file that is finished. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Where one run keeps its files. Throws `disk.full` or `disk.unwritable`. */
export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  /** Folder that can hold the table engine's spill files. */
  readonly scratchPath: string;
  /** Sorts the page and writes it; the answer comes after the file is durable. An empty page is not written. */
  writePage(sliceId: string, page: Page): Promise<StoredPage | undefined>;
  readPage(page: StoredPage): Promise<ConversationRecord[]>;
  /** Keeps what could not be read, without customer data. */
  writeRejects(sliceId: string, rejects: readonly Reject[]): Promise<void>;
  writeText(name: string, text: string): Promise<WrittenFile>;
  /** Writes an artifact from its chunks; nobody sees it before `publish`. */
  writeArtifact(name: string, chunks: AsyncIterable<string>): Promise<WrittenFile>;
  /** Puts finished files into the folder that the person asked for: all of them, or none. */
  publish(files: readonly string[], folder: string): Promise<void>;
  /** Removes pages and scratch files of a finished run. */
  discardPages(): Promise<void>;
}
