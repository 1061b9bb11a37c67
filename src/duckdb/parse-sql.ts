/**
 * Lets DuckDB's own parser read expressions. The text is a parameter of one constant statement, so it is data: nothing
 * of it is bound, planned or run. The database is empty, in memory, and fenced in.
 */
import { DuckDBInstance } from "@duckdb/node-api";
import type { ParsedSql } from "../define/expression-parser.ts";
import { fence } from "./open-fenced-database.ts";

/** What is put before an expression to make it a statement; one byte a letter. */
const PREFIX = "SELECT ";

/** Parses each text. */
export async function parseSql(texts: readonly string[]): Promise<ReadonlyMap<string, ParsedSql>> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "64MB",
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    await fence(connection);
    const parsed = new Map<string, ParsedSql>();
    for (const text of texts) {
      const result = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [`${PREFIX}${text}`]);
      parsed.set(text, { json: treeOf(String(result.getRows()[0]?.[0])), prefixBytes: PREFIX.length });
    }
    return parsed;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The engine writes a number beyond all bounds as `Infinity`, which is no JSON. */
function treeOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { error: true, error_message: "a number in it is too large" };
  }
}
