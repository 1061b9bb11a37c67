/**
 * Reads a call log: tab-separated text, gzip or plain, one call a line, in the columns of `data/README.md`. Lines are
 * read as a stream; each becomes one row whose clock times are instants. The first line that does not fit ends the
 * reading with its number: a log that is quietly read in part would give wrong figures.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { createLocalClock, type LocalClock, type LocalDate } from "./local-clock.ts";
import { stableId } from "./stable-id.ts";

/** One call. Absent clock times are those that the log writes as `0:00:00`. */
export interface CallLogRow {
  readonly conversationId: string;
  readonly customerId: string;
  readonly priority: string;
  /** The service asked for: PS, PE, NW, NE, IN or TT. */
  readonly type: string;
  readonly outcome: "AGENT" | "HANG" | "PHANTOM";
  /** `NO_SERVER` when nobody is named. */
  readonly server: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly menuEndAt: number | undefined;
  /** Absent where the log says a negative time. */
  readonly menuMs: number | undefined;
  readonly queueStartAt: number | undefined;
  readonly queueEndAt: number | undefined;
  readonly queueMs: number;
  readonly serviceStartAt: number | undefined;
  readonly serviceEndAt: number | undefined;
  readonly serviceMs: number;
}

/** The services that a call may ask for, by the code in the log, and the queue that each becomes. */
export const QUEUE_NAMES: Readonly<Record<string, string>> = {
  PS: "Regular activity",
  PE: "Regular activity (English)",
  NW: "New customers",
  NE: "Stock exchange",
  IN: "Internet",
  TT: "Call-back",
};

const COLUMNS =
  "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit q_time outcome ser_start ser_exit ser_time server".split(
    " ",
  );
const TIME_ZONE = "Asia/Jerusalem";
const HALF_DAY_SECONDS = 12 * 3600;

/**
 * Yields the calls of a log in the order of its lines.
 *
 * @throws Error that names the file, the line and the column of the first thing that does not fit
 */
export async function* readCallLogRows(file: string): AsyncGenerator<CallLogRow, void, undefined> {
  const clock = createLocalClock(TIME_ZONE);
  const source = await openText(file);
  let lineNumber = 0;
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      lineNumber += 1;
      if (lineNumber === 1) checkHeader(line);
      else if (line !== "") yield parseRow(line, clock);
    }
    if (lineNumber === 0) throw new Error("the file is empty");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read call log ${file}, line ${Math.max(1, lineNumber)}: ${reason}`, { cause });
  } finally {
    source.destroy();
  }
}

async function openText(file: string): Promise<Readable> {
  const handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const bytes = createReadStream(file);
  if (bytesRead < 2 || buffer.readUInt16BE() !== 0x1f8b) return bytes.setEncoding("utf8");
  const text = createGunzip();
  // readline does not look at errors of its input: without this a log cut off in the middle would end the process.
  bytes.on("error", (error) => text.destroy(error));
  return bytes.pipe(text);
}

function checkHeader(line: string): void {
  const found = line.replace(/^\uFEFF/, "").split("\t");
  const wrong = COLUMNS.findIndex((column, index) => found[index] !== column);
  if (wrong !== -1) throw new Error(`column ${wrong + 1} must be "${COLUMNS[wrong]}", found "${found[wrong] ?? ""}"`);
  if (found.length !== COLUMNS.length) throw new Error(`${COLUMNS.length} columns expected, found ${found.length}`);
}

function parseRow(line: string, clock: LocalClock): CallLogRow {
  const cells = line.split("\t");
  if (cells.length !== COLUMNS.length) throw new Error(`${COLUMNS.length} columns expected, found ${cells.length}`);
  const cell = (column: string): string => cells[COLUMNS.indexOf(column)] ?? "";

  const date = parseDate(cell("date"));
  const entry = parseClock("vru_entry", cell("vru_entry"));
  const startAt = clock.instantAt(date, entry);
  // A clock time far before the entry belongs to the next date: the call went on past midnight.
  const instantOf = (column: string): number | undefined => {
    const seconds = parseClock(column, cell(column));
    if (seconds === 0) return undefined;
    return clock.instantAt(entry - seconds > HALF_DAY_SECONDS ? dayAfter(date) : date, seconds);
  };
  const menuEndAt = instantOf("vru_exit");
  const queueEndAt = instantOf("q_exit");
  const serviceEndAt = instantOf("ser_exit");

  const menuSeconds = parseSeconds("vru_time", cell("vru_time"), -86_400);
  return {
    conversationId: stableId("call", cell("vru+line"), cell("call_id"), cell("date"), cell("vru_entry")),
    customerId: cell("customer_id"),
    priority: cell("priority"),
    type: parseType(cell("type")),
    outcome: parseOutcome(cell("outcome")),
    server: parseServer(cell("server")),
    startAt,
    endAt: Math.max(startAt, menuEndAt ?? startAt, queueEndAt ?? startAt, serviceEndAt ?? startAt),
    menuEndAt,
    // The source holds a few negative menu times, a known fault: nobody knows how long those callers were in the menu.
    menuMs: menuSeconds < 0 ? undefined : menuSeconds * 1000,
    queueStartAt: instantOf("q_start"),
    queueEndAt,
    queueMs: parseSeconds("q_time", cell("q_time"), 0) * 1000,
    serviceStartAt: instantOf("ser_start"),
    serviceEndAt,
    serviceMs: parseSeconds("ser_time", cell("ser_time"), 0) * 1000,
  };
}

function parseDate(text: string): LocalDate {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  const year = Number(match?.[1]);
  const date = { year: year < 70 ? 2000 + year : 1900 + year, month: Number(match?.[2]), day: Number(match?.[3]) };
  const back = new Date(Date.UTC(date.year, date.month - 1, date.day));
  if (match === null || back.getUTCMonth() !== date.month - 1 || back.getUTCDate() !== date.day) {
    throw new Error(`date must be a calendar date as yymmdd, found "${text}"`);
  }
  return date;
}

function dayAfter(date: LocalDate): LocalDate {
  const next = new Date(Date.UTC(date.year, date.month - 1, date.day + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}

function parseClock(column: string, text: string): number {
  const match = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text);
  const hours = Number(match?.[1]);
  if (match === null || hours > 23) throw new Error(`${column} must be a clock time as h:mm:ss, found "${text}"`);
  return hours * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

function parseSeconds(column: string, text: string, least: number): number {
  const seconds = Number(text);
  if (/^-?\d{1,6}$/.test(text) && seconds >= least) return seconds;
  throw new Error(`${column} must be a whole number of seconds, at least ${least}, found "${text}"`);
}

function parseType(text: string): string {
  if (Object.hasOwn(QUEUE_NAMES, text)) return text;
  throw new Error(`type must be one of ${Object.keys(QUEUE_NAMES).join(", ")}, found "${text}"`);
}

function parseOutcome(text: string): CallLogRow["outcome"] {
  if (text === "AGENT" || text === "HANG" || text === "PHANTOM") return text;
  throw new Error(`outcome must be AGENT, HANG or PHANTOM, found "${text}"`);
}

function parseServer(text: string): string {
  if (text !== "") return text;
  throw new Error("server must be a name or NO_SERVER, found nothing");
}
