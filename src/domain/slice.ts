/**
 * A part of the window that is fetched, kept, retried and narrowed as one unit. It may ask for only a part of the
 * longest list of the filter; what two parts of one interval bring may overlap, and the merge drops the copies.
 */
import { createInterval, type Interval } from "./interval.ts";

/** Where a slice's conversations are asked for. */
export type SliceSource = "details_query" | "details_job";

/** Which alternatives of the longest list a slice asks for: from the index `from` up to and without `to`. */
export interface ListPart {
  readonly from: number;
  readonly to: number;
}

/** A sub-interval with the name of its folder; names sort by time and are safe on every file system. */
export interface Slice {
  readonly id: string;
  readonly source: SliceSource;
  readonly interval: Interval;
  /** Absent: the whole filter. */
  readonly part?: ListPart;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The narrowest slice worth asking for: fifteen minutes. */
const FLOOR_MS = 15 * MINUTE_MS;

/**
 * Conversations that one slice of several days should hold. The last page of each is half full on average, which is
 * one request in 160 here; operators saw the service fail over windows of more than some 8,000 rows.
 */
const WANTED_HITS = 8_000;

/** Names the slice for its interval and its part. */
export function createSlice(interval: Interval, source: SliceSource = "details_query", part?: ListPart): Slice {
  const id = `${compact(interval.startAt)}-${compact(interval.endAt)}`;
  if (part === undefined) return Object.freeze({ source, id, interval });
  return Object.freeze({ source, id: `${id}-values-${padded(part.from + 1)}-${padded(part.to)}`, interval, part });
}

/**
 * Cuts a slice into so many, or fewer, of nearly the same width: at UTC midnights where there are some inside, because
 * the details query picks by UTC day, else at whole minutes. Undefined when the pieces would be too narrow.
 */
export function cutSlice({ interval, source, part }: Slice, count: number): readonly Slice[] | undefined {
  const edges = edgesOf(interval, count);
  if (edges.length < 3) return undefined;
  return edges
    .slice(1)
    .map((endAt, nth) => createSlice(createInterval(edges[nth] ?? interval.startAt, endAt), source, part));
}

function edgesOf({ startAt, endAt }: Interval, count: number): number[] {
  const widthMs = endAt - startAt;
  const inside = (pieces: number): number[] =>
    Array.from(
      { length: Math.max(0, pieces - 1) },
      (_, nth) => startAt + Math.floor((widthMs * (nth + 1)) / pieces / MINUTE_MS) * MINUTE_MS,
    );
  const firstMidnight = (Math.floor(startAt / DAY_MS) + 1) * DAY_MS;
  const lastMidnight = (Math.ceil(endAt / DAY_MS) - 1) * DAY_MS;
  if (firstMidnight > lastMidnight) return [startAt, ...inside(Math.min(count, Math.floor(widthMs / FLOOR_MS))), endAt];
  const midnights = inside(count).map((at) =>
    Math.min(lastMidnight, Math.max(firstMidnight, Math.round(at / DAY_MS) * DAY_MS)),
  );
  return [startAt, ...new Set(midnights), endAt];
}

/**
 * The pieces of a query's slice of several days that holds so many conversations; undefined when it is well as it is.
 * Within a day only the service's refusal cuts, since the service may pick by whole days.
 */
export function wantedPieces(slice: Slice, totalHits: number): readonly Slice[] | undefined {
  const { startAt, endAt } = slice.interval;
  const spansDays = (Math.floor(startAt / DAY_MS) + 1) * DAY_MS < endAt;
  if (slice.source !== "details_query" || !spansDays || totalHits <= WANTED_HITS) return undefined;
  return cutSlice(slice, Math.ceil(totalHits / WANTED_HITS));
}

/** Shares the slice's alternatives out over two slices of the same interval; undefined when there is only one. */
export function halveList(slice: Slice, listSize: number): readonly [Slice, Slice] | undefined {
  const { from, to } = slice.part ?? { from: 0, to: listSize };
  if (to - from < 2) return undefined;
  const middle = from + Math.ceil((to - from) / 2);
  return [
    createSlice(slice.interval, slice.source, { from, to: middle }),
    createSlice(slice.interval, slice.source, { from: middle, to }),
  ];
}

/** Parts of one list, for as many slices of the same interval; sizes differ by at most one. */
export function shareList(slice: Slice, listSize: number, most: number): Slice[] {
  if (listSize <= most) return [slice];
  const count = Math.ceil(listSize / most);
  const bound = (nth: number): number => Math.floor((nth * listSize) / count);
  return Array.from({ length: count }, (_, nth) =>
    createSlice(slice.interval, slice.source, { from: bound(nth), to: bound(nth + 1) }),
  );
}

/** `20240131T220000.000Z` without the fraction when it is zero. */
function compact(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]/g, "").replace(".000Z", "Z");
}

/** Five digits, so that names sort. */
function padded(position: number): string {
  return String(position).padStart(5, "0");
}
