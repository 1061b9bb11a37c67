/** No file of ours says NaN or Infinity: neither is JSON, and a spreadsheet takes them for text. */
import { assert } from "../domain/errors.ts";

/** The number; a broken promise of ours when it is none, or has no end. */
export function finite(value: number): number {
  assert(Number.isFinite(value), "a cell of a report is never NaN or infinite");
  return value;
}
