// Expressions of attackers, and of chance. None of them is ever run: the engine's parser reads each as data, and what is
// not on the list is refused. `CALLSHEET_FUZZED_EXPRESSIONS=100000 npx vitest run test/expressions/hostile` tries more,
// and then no one may take more than 100 ms of computing.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/aggregate/evaluate.ts";
import { whyNotParsed } from "../../src/define/admit-expression.ts";
import { MEASURES } from "../../src/define/measure-catalogue.ts";
import { ownMeasure } from "../../src/define/own-measure.ts";
import { childrenOf, type Expression } from "../../src/domain/expression.ts";
import { factsOf, type Measure } from "../../src/domain/measure.ts";
import { parseSql } from "../../src/duckdb/parse-sql.ts";
import { exact } from "../../src/domain/exact.ts";

const CORPUS: readonly string[] = [
  "(SELECT 1)",
  "(SELECT count(*) FROM duckdb_settings())",
  "offered FROM rows_1",
  "offered, answered",
  "offered AS x",
  "1; DROP TABLE rows_1",
  "1; SELECT 2",
  "1 UNION SELECT 2",
  "1 LIMIT 1",
  "1 ORDER BY 1",
  "1 WHERE true",
  "1 GROUP BY ALL",
  "1 QUALIFY true",
  "1 USING SAMPLE 1",
  "DISTINCT offered",
  "*",
  "COLUMNS('.*')",
  "EXISTS(SELECT 1)",
  "offered IN (SELECT 1)",
  "offered = ANY(SELECT 1)",
  "ARRAY(SELECT 1)",
  "read_text('FOLDER/secret.txt')",
  "(SELECT content FROM read_text('FOLDER/secret.txt'))",
  "getenv('HOME')",
  "current_setting('memory_limit')",
  "version()",
  "current_database()",
  "pg_sleep(10)",
  "nextval('s')",
  "random()",
  "uuid()",
  "now()",
  "current_date",
  "current_user",
  "repeat('a', 1000000000)",
  "range(1000000000)",
  "list_sum(range(1000000000))",
  "generate_series(1, 1000000000)",
  "regexp_matches('aaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$')",
  "power(10, 1000000)",
  "10 ** 1000000",
  "factorial(1000000)",
  "offered::INTEGER",
  "CAST(offered AS VARCHAR)",
  "TRY_CAST('1' AS INTEGER)",
  "'1'::JSON",
  "x'00'",
  "INTERVAL 1 DAY",
  "DATE '2024-01-01'",
  "TIMESTAMP '2024-01-01 00:00:00'",
  "[1, 2, 3]",
  "[x FOR x IN [1, 2]]",
  "{'a': 1}",
  "MAP {'a': 1}",
  "struct_pack(a := 1)",
  "list_transform([1], lambda x: x + 1)",
  "x -> x + 1",
  "?",
  "$1",
  "$name",
  "sum(offered) OVER ()",
  "row_number() OVER ()",
  "sum(agent.talk.seconds ORDER BY agent.talk.seconds)",
  "sum(agent.talk.seconds) WITHIN GROUP (ORDER BY 1)",
  "sum(DISTINCT agent.talk.seconds)",
  "main.abs(1)",
  "system.main.abs(1)",
  "offered.constructor",
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "offered COLLATE NOCASE",
  "offered AT TIME ZONE 'UTC'",
  "offered IS DISTINCT FROM 1",
  "'a' LIKE '%'",
  "'a' SIMILAR TO '(a+)+'",
  "'a' ~ '(a+)+$'",
  "GLOB 'x'",
  "offered[1]",
  "offered & 1",
  "offered << 100000",
  "offered // 0",
  "offered!",
  "@offered",
  "NULL",
  "true",
  "'text'",
  "1e400",
  "1e308 * 1e308",
  "123456789012345678901234567890123456789",
  "0x7fffffffffffffff",
  "'unclosed",
  '"unclosed',
  "/* unclosed",
  "$$dollar$$",
  "--",
  ";",
  "\\",
  "\u202e offered",
  "оffered",
  "SELECT 1",
  "(offered",
  "offered)",
  "DROP TABLE rows_1",
  "COPY (SELECT 1) TO 'FOLDER/stolen.csv'",
  "(COPY (SELECT 1) TO 'FOLDER/stolen.csv')",
  "ATTACH 'FOLDER/other.duckdb'",
  "PRAGMA database_list",
  "SET memory_limit = '100GB'",
  "INSTALL httpfs",
  "CALL pragma_version()",
  "query('SELECT 1')",
  "(FROM query('SELECT 1'))",
  "getvariable('x')",
  "GROUPING(offered)",
  "DEFAULT",
  "TABLE rows_1",
  "VALUES (1)",
  "(VALUES (1))",
  "case offered when (select 1) then 1 end",
  "coalesce((select 1), 2)",
  "greatest(1, (select 1))",
  "count(metric.tHandle) filter (where (select true))",
  `${"- ".repeat(900)}offered`,
  `${"not ".repeat(400)}1 = 1`,
  `${"case when 1 = 1 then ".repeat(80)}1${" end".repeat(80)}`,
  Array.from({ length: 999 }, () => "1").join("+"),
  "(".repeat(900),
  "[".repeat(900),
  "((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))".repeat(30),
];

/** Refused, or a measure of parts that are on the list; else the test fails. */
async function outcomeOf(text: string, unit: "number" | "ratio" = "number"): Promise<Measure | string> {
  const parsed = whyNotParsed(text) === undefined ? await parseSql([text]) : new Map();
  const outcome = ownMeasure({ name: "own_measure", expression: text, unit }, parsed.get(text), []);
  return "message" in outcome ? outcome.message : outcome;
}

describe("hostile expressions", () => {
  test.each(CORPUS)("T15, G5: %s is refused", async (template) => {
    const folder = mkdtempSync(join(tmpdir(), "callsheet-hostile-"));
    try {
      writeFileSync(join(folder, "secret.txt"), "secret");
      const outcome = await outcomeOf(template.replaceAll("FOLDER", folder));
      expect(outcome).toEqual(expect.any(String));
      expect(outcome).not.toContain("secret\n");
      expect(readdirSync(folder)).toEqual(["secret.txt"]);
      expect(existsSync("rows.duckdb")).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("T15: comments and brackets change nothing", async () => {
    for (const text of [
      "/* a */ offered -- b",
      "((offered))",
      "offered\n+\tanswered",
      '"offered"',
      'OFFERED + "offered"',
      "offered\u00a0+ 1_000",
      "- - - 1",
    ])
      expect(typeof (await outcomeOf(text)), text).toBe(text.startsWith("OFFERED") ? "string" : "object");
  });
});

test("T15: what stands in it once is computed once, however deep it stands", async () => {
  const deep = (text: string): string => `case when ${text} between 0 and 1 then 1 else 2 end`;
  const outcome = await outcomeOf(
    Array.from({ length: 14 }, () => deep).reduce((text, wrap) => wrap(text), "hold_ratio"),
  );
  if (typeof outcome === "string" || outcome.formula.kind !== "own") throw new Error("it was refused");
  let reads = 0;
  evaluate(outcome.formula.expression, () => {
    reads += 1;
    return exact(1n);
  });
  expect(reads).toBe(1);
});

const COUNT = Number(process.env.CALLSHEET_FUZZED_EXPRESSIONS ?? 5000);
const BY_HAND = process.env.CALLSHEET_FUZZED_EXPRESSIONS !== undefined;
const BATCH = 50;
const LONGEST_MS = 100;
const random = randomFrom(20_241_125);

test(`T15, G5: of ${COUNT} expressions of chance, each is refused at a place within it or made of what is on the list`, async () => {
  let [accepted, slowestMs] = [0, 0];
  for (let from = 0; from < COUNT; from += BATCH) {
    const texts = Array.from({ length: Math.min(BATCH, COUNT - from) }, fuzzed);
    const startedMs = spentMs();
    accepted += await tryAll(texts);
    const tookMs = spentMs() - startedMs;
    // A batch that is fast has no slow one in it.
    if (BY_HAND && tookMs > LONGEST_MS) slowestMs = Math.max(slowestMs, await slowestOf(texts));
  }
  expect(accepted).toBeGreaterThan(COUNT / 50);
  if (BY_HAND) expect(slowestMs).toBeLessThan(LONGEST_MS);
}, 1_800_000);

async function tryAll(texts: readonly string[]): Promise<number> {
  const parsed = await parseSql(texts.filter((text) => whyNotParsed(text) === undefined));
  let accepted = 0;
  for (const text of texts) {
    const outcome = ownMeasure({ name: "own_measure", expression: text, unit: "number" }, parsed.get(text), []);
    if ("message" in outcome) {
      expect(outcome.offset, text).toBeGreaterThanOrEqual(0);
      expect(outcome.offset, text).toBeLessThanOrEqual(text.length);
      continue;
    }
    accepted += 1;
    if (outcome.formula.kind !== "own") throw new Error("an own formula");
    requireListed(outcome.formula.expression, text);
    for (const { reads } of factsOf([outcome])) if (reads.kind === "own") requireListed(reads.expression, text);
    evaluate(outcome.formula.expression, () => exact(12_345_678_901_234n, 1_000_003n));
  }
  return accepted;
}

/** The best of three for each, the opening of the parser included. */
async function slowestOf(texts: readonly string[]): Promise<number> {
  let slowest = 0;
  for (const text of texts) {
    const times: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const startedMs = spentMs();
      await tryAll([text]);
      times.push(spentMs() - startedMs);
    }
    slowest = Math.max(slowest, Math.min(...times));
  }
  return slowest;
}

/** Computing time of the whole process: what else the machine does at the time is no fault of an expression. */
function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const LISTED = new Set(["number", "text", "measure", "field", "call", "case"]);

function requireListed(expression: Expression, text: string): void {
  if (!LISTED.has(expression.kind)) throw new Error(`${text}: ${expression.kind}`);
  for (const child of childrenOf(expression)) requireListed(child, text);
}

/** An expression of words that belong there, or a piece of the corpus, with some slips. */
function fuzzed(): string {
  const base = random() < 0.15 ? pick(CORPUS) : written(1 + Math.floor(random() * 4));
  let text = base;
  for (let slips = Math.floor(random() * 3); slips > 0; slips -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const kind = random();
    if (kind < 0.3) text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 4));
    else if (kind < 0.8) text = `${text.slice(0, at)}${pick(SLIPS)}${text.slice(at)}`;
    else text = text + text.slice(at);
  }
  return text;
}

const SLIPS: readonly string[] = [
  ..."( ) , ' \" ; -- /* */ . * + [ ] { } :: -> := ? $1 select from as over() and null case end distinct é 😀".split(
    " ",
  ),
  " ",
  "\n",
  "\0",
];
const MEASURE_WORDS = [...MEASURES.keys()];
const FIELD_WORDS = ["agent.talk.seconds", "agent.hold.seconds", "metric.tAnswered", "conversation.duration.seconds"];

function written(depth: number): string {
  const below = (): string => written(depth - 1);
  if (depth === 0) return random() < 0.5 ? pick(MEASURE_WORDS) : pick(["0", "1", "0.5", "100", "3600", "-2"]);
  return pick([
    () => `${below()} ${pick(["+", "-", "*", "/", "%"])} ${below()}`,
    () => `(${below()})`,
    () => `greatest(${below()}, ${below()})`,
    () => `coalesce(${below()}, ${below()})`,
    () => `round(${below()}, ${Math.floor(random() * 12)})`,
    () => `case when ${below()} ${pick(["<", ">=", "="])} ${below()} then ${below()} else ${below()} end`,
    () => `${pick(["sum", "avg", "max", "count"])}(${pick(FIELD_WORDS)})`,
    () => `${pick(["abs", "floor", "ceil", "sign", "sqrt", "read_text"])}(${below()})`,
    () => `${below()} between ${below()} and ${below()}`,
  ])();
}

function pick<T>(values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

/** Park and Miller's generator: the same expressions on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
