/** A verdict as people read it: what was found, check by check, and what is missing where nobody may ask. */
import type { AccessCheck, AccessVerdict } from "../domain/delivery.ts";

/** One line a check, the missing statement below it. */
export function renderVerdict(destination: string, { policy, proved, checks }: AccessVerdict): string {
  const head = `${proved ? "ok  " : "!   "}destination ${destination}: access ${proved ? "proved" : "not proved"} (${policy})\n`;
  return head + checks.map(renderCheck).join("");
}

function renderCheck({ id, question, result, fact, statement, waiver }: AccessCheck): string {
  const until = waiver === undefined ? "" : ` (waived until ${waiver.until}: ${waiver.reason})`;
  const lacks = statement === undefined ? "" : `               the credentials lack ${statement}\n`;
  return `    ${(result === "inapplicable" ? "n/a" : result).padEnd(7)} ${id} ${question} ${fact}${until}\n${lacks}`;
}
