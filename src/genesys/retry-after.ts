/** Reads how long the service asks us to wait. */

/**
 * Milliseconds from a `Retry-After` of seconds or of an HTTP date; a date in the past is 0. Garbage, negative
 * numbers and an absent header give undefined: the caller then uses its own wait. `nowAt` in epoch milliseconds.
 */
export function parseRetryAfter(text: string | undefined, nowAt: number): number | undefined {
  if (text === undefined) return undefined;
  const plain = text.split(",", 1)[0]?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(plain)) return Math.ceil(Number(plain) * 1000);
  if (!/^[A-Za-z]{3}/.test(text)) return undefined;
  // HTTP dates are in GMT, also in the old form that does not say so.
  const at = Date.parse(text.trim().endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowAt);
}
