/**
 * The cursor of paged job results: opaque, bound to its job, and full of characters that mean something else in a query
 * string, so that a client which does not encode it is found out at once.
 */
import { createHash } from "node:crypto";

/** Where a page of results begins. */
export interface PagePlace {
  /** From 1. */
  readonly page: number;
  /** The first row, from 0. */
  readonly from: number;
}

/** These bytes are "+/++" in base64. */
const PREFIX = Buffer.from([0xfb, 0xff, 0xbe]);
/** Enough that nobody makes a cursor by counting one up. */
const SEAL_BYTES = 9;

/** Where results begin that are asked for without a cursor. */
export const FIRST_PAGE: PagePlace = { page: 1, from: 0 };

/** The cursor that leads to a page of a job. */
export function writeCursor(jobId: string, { page, from }: PagePlace): string {
  const text = `${page}.${from}`;
  // One byte more than a multiple of three: base64 then ends with "==".
  const padding = Buffer.alloc((4 - ((text.length + SEAL_BYTES) % 3)) % 3);
  return Buffer.concat([PREFIX, seal(jobId, text), Buffer.from(text), padding]).toString("base64");
}

/** The page that a cursor leads to; undefined for a text that is no cursor of this job. */
export function readCursor(jobId: string, cursor: string): PagePlace | undefined {
  const bytes = Buffer.from(cursor, "base64");
  const text = bytes
    .subarray(PREFIX.length + SEAL_BYTES)
    .toString("latin1")
    .replace(/\0+$/, "");
  const [page = "", from = ""] = text.split(".");
  const place = { page: Number(page), from: Number(from) };
  return writeCursor(jobId, place) === cursor ? place : undefined;
}

function seal(jobId: string, text: string): Buffer {
  return createHash("sha256").update(`${jobId} ${text}`).digest().subarray(0, SEAL_BYTES);
}
