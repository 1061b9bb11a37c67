/**
 * Says early that the disk will not hold a run: as soon as the first page of a slice tells how many conversations
 * there are, what is still to come is held against what is free. The estimate is low (slices that have not begun are
 * not in it), so that nothing is refused that would have fitted; a disk that fills all the same stops the run too.
 */
import { ReportError } from "../domain/errors.ts";
import type { RunFolder } from "../domain/run-folder.ts";

/** What is known of a slice. */
export interface SliceSize {
  readonly received: number;
  readonly totalHits: number;
  readonly storedBytes: number;
}

/** Watches the slices of one run. */
export interface SpaceCheck {
  /** Throws `disk.full` when what the slices under way will bring does not fit any more. */
  expectRoom(sliceId: string, size: SliceSize): Promise<void>;
}

/** Watches over this folder's disk. */
export function createSpaceCheck(folder: Pick<RunFolder, "path" | "freeBytes">): SpaceCheck {
  const toCome = new Map<string, number>();
  return {
    async expectRoom(sliceId, { received, totalHits, storedBytes }) {
      const isNew = !toCome.has(sliceId);
      const rows = Math.max(0, totalHits - received);
      toCome.set(sliceId, received === 0 ? 0 : Math.round((rows * storedBytes) / received));
      if (!isNew) return;
      const needed = [...toCome.values()].reduce((sum, each) => sum + each, 0);
      const free = await folder.freeBytes();
      if (free === undefined || needed <= free) return;
      throw new ReportError(
        "disk.full",
        `The run needs about ${megabytes(needed)} more in ${folder.path}; ${megabytes(free)} are free`,
        {
          hint: "Free some space, or set CALLSHEET_STATE to another disk.",
        },
      );
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
}
