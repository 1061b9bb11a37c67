/** Finds a report by name in `reports/` or by file. */
import { existsSync, readdirSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import { expressionsIn } from "../define/admit-expression.ts";
import type { ExpressionParser } from "../define/expression-parser.ts";
import type { ReadCron } from "../define/parse-cron.ts";
import { parseDefinition } from "../define/parse-definition.ts";
import { ReportError } from "../domain/errors.ts";
import type { ReportDefinition } from "../domain/report-definition.ts";
import { suggestion } from "../support/did-you-mean.ts";
import { readText } from "./read-text.ts";
import type { World } from "./world.ts";

const EXTENSIONS = [".yaml", ".yml", ".json"];

/** A report file, named as messages name it. */
export interface ReportText {
  readonly shown: string;
  readonly text: string;
}

/** Reads and parses the report; throws `config.missing` when there is none, or what is wrong with it. */
export async function findReport(name: string, folder: string, world: World): Promise<ReportDefinition> {
  const { text, shown } = readReport(name, folder, world);
  return await parseReport(text, shown);
}

/** Reads the report's file only; throws `config.missing` when there is none. */
export function readReport(name: string, folder: string, world: World): ReportText {
  const candidates = [
    resolve(world.cwd, name),
    ...EXTENSIONS.map((extension) => join(folder, "reports", `${name}${extension}`)),
  ];
  const path = candidates.find((candidate) => existsSync(candidate) && EXTENSIONS.includes(extname(candidate)));
  if (path === undefined) {
    const names = reportNames(folder);
    throw new ReportError("config.missing", `There is no report "${name}".${suggestion(name, names)}`, {
      hint:
        names.length > 0
          ? `Reports here: ${names.join(", ")}. A path to a .yaml or .json file works too.`
          : "Make a first one with `callsheet init`, or give the path of a .yaml or .json file.",
    });
  }
  const shown = relative(world.cwd, path) || path;
  return { shown, text: readText(path, shown) };
}

/** Parses the text of a report file; throws what is wrong with it. `shown` names the file in messages. */
export async function parseReport(text: string, shown: string): Promise<ReportDefinition> {
  const expressions = expressionsIn(text, shown);
  const parsed = expressions.length > 0 ? await parseExpressions(expressions) : undefined;
  return parseDefinition(text, shown, parsed, await cronReaderFor(text));
}

/** The engine is large, and few reports have expressions. */
async function parseExpressions(expressions: readonly string[]): ReturnType<ExpressionParser> {
  const { parseSql } = await import("../duckdb/parse-sql.ts");
  return await parseSql(expressions);
}

/** Few reports have a schedule. With a backslash, a key can be written in other letters. */
async function cronReaderFor(text: string): Promise<ReadCron | undefined> {
  return /schedule|\\/.test(text) ? (await import("../define/parse-cron.ts")).parseCron : undefined;
}

/** Names of all reports in `reports/`. */
export function reportNames(folder: string): string[] {
  return reportFiles(folder)
    .map((file) => file.slice(0, -extname(file).length))
    .sort();
}

/** Names of all report files in `reports/`. */
export function reportFiles(folder: string): string[] {
  const path = join(folder, "reports");
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((file) => EXTENSIONS.includes(extname(file)));
}
