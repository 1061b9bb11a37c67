/** Reads how long a link shall live, or how long a run may take. */
import { ReportError } from "../domain/errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A presigned URL cannot live longer. */
const MAX_SECONDS = 7 * 86_400;

/** Seconds from `24h`, `90m`, `7d`; `config.invalid` beyond seven days or for other words. `what` ends the hint. */
export function parseLifetime(text: string, key: string, what = "a link lives"): number {
  const match = /^(\d{1,7})\s*([smhd])$/.exec(text.trim());
  const seconds = match ? Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0) : 0;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new ReportError("config.invalid", `Cannot use ${key} "${text}"`, {
    hint: `Write a number with s, m, h or d, such as 24h; ${what} seven days at most.`,
  });
}
