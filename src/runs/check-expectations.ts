/** Holds a finished table against what its report's author expects of it. Nothing is changed; what is found is told. */
import type { CheckResult, Expectation, Expected } from "../domain/expectation.ts";
import type { Interval } from "../domain/interval.ts";
import { type Cell, createIsGroup, createIsPart, type Finding, type ReportTable } from "../domain/report-table.ts";
import { lastComplete } from "./last-complete.ts";
import type { CompleteRun, PastRuns } from "./past-runs.ts";

/** What is known of the run besides its table. Instants in epoch milliseconds. */
export interface CheckedRun {
  readonly runId: string;
  readonly report: string;
  readonly interval: Interval;
  readonly startedAt: number;
  readonly dataUntil: number;
}

/** The results, in the order of the expectations. Reads the rows once where a cell has to be looked at. */
export async function checkExpectations(
  expectations: readonly Expectation[],
  table: ReportTable,
  run: CheckedRun,
  past: PastRuns,
): Promise<CheckResult[]> {
  const expected = expectations.map((each) => each.expected);
  const { columns, rowCount } = await readRows(table, expected.flatMap(columnsRead));
  const before = expected.some(({ kind }) => kind === "difference_under") ? await lastComplete(run, past) : undefined;
  const known = { table, columns, rowCount, run, before };
  return expectations.map((each) => ({ ...resultOf(each.expected, known), action: each.action }));
}

/** What a reader should know before trusting a figure: the expectations that are not met. */
export function checkFindings(results: readonly CheckResult[]): Finding[] {
  return results
    .filter(({ result }) => result === "fail")
    .map(({ check, action, found }) => {
      const consequence = action === "block" ? "nothing is handed out" : "a warning";
      return { code: "check_failed", count: 1, message: `Check not passed (${consequence}): ${check}; ${found}.` };
    });
}

interface Known {
  readonly table: ReportTable;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  /** Without totals and subtotals. */
  readonly rowCount: number;
  readonly run: CheckedRun;
  readonly before: CompleteRun | undefined;
}

/** What the cells of a column come to. */
interface ColumnFacts {
  readonly empty: number;
  /** In billionths, so that decimals are added exactly. */
  readonly sum: bigint;
}

function columnsRead(expected: Expected): readonly string[] {
  if (expected.kind === "not_null") return [expected.column];
  if (expected.kind !== "sum_equals") return [];
  return [...expected.columns, ...(typeof expected.equals === "string" ? [expected.equals] : [])];
}

/** Looks at each group once: what totals, subtotals and the others repeat or leave empty is no fault of the data. */
async function readRows(table: ReportTable, names: readonly string[]): Promise<Pick<Known, "columns" | "rowCount">> {
  const places = [...new Set(names)].map((name) => table.columns.findIndex((column) => column.name === name));
  const facts = places.map(() => ({ empty: 0, sum: 0n }));
  const [isGroup, isPart] = [createIsGroup(table.columns), createIsPart(table.columns)];
  const isMarked = table.columns.some(({ role }) => role === "row");
  let rowCount = isMarked ? 0 : table.rowCount;
  if (places.length > 0 || isMarked) {
    for await (const row of table.rows()) {
      if (isMarked && isGroup(row)) rowCount += 1;
      if (!isPart(row)) continue;
      for (const [index, fact] of facts.entries()) {
        const cell = row[places[index] ?? -1] ?? null;
        if (isEmpty(cell)) fact.empty += isGroup(row) ? 1 : 0;
        else if (typeof cell === "number") fact.sum += billionths(cell);
      }
    }
  }
  const columns = new Map(facts.map((fact, index) => [table.columns[places[index] ?? -1]?.name ?? "", fact] as const));
  return { columns, rowCount };
}

/** A list without entries says no more than no list. */
function isEmpty(cell: Cell): boolean {
  return cell === null || (typeof cell === "object" && Object.keys(cell).length === 0);
}

const DECIMALS = 9;

/** Cells are rounded to nine decimals at most. */
function billionths(value: number): bigint {
  const [whole = "0", fraction = ""] = Math.abs(value).toFixed(DECIMALS).split(".");
  const size = BigInt(whole) * 10n ** BigInt(DECIMALS) + BigInt(fraction);
  return value < 0 ? -size : size;
}

function resultOf(expected: Expected, known: Known): Omit<CheckResult, "action"> {
  switch (expected.kind) {
    case "rows_between":
      return rowsBetween(expected, known.rowCount);
    case "not_null": {
      const empty = known.columns.get(expected.column)?.empty ?? 0;
      const found = empty === 0 ? "every row has a value" : `${inWords(empty)} of ${rows(known.rowCount)} have none`;
      return { check: `${expected.column} is not null`, result: passes(empty === 0), found };
    }
    case "sum_equals":
      return sumEquals(expected, known);
    case "fresher_than": {
      const ageMs = known.run.startedAt - known.run.dataUntil;
      const found = `they end ${timeInWords(ageMs)} before the run began`;
      return { check: `the data are fresher than ${expected.age}`, result: passes(ageMs < expected.ageMs), found };
    }
    case "difference_under":
      return differenceUnder(expected, known);
  }
}

function rowsBetween(
  { min, max }: Extract<Expected, { kind: "rows_between" }>,
  count: number,
): Omit<CheckResult, "action"> {
  const bounds = [
    ...(min === undefined ? [] : [`at least ${inWords(min)}`]),
    ...(max === undefined ? [] : [`at most ${inWords(max)}`]),
  ];
  return {
    check: `${bounds.join(" and ")} rows`,
    result: passes(count >= (min ?? 0) && count <= (max ?? Number.POSITIVE_INFINITY)),
    found: `there ${count === 1 ? "is" : "are"} ${inWords(count)}`,
  };
}

function sumEquals(
  { columns, equals }: Extract<Expected, { kind: "sum_equals" }>,
  known: Known,
): Omit<CheckResult, "action"> {
  const check = `${columns.join(" + ")} equals ${typeof equals === "number" ? inWords(equals) : equals}`;
  const parts = columns.map((name) => totalOf(name, known));
  const wanted = typeof equals === "number" ? billionths(equals) : totalOf(equals, known);
  if (wanted === undefined || parts.includes(undefined))
    return { check, result: "unknown", found: "a total is missing, so there is nothing to compare" };
  const sum = parts.reduce<bigint>((total, part) => total + (part ?? 0n), 0n);
  const found = `${amount(sum)} against ${amount(wanted)}`;
  return { check, result: passes(sum === wanted), found };
}

/** A grouped report counts everything once in its total, whatever its rows overlap; a detail report adds its cells. */
function totalOf(name: string, { table, columns }: Known): bigint | undefined {
  if (!table.totals) return columns.get(name)?.sum;
  const total = table.totals[table.columns.findIndex((column) => column.name === name)];
  return typeof total === "number" ? billionths(total) : undefined;
}

function differenceUnder(
  { column, percent }: Extract<Expected, { kind: "difference_under" }>,
  known: Known,
): Omit<CheckResult, "action"> {
  const { table, before } = known;
  const check = `${column ?? "the number of rows"} differs from the last run by less than ${inWords(percent)} %`;
  if (!before) return { check, result: "unknown", found: "there is no complete run of such a window to compare with" };
  const now = column === undefined ? table.rowCount : totalCell(column, table);
  const then = column === undefined ? before.rowCount : before.totals[column];
  const against = `in ${before.runId}`;
  if (now === null && then === null) return { check, result: "pass", found: `there is none, as ${against}` };
  if (then === undefined || typeof then === "object" || typeof then === "string" || typeof now !== "number")
    return then === undefined
      ? { check, result: "unknown", found: `there is no such column ${against}` }
      : { check, result: "fail", found: `${cell(now)} against ${cell(then)} ${against}` };
  const [present, past] = [billionths(now), billionths(then)];
  const [change, size] = [magnitude(present - past), magnitude(past)];
  // Percent in billionths, so that nothing is rounded on the way: change / size < percent / 100.
  const isUnder = change === 0n || change * 100n * 10n ** BigInt(DECIMALS) < size * billionths(percent);
  return { check, result: passes(isUnder), found: `${cell(now)} against ${cell(then)} ${against}` };
}

function totalCell(name: string, { columns, totals }: ReportTable): Cell {
  return totals?.[columns.findIndex((column) => column.name === name)] ?? null;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function passes(holds: boolean): "pass" | "fail" {
  return holds ? "pass" : "fail";
}

/** `49 h 20 min`; begun minutes count whole. */
function timeInWords(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  return `${hours > 0 ? `${inWords(hours)} h ` : ""}${minutes % 60} min`;
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${inWords(count)} rows`;
}

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: DECIMALS });

function inWords(value: number): string {
  return NUMBER.format(value);
}

function cell(value: Cell | undefined): string {
  return typeof value === "number" ? inWords(value) : "none";
}

/** Billionths as a number for people, exactly. */
function amount(value: bigint): string {
  const size = magnitude(value);
  const unit = 10n ** BigInt(DECIMALS);
  const fraction = String(size % unit)
    .padStart(DECIMALS, "0")
    .replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${(size / unit).toLocaleString("en")}${fraction === "" ? "" : `.${fraction}`}`;
}
