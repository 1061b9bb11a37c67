// The month of calls, read a second time: from the raw file to the figures of a report, by the rules of data/README.md.
// It imports nothing of the product and nothing of the simulator, so that a misreading would have to be made twice.
// Whole numbers (seconds) until the last step; each figure is then one exact division, rounded half away from zero.

import { type Cell, clock, DAY_SECONDS, QUEUE_OF_TYPE, readRawRows } from "./raw-rows.ts";

/** One call of the log, as far as figures need it. Instants are seconds since midnight of 1 February 1999, local. */
export interface RawCall {
  readonly queue: string | null;
  readonly agent: string | null;
  readonly startedAt: number;
  readonly durationSeconds: number;
  readonly offered: boolean;
  readonly abandoned: boolean;
  readonly answered: boolean;
  readonly waitSeconds: number;
  readonly talkSeconds: number;
}

/** The figures of a set of calls, as they stand in a CSV file: text, empty where there is none. */
export type Figures = Readonly<Record<FigureName, string>>;

type FigureName =
  | "conversation_count"
  | "total_duration_seconds"
  | "avg_duration_seconds"
  | "talk_seconds"
  | "avg_talk_seconds"
  | "offered"
  | "answered"
  | "abandoned"
  | "abandon_rate"
  | "answer_rate"
  | "asa_seconds"
  | "aht_seconds"
  | "talk_ratio";

/** Reads all calls of the month. */
export function readRawMonth(): RawCall[] {
  return readRawRows(readCall);
}

function readCall(cell: Cell): RawCall {
  const enteredAt = clock(cell("vru_entry"));
  const ends = ["vru_exit", "q_exit", "ser_exit"]
    .filter((column) => cell(column) !== "0:00:00")
    .map((column) => clock(cell(column)))
    .map((at) => (enteredAt - at > DAY_SECONDS / 2 ? at + DAY_SECONDS : at));
  const outcome = cell("outcome");
  const queued =
    outcome !== "PHANTOM" && (outcome === "AGENT" || cell("q_start") !== "0:00:00" || cell("q_exit") !== "0:00:00");
  const answered = outcome === "AGENT";
  const server = cell("server");
  return {
    queue: queued ? (QUEUE_OF_TYPE[cell("type")] ?? null) : null,
    agent: answered && server !== "NO_SERVER" ? server : null,
    startedAt: (Number(cell("date").slice(4)) - 1) * DAY_SECONDS + enteredAt,
    durationSeconds: Math.max(enteredAt, ...ends) - enteredAt,
    offered: queued,
    abandoned: queued && outcome === "HANG",
    answered,
    waitSeconds: answered ? Number(cell("q_time")) : 0,
    talkSeconds: answered ? Number(cell("ser_time")) : 0,
  };
}

/** The hour of a call as a report shows it. Israel was at UTC+2 throughout February 1999. */
export function hourBucket({ startedAt }: RawCall): string {
  const day = Math.floor(startedAt / DAY_SECONDS) + 1;
  return `1999-02-${two(day)}T${two(hourOfDay({ startedAt }))}:00+02:00`;
}

/** The hour on the bank's clock, 0 to 23. */
export function hourOfDay({ startedAt }: Pick<RawCall, "startedAt">): number {
  return Math.floor((startedAt % DAY_SECONDS) / 3600);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The figures of some calls: an agent handles each answered call once, and there is neither hold nor after-call work. */
export function figuresOf(calls: readonly RawCall[]): Figures {
  const count = (which: (call: RawCall) => boolean): bigint => BigInt(calls.filter(which).length);
  const add = (what: (call: RawCall) => number): bigint => calls.reduce((sum, call) => sum + BigInt(what(call)), 0n);
  const durationSeconds = add((call) => call.durationSeconds);
  const talkSeconds = add((call) => call.talkSeconds);
  const offered = count((call) => call.offered);
  const answered = count((call) => call.answered);
  const abandoned = count((call) => call.abandoned);
  return {
    conversation_count: String(calls.length),
    total_duration_seconds: String(durationSeconds),
    avg_duration_seconds: divide(durationSeconds, BigInt(calls.length), 2),
    talk_seconds: String(talkSeconds),
    avg_talk_seconds: divide(talkSeconds, answered, 3),
    offered: String(offered),
    answered: String(answered),
    abandoned: String(abandoned),
    abandon_rate: divide(abandoned, offered, 4),
    answer_rate: divide(answered, offered, 4),
    asa_seconds: divide(
      add((call) => call.waitSeconds),
      answered,
      2,
    ),
    aht_seconds: divide(talkSeconds, answered, 2),
    talk_ratio: divide(talkSeconds, durationSeconds, 4),
  };
}

/** Schoolbook division of two whole numbers that are not negative, digit by digit; empty when it cannot be done. */
export function divide(dividend: bigint, divisor: bigint, decimals: number): string {
  if (divisor === 0n) return "";
  const digits = [dividend / divisor];
  let rest = dividend % divisor;
  for (let place = 0; place < decimals; place += 1) {
    digits.push((rest * 10n) / divisor);
    rest = (rest * 10n) % divisor;
  }
  let carry = rest * 2n >= divisor ? 1n : 0n;
  for (let place = decimals; place > 0 && carry > 0n; place -= 1) {
    const digit = (digits[place] ?? 0n) + carry;
    carry = digit / 10n;
    digits[place] = digit % 10n;
  }
  const fraction = digits.slice(1).join("").replace(/0+$/, "");
  return `${(digits[0] ?? 0n) + carry}${fraction === "" ? "" : `.${fraction}`}`;
}
