/** What a file says it is where it is fetched. */
import type { Artifact } from "../domain/artifact.ts";

/** The content type of each format. */
export const CONTENT_TYPES: Readonly<Record<Artifact["format"], string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  // A page that a bucket serves must not run in the bucket's name: it is saved, then opened from disk.
  html: "application/octet-stream",
};

/** That of a file by the ending of its name; bytes that nobody is to interpret for any other. */
export function contentTypeOf(fileName: string): string {
  const ending = /\.([a-z]+)$/.exec(fileName)?.[1];
  const known = Object.entries(CONTENT_TYPES).find(([format]) => format === ending);
  return known?.[1] ?? "application/octet-stream";
}
