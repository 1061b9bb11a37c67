/**
 * Conversations in Parquet. Id, start, end, direction, divisions and media types are columns for whoever reads the
 * file with another tool; `record` holds the whole record as JSON, because its parts nest, and absent members must
 * come back absent. This program reads that column only, and DuckDB never looks into it.
 */
import { mkdir } from "node:fs/promises";
import {
  type DuckDBConnection,
  DuckDBTimestampTZValue,
  type DuckDBValue,
  LIST,
  listValue,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { Interval } from "../domain/interval.ts";
import type { DayFiles, DayFileWriter } from "../runs/day-files.ts";
import { openNamed } from "./name-disk-errors.ts";
import { appendRows, CHUNK_ROWS } from "./append-rows.ts";
import { openFencedDatabase } from "./open-fenced-database.ts";

const COLUMNS = [
  ["conversationId", VARCHAR, "VARCHAR"],
  ["conversationStart", TIMESTAMPTZ, "TIMESTAMPTZ"],
  ["conversationEnd", TIMESTAMPTZ, "TIMESTAMPTZ"],
  ["originatingDirection", VARCHAR, "VARCHAR"],
  ["divisionIds", LIST(VARCHAR), "VARCHAR[]"],
  ["mediaTypes", LIST(VARCHAR), "VARCHAR[]"],
  ["record", VARCHAR, "VARCHAR"],
] as const;

/** Rows that are compressed together. DuckDB's 122,880 would take more memory than a run has to spare. */
const ROW_GROUP_ROWS = 5 * CHUNK_ROWS;

/** Enough to hold a row group several times over. */
const MEMORY_LIMIT = "128MB";

/** Opens a database in the folder, which is made if need be; it reaches files below this folder only. */
export async function openDayFiles(folder: string): Promise<DayFiles> {
  return await openNamed(folder, async () => await openFiles(folder));
}

async function openFiles(folder: string): Promise<DayFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { connection, ...database } = await openFencedDatabase(folder, MEMORY_LIMIT);
  let tables = 0;
  return {
    async create() {
      tables += 1;
      return await createWriter(connection, `day_${tables}`);
    },
    async *read(path, interval) {
      const sql = `SELECT record FROM read_parquet(${text(path)}) WHERE ${within("conversationStart", interval)}`;
      const own = await database.connect();
      try {
        const result = await own.stream(sql);
        for await (const rows of result.yieldRows()) yield rows.map(([record]) => parseRecord(record));
      } finally {
        own.closeSync();
      }
    },
    async compare(before, after, interval) {
      const [row = []] = await rowsOf(connection, compareSql(before, after, interval));
      const [added = 0, removed = 0, changed = 0] = row.map(Number);
      return { added, removed, changed };
    },
    async copyWithout(path, ids, copy) {
      const table = `day_${++tables}`;
      await connection.run(`CREATE TEMP TABLE ${table} (id VARCHAR)`);
      const unwanted = appendRows(await connection.createAppender(table, "main", "temp"), [VARCHAR]);
      for (const id of ids) unwanted.append([id]);
      unwanted.close();
      const source = `FROM read_parquet(${text(path)}) WHERE conversationId`;
      const rows = await rowsOf(
        connection,
        `SELECT conversationId, conversationEnd IS NULL ${source} IN (FROM ${table})`,
      );
      if (rows.length > 0) await connection.run(copySql(`(SELECT * ${source} NOT IN (FROM ${table}))`, copy));
      await connection.run(`DROP TABLE ${table}`);
      return rows.map(([id, isOpen]) => ({ id: String(id), isOpen: isOpen === true }));
    },
    close: () => database.close(),
  };
}

async function createWriter(connection: DuckDBConnection, table: string): Promise<DayFileWriter> {
  await connection.run(`CREATE TEMP TABLE ${table} (${COLUMNS.map(([name, , type]) => `${name} ${type}`).join(", ")})`);
  const rows = appendRows(
    await connection.createAppender(table, "main", "temp"),
    COLUMNS.map(([, type]) => type),
  );
  return {
    append(records) {
      for (const record of records) rows.append(rowOf(record));
    },
    async finish(path) {
      rows.close();
      await connection.run(copySql(table, path));
      await connection.run(`DROP TABLE ${table}`);
    },
  };
}

function rowOf(record: ConversationRecord): DuckDBValue[] {
  const { id, startedAt, endedAt, direction, divisionIds, parts } = record;
  return [
    id,
    instant(startedAt),
    endedAt === undefined ? null : instant(endedAt),
    direction ?? null,
    listValue([...divisionIds]),
    listValue([...new Set(parts.map(({ mediaType }) => mediaType))]),
    JSON.stringify(record),
  ];
}

/** The checksum in the file's name has shown that these are the very texts that were made of records. */
function parseRecord(json: DuckDBValue | undefined): ConversationRecord {
  return JSON.parse(String(json)) as ConversationRecord;
}

function compareSql(before: string, after: string, interval: Interval): string {
  const [older, newer] = [before, after].map(
    (path) =>
      `(SELECT conversationId, record FROM read_parquet(${text(path)}) WHERE ${within("conversationStart", interval)})`,
  );
  return [
    "SELECT count(*) FILTER (older.record IS NULL), count(*) FILTER (newer.record IS NULL),",
    "count(*) FILTER (older.record <> newer.record)",
    `FROM ${older} AS older FULL JOIN ${newer} AS newer USING (conversationId)`,
  ].join(" ");
}

function copySql(source: string, path: string): string {
  return `COPY ${source} TO ${text(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`;
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  return await (await connection.run(sql)).getRows();
}

function within(column: string, { startAt, endAt }: Interval): string {
  return `${column} >= make_timestamptz(${startAt}000) AND ${column} < make_timestamptz(${endAt}000)`;
}

function instant(at: number): DuckDBTimestampTZValue {
  return new DuckDBTimestampTZValue(BigInt(at) * 1000n);
}

function text(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
