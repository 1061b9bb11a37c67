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

/** The narrowest slice worth asking for: fifteen minutes. */
const FLOOR_MS = 15 * 60_000;

/** Names the slice for its interval and its part. */
export function createSlice(interval: Interval, source: SliceSource = "details_query", part?: ListPart): Slice {
  const id = `${compact(interval.startAt)}-${compact(interval.endAt)}`;
  if (part === undefined) return Object.freeze({ source, id, interval });
  return Object.freeze({ source, id: `${id}-values-${padded(part.from + 1)}-${padded(part.to)}`, interval, part });
}

/** Cuts a slice in two at a whole minute, or answers undefined when the halves would be too narrow. */
export function halveSlice({ interval, source, part }: Slice): readonly [Slice, Slice] | undefined {
  const widthMs = interval.endAt - interval.startAt;
  if (widthMs < 2 * FLOOR_MS) return undefined;
  const middleAt = interval.startAt + Math.floor(widthMs / 2 / 60_000) * 60_000;
  return [
    createSlice(createInterval(interval.startAt, middleAt), source, part),
    createSlice(createInterval(middleAt, interval.endAt), source, part),
  ];
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
