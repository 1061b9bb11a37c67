/** Instants as a command line gives them. */
import { instantOf } from "../define/parse-window.ts";
import { ReportError } from "../domain/errors.ts";
import { localTimeOf } from "../support/local-time.ts";

/** `2026-03-29T01:00:00Z`, with any offset, or a local day of the zone, which is its first instant; epoch milliseconds. */
export function parseInstant(option: string, text: string, timeZone: string): number {
  const at = instantOf(text, (localMs) => localTimeOf(timeZone).firstAt(localMs));
  if (at !== undefined) return at;
  throw new ReportError("definition.interval_invalid", `${option}: cannot read "${text}" as an instant`, {
    hint: `Write it with its offset, such as 2026-03-29T01:00:00Z, or a day of ${timeZone}, such as 2026-03-29.`,
  });
}
