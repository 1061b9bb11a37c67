/** Reads how long something shall live or take: a link, a run, a stored day. */
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

/** Ten years: nothing is kept longer than a window may be. */
const MAX_DAYS = 3_660;

/** Milliseconds from `3d` or `36h`; `config.invalid` beyond ten years or for other words. */
export function parsePeriod(text: string, key: string): number {
  const match = /^(\d{1,5})\s*([hd])$/.exec(text.trim());
  const seconds = match ? Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0) : Number.NaN;
  if (seconds <= MAX_DAYS * 86_400) return seconds * 1000;
  throw new ReportError("config.invalid", `Cannot use ${key} "${text}"`, {
    hint: `Write a number with h or d, such as 3d; at most ${MAX_DAYS} days.`,
  });
}
