/** Which bytes a request wants: a download that broke off goes on where it stopped. */
import type { IncomingHttpHeaders } from "node:http";

/** The first and the last byte, both of them wanted. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Undefined when all are wanted, also for what we do not do (several ranges, conditions); `none` when there are no such bytes. */
export function readRange(
  { range, "if-range": condition }: IncomingHttpHeaders,
  size: number,
): ByteRange | "none" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? "") ?? [];
  if ((first === "" && last === "") || condition !== undefined) return undefined;
  if (first === "")
    return last === "0" || size === 0 ? "none" : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start < size ? { start, end } : "none";
}
