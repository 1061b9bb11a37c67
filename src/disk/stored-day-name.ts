/**
 * The name of a stored day says everything about it: from when to when its conversations began, when they were asked
 * for, how many they are and how many were in progress, and the checksum of the file.
 */
import { createInterval } from "../domain/interval.ts";
import type { StoredDay } from "../domain/stored-day.ts";

const NAME =
  /^(\d{8}T\d{6}(?:\.\d{3})?Z)_(\d{8}T\d{6}(?:\.\d{3})?Z)_fetched_(\d{8}T\d{6}(?:\.\d{3})?Z)_(\d+)_(\d+)_([0-9a-f]{32})\.parquet$/;

/** `20240301T000000Z_20240302T000000Z_fetched_20240310T020000Z_1204_0_<32 digits>.parquet` */
export function storedDayName(day: Omit<StoredDay, "path">, sha256: string): string {
  const { interval, fetchedAt, rowCount, openCount } = day;
  return `${compact(interval.startAt)}_${compact(interval.endAt)}_fetched_${compact(fetchedAt)}_${rowCount}_${openCount}_${sha256.slice(0, 32)}.parquet`;
}

/** Undefined for a file that is not ours. */
export function parseStoredDayName(name: string): (Omit<StoredDay, "path"> & { readonly sha256: string }) | undefined {
  const [, start = "", end = "", fetched = "", rows, open, sha256 = ""] = NAME.exec(name) ?? [];
  const [startAt, endAt, fetchedAt] = [start, end, fetched].map(instantOf);
  if (startAt === undefined || endAt === undefined || fetchedAt === undefined) return undefined;
  // The comparison is false for what is no date, too.
  if (!(startAt < endAt) || Number.isNaN(fetchedAt)) return undefined;
  const counts = { rowCount: Number(rows), openCount: Number(open) };
  return { interval: createInterval(startAt, endAt), fetchedAt, ...counts, sha256 };
}

/** As the names of slices. */
function compact(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]/g, "").replace(".000Z", "Z");
}

function instantOf(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)/, "$1-$2-$3:$4:$5"));
}
