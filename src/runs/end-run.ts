/** How a run ends that did not reach its end: whether what it fetched can still serve. */
import { ReportError } from "../domain/errors.ts";
import type { RunFolder } from "../domain/run-folder.ts";

/**
 * Whether a later try can go on where the run stopped: when the machine, the operator or nobody has to act. What only
 * another definition or another callsheet mends begins anew.
 */
function isResumable(error: unknown): boolean {
  return error instanceof ReportError && ["retry", "narrow", "fix_access", "stop"].includes(error.recourse);
}

/**
 * Notes how the run stopped; the answer is whether it can be resumed. The person is told of the error that stopped it,
 * not of one that comes on top.
 */
export async function endBadly(folder: RunFolder, error: unknown, at: number): Promise<boolean> {
  // A wrong try to resume a run changes nothing about it.
  if (error instanceof ReportError && error.code === "run.not_resumable") return false;
  const state = isResumable(error) ? "interrupted" : "failed";
  const told = error instanceof ReportError ? { code: error.code, message: error.message } : { code: "internal" };
  const isThere = await folder.end({ state, ...told, at }).catch(() => true);
  return isThere && state === "interrupted";
}
