/**
 * The port to a run's folder. A file is written beside its name, synced and renamed: it is whole or absent. Pages are
 * added to their slice's file, and count when a checkpoint speaks of them, which is written after them. One process at a
 * time has the folder.
 */
import type { KeptPage, KeptPlan, PlanToKeep, SliceEnd, SliceProgress } from "./checkpoint.ts";
import type { ConversationRecord } from "./conversation-record.ts";
import type { Page, Reject, StoredPage } from "./page.ts";

/** A file that is finished. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A reject and where it came from. */
export interface SliceReject extends Reject {
  readonly slice: string;
}

/** How a run ended. An interrupted one keeps its pages and can be resumed; so does one that was killed. */
export interface RunEnd {
  readonly state: "done" | "failed" | "interrupted";
  /** The error's, where there was one. */
  readonly code?: string;
  readonly message?: string;
  readonly at: number;
}

/** The pages of one slice and its checkpoint. */
export interface SliceFolder {
  /** As it was when the slice was opened. */
  readonly progress: SliceProgress;
  /** Why an earlier progress was given up, in words; undefined when nothing was. */
  readonly restarted?: string;
  /** Sorts the page and writes it, then the checkpoint; the answer comes when both are durable. */
  addPage(page: Page): Promise<KeptPage>;
  /** Notes durably that the slice is read through once more, from its first page. */
  beginPass(): Promise<void>;
  /** Remembers a word of the source's; the answer comes when it is durable. */
  note(text: string): Promise<void>;
  end(how: SliceEnd): Promise<void>;
  /** Gives up everything that was fetched of the slice. */
  restart(): Promise<void>;
}

/** Where one run keeps its files. Throws `disk.full` or `disk.unwritable`. */
export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  /** Folder that can hold the table engine's spill files. */
  readonly scratchPath: string;
  /** What an earlier try resolved; undefined in a new run. */
  readonly kept: KeptPlan | undefined;
  /**
   * Keeps what was resolved. In a resumed run it holds it against what is kept: `run.not_resumable` when the plan
   * would be another one.
   */
  keepPlan(plan: PlanToKeep): Promise<void>;
  /** Opens a slice where an earlier try left it; one whose checkpoint cannot be relied on begins anew, and says why. */
  openSlice(sliceId: string): Promise<SliceFolder>;
  readPage(page: StoredPage): Promise<ConversationRecord[]>;
  /** Keeps what could not be read, without customer data, besides what was given before. */
  writeRejects(rejects: readonly SliceReject[]): Promise<void>;
  writeText(name: string, text: string): Promise<WrittenFile>;
  /** Writes an artifact from its chunks; nobody sees it before `publish`. */
  writeArtifact(name: string, chunks: AsyncIterable<string | Uint8Array>): Promise<WrittenFile>;
  /** Throws when `publish` into this folder would fail, as far as that can be known. */
  expectPublishable(folder: string): Promise<void>;
  /** Puts finished files into the folder that the person asked for: all of them, or none. */
  publish(files: readonly string[], folder: string): Promise<void>;
  /** Bytes that can still be written; undefined when the disk does not tell. */
  freeBytes(): Promise<number | undefined>;
  /**
   * Notes the end. Pages stay only where the run can be resumed. Of a run that ended badly before it fetched anything
   * nothing is left; the answer is whether there is still a folder.
   */
  end(how: RunEnd): Promise<boolean>;
  /** Lets go of the folder. */
  close(): void;
}
