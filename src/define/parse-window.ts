/** Turns the words of `interval:` into a window. Nothing here asks what time it is. */
import { Temporal } from "temporal-polyfill";
import type { CalendarUnit, WindowSpec } from "../domain/report-definition.ts";

/** What `interval:` may say, for messages and help. */
export const WINDOW_FORMS =
  "today, yesterday, last 7 days, last week, last 3 months, week to date, month to date, 2024-W07 (ISO week), 2024-01-01/2024-02-01 (local days) or 2024-01-01T00:00:00Z/2024-01-02T00:00:00Z";

/** A reason for refusing a window, in words for the author. */
export interface WindowRefusal {
  readonly refused: string;
}

const MAX_COUNT = 1000;

/** Parses the words of an interval; answers a refusal instead of throwing, so that the caller can name the line. */
export function parseWindow(words: string): WindowSpec | WindowRefusal {
  const text = words.trim();
  if (text.includes("/")) return parseRange(text);
  const plain = text.toLowerCase().replaceAll(/[\s_]+/g, " ");
  if (plain === "yesterday") return { kind: "last", count: 1, unit: "day" };
  if (plain === "today") return { kind: "to_date", unit: "day" };
  const toDate = /^(day|week|month|quarter) to date$/.exec(plain);
  if (toDate) return { kind: "to_date", unit: toDate[1] as CalendarUnit };
  const last = /^last (?:(\d{1,4}) )?(day|week|month|quarter)s?$/.exec(plain);
  if (last) {
    const count = Number(last[1] ?? 1);
    if (count < 1 || count > MAX_COUNT)
      return { refused: `Cannot use interval "${text}": the number must be from 1 to ${MAX_COUNT}.` };
    return { kind: "last", count, unit: last[2] as CalendarUnit };
  }
  const week = /^(\d{4})-w(\d{2})$/.exec(plain);
  if (week) return isoWeek(text, Number(week[1]), Number(week[2]));
  return { refused: `Cannot read interval "${text}". Write one of: ${WINDOW_FORMS}.` };
}

/** An instant with its offset, or a local day by the instant at which `dayStart` says that it begins; else undefined. */
export function instantOf(text: string, dayStart: (localMs: number) => number): number | undefined {
  const plain = text.trim();
  return isDay(plain) ? dayStart(Date.parse(plain)) : parseInstant(plain);
}

function parseRange(text: string): WindowSpec | WindowRefusal {
  const [start = "", end = "", ...more] = text.split("/").map((part) => part.trim());
  if (more.length > 0) return { refused: `Cannot read interval "${text}": write one start and one end.` };
  if (isDay(start) && isDay(end)) {
    if (end <= start) return reversed(text);
    return { kind: "local_days", startDay: start, endDay: end };
  }
  const startAt = parseInstant(start);
  const endAt = parseInstant(end);
  if (startAt === undefined || endAt === undefined) {
    const wrong = startAt === undefined ? start : end;
    return {
      refused: `Cannot read "${wrong}" in interval "${text}": write an instant with its offset, such as 2024-01-01T00:00:00Z, or two local days.`,
    };
  }
  return endAt <= startAt ? reversed(text) : { kind: "instants", startAt, endAt };
}

/** Monday to Sunday; week 1 holds 4 January, and 28 December is always in the last week. */
function isoWeek(text: string, year: number, week: number): WindowSpec | WindowRefusal {
  const weeks = Temporal.PlainDate.from({ year, month: 12, day: 28 }).weekOfYear ?? 0;
  if (week < 1 || week > weeks)
    return { refused: `Cannot use interval "${text}": the weeks of ${year} go from 01 to ${weeks}.` };
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: week - 1 });
  return { kind: "local_days", startDay: monday.toString(), endDay: monday.add({ days: 7 }).toString() };
}

/** An ISO-8601 instant with Z or an offset, as epoch milliseconds. */
function parseInstant(text: string): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

function reversed(text: string): WindowRefusal {
  return { refused: `Cannot use interval ${text}: end must be after start. Write the earlier one first.` };
}
