/**
 * Fetches one slice into its folder, from where an earlier try left it. Where the service's own count says that rows
 * slipped between two pages while they were read, the slice is read through again, and its pages add up.
 */
import type { KeptPage, SliceProgress } from "../domain/checkpoint.ts";
import { ReportError } from "../domain/errors.ts";
import type { Reject, StoredPage } from "../domain/page.ts";
import type { QueryPlan } from "../domain/query-plan.ts";
import type { RunFolder, SliceFolder } from "../domain/run-folder.ts";
import { type Slice, wantedPieces } from "../domain/slice.ts";
import type { SpaceCheck } from "./check-space.ts";
import type { PageSource } from "./page-source.ts";

/** What was fetched of one slice. */
export interface ExtractedSlice {
  readonly slice: Slice;
  readonly pages: readonly StoredPage[];
  readonly requests: number;
  readonly received: number;
  /** Distinct conversations among the received; where the service states no total, all of them. */
  readonly distinct: number;
  /** As the service said last. */
  readonly totalHits: number;
  readonly rejected: number;
  readonly rejects: readonly Reject[];
  /** On the wire. */
  readonly bytes: number;
  /** On the disk. */
  readonly storedBytes: number;
}

/** A slice that is asked for in pieces instead; what came of it does not count. */
export interface Cut {
  readonly pieces: readonly Slice[];
}

/** A page has reached the disk; `isKept` when an earlier try had brought it there. */
export interface PageStored {
  readonly kind: "page_stored";
  readonly sliceId: string;
  readonly rows: number;
  readonly totalHits: number;
  readonly pageNumber: number;
  readonly isKept: boolean;
}

/** What an earlier try fetched of a slice is given up, and why. */
export interface SliceRestarted {
  readonly kind: "slice_restarted";
  readonly sliceId: string;
  readonly reason: string;
}

/** Where pages come from and go to, and who hears of them. */
export interface Extraction {
  readonly plan: QueryPlan;
  readonly source: PageSource;
  readonly folder: RunFolder;
  readonly space: SpaceCheck;
  readonly onEvent: (event: PageStored | SliceRestarted) => void;
}

/** Jobs that one slice may use up. */
const MAX_JOBS = 3;

/** Times that a slice is read through while its rows move; what is still short then is told. */
const MAX_PASSES = 2;

/** Fetches the slice; results that expired half-way are asked for again from the first page, and never mixed. */
export async function extractSlice(
  extraction: Extraction,
  slice: Slice,
  desk: SliceFolder,
  signal: AbortSignal,
): Promise<ExtractedSlice | Cut> {
  let progress: SliceProgress = desk.progress;
  for (let tries = 1; ; tries++) {
    const tally = await startTally(slice, progress, extraction);
    try {
      return (await readThrough(tally, progress, desk, extraction, signal)) ?? tally.sum();
    } catch (error) {
      if (!(error instanceof ReportError) || error.code !== "genesys.results_expired" || tries === MAX_JOBS)
        throw error;
      await desk.restart();
      progress = { pages: [], passes: 0 };
    }
  }
}

async function readThrough(
  tally: Tally,
  { after, passes, note, end }: SliceProgress,
  desk: SliceFolder,
  { plan, source, space, onEvent }: Extraction,
  signal: AbortSignal,
): Promise<Cut | undefined> {
  if (end !== undefined) return undefined;
  let place = { ...(after === undefined ? {} : { after }), ...(note === undefined ? {} : { note }) };
  for (let pass = passes + 1; ; pass++) {
    if (!place.after?.isLast) {
      const keepNote = async (text: string): Promise<void> => await desk.note(text);
      for await (const page of source.pages(plan, tally.slice, { ...place, keepNote }, signal)) {
        const pieces = pass === 1 && page.number === 1 ? wantedPieces(tally.slice, page.totalHits ?? 0) : undefined;
        if (pieces) {
          await desk.end({ kind: "cut", totalHits: page.totalHits ?? 0 });
          return { pieces };
        }
        const kept = await desk.addPage(page);
        tally.add(kept, page.records);
        onEvent(stored(tally.slice, kept, tally.totalHits(), false));
        await space.expectRoom(tally.slice.id, tally.sum());
      }
    }
    if (tally.isWhole() || pass === MAX_PASSES) break;
    await desk.beginPass();
    place = {};
  }
  await desk.end({ kind: "done", distinct: tally.distinct() });
  return undefined;
}

/** What has come of a slice so far. */
interface Tally {
  readonly slice: Slice;
  add(page: KeptPage, records: readonly { readonly id: string }[]): void;
  /** Whether as many different conversations came as the service counts, and its count did not fall meanwhile. */
  isWhole(): boolean;
  totalHits(): number;
  distinct(): number;
  sum(): ExtractedSlice;
}

/** Counts what is on disk already. Ids are read again only where the slice goes on. */
async function startTally(
  slice: Slice,
  { pages: kept, end }: SliceProgress,
  { folder, onEvent }: Extraction,
): Promise<Tally> {
  const ids = new Set<string>();
  const pages: StoredPage[] = [];
  const rejects: Reject[] = [];
  let [requests, received, uncounted, totalHits, mostHits, bytes, storedBytes] = [0, 0, 0, 0, 0, 0, 0];
  const distinct = (): number => (end?.kind === "done" ? end.distinct : ids.size + uncounted);
  const tally: Tally = {
    slice,
    add(page, records) {
      if (page.stored) pages.push(page.stored);
      // Each pass counts anew, and what cannot be read comes again in each.
      if (page.mark.number === 1) [mostHits, rejects.length] = [0, 0];
      // Only the query states a total to be held against; a job's slice may be a month, too many ids for memory.
      if (page.totalHits === undefined) uncounted += page.stored?.rowCount ?? 0;
      else for (const { id } of records) ids.add(id);
      rejects.push(...page.rejects);
      requests += 1;
      received += page.received;
      totalHits = page.totalHits ?? totalHits;
      mostHits = Math.max(mostHits, totalHits);
      bytes += page.sizeBytes;
      storedBytes += page.stored?.bytes ?? 0;
    },
    // A count that falls tells of rows that went away, and of others that moved up past the page that was being read.
    isWhole: () => distinct() + rejects.length >= totalHits && totalHits >= mostHits,
    totalHits: () => totalHits,
    distinct,
    sum: () => ({
      slice,
      pages,
      requests,
      received,
      distinct: distinct(),
      totalHits,
      rejected: rejects.length,
      rejects,
      bytes,
      storedBytes,
    }),
  };
  for (const page of kept) {
    const needsIds = end === undefined && page.totalHits !== undefined && page.stored !== undefined;
    tally.add(page, needsIds ? await folder.readPage(page.stored) : []);
    onEvent(stored(slice, page, totalHits, true));
  }
  return tally;
}

function stored(slice: Slice, page: KeptPage, totalHits: number, isKept: boolean): PageStored {
  const rows = page.stored?.rowCount ?? 0;
  return { kind: "page_stored", sliceId: slice.id, rows, totalHits, pageNumber: page.mark.number, isKept };
}
