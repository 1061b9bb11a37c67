/**
 * Parquet from a report's rows. They go into a typed table on disk, a chunk at a time, and come out compressed: times
 * as instants, dates as dates, lists and counts as what they are. Memory is the database's, whatever the rows are.
 */
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  BIGINT,
  DATE,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  MAP,
  mapValue,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api";
import { assert } from "../domain/errors.ts";
import { type Cell, isDate, type ReportColumn, type ReportTable } from "../domain/report-table.ts";
import type { ParquetPart, ParquetWriter } from "../export/parquet-writer.ts";
import { appendRows } from "./append-rows.ts";
import { quote } from "./quote.ts";
import { nameWriterErrors } from "./name-disk-errors.ts";
import { openFencedDatabase } from "./open-fenced-database.ts";

const DAY_MS = 86_400_000;
/** The table's last column when it is parted; no path and no measure has a space. */
const DAY = "local day";
const ROWS = "report_rows";

type Provenance = Parameters<ParquetWriter["writeParquet"]>[1];

/** Makes a writer. Its database lies in a folder of its own below `scratchPath`, and is gone behind each table. */
export function createParquetWriter(scratchPath: string): ParquetWriter {
  const folder = join(scratchPath, "parquet");
  const writer: ParquetWriter = {
    async *writeParquet(table, provenance, dayColumn) {
      await mkdir(folder, { recursive: true });
      const { connection, ...database } = await openFencedDatabase(folder);
      try {
        yield* partsOf(connection, folder, table, provenance, dayColumn);
      } finally {
        database.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
  return nameWriterErrors(writer, scratchPath);
}

async function* partsOf(
  connection: DuckDBConnection,
  folder: string,
  table: ReportTable,
  provenance: Provenance,
  dayColumn: number | undefined,
): AsyncGenerator<ParquetPart> {
  const parted = dayColumn !== undefined;
  const columns = [...table.columns.map(columnOf), ...(parted ? [{ name: DAY, type: VARCHAR }] : [])];
  await connection.run(
    `CREATE TABLE ${ROWS} (${columns.map((column) => `${quote(column.name)} ${column.type.toString()}`).join(", ")})`,
  );
  await fill(connection, table, columns, dayColumn);
  const file = join(folder, "part.parquet");
  for (const { day, rows } of parted ? await daysOf(connection) : [{ day: undefined, rows: table.rowCount }]) {
    await connection.run(copySql(file, provenance, day));
    yield { ...(day === undefined ? {} : { day }), rows, chunks: createReadStream(file) };
    await rm(file);
  }
}

interface Column {
  readonly name: string;
  readonly type: DuckDBType;
}

function columnOf(column: ReportColumn): Column {
  const { name, type } = column;
  switch (type) {
    case "text":
      return { name, type: VARCHAR };
    case "list":
      return { name, type: LIST(VARCHAR) };
    case "counts":
      return { name, type: MAP(VARCHAR, BIGINT) };
    case "instant":
    case "bucket":
      return { name, type: isDate(column) ? DATE : TIMESTAMPTZ };
    case "integer":
      return { name, type: (column.decimals ?? 0) === 0 ? BIGINT : DOUBLE };
    case "decimal":
      return { name, type: DOUBLE };
  }
}

async function fill(
  connection: DuckDBConnection,
  table: ReportTable,
  columns: readonly Column[],
  dayColumn: number | undefined,
): Promise<void> {
  const types = columns.map(({ type }) => type);
  const rows = appendRows(await connection.createAppender(ROWS), types);
  for await (const row of table.rows()) {
    const values = row.map((cell, index) => typedValue(cell, columns[index]?.type));
    if (dayColumn !== undefined) values.push(localDay(row[dayColumn]));
    rows.append(values);
  }
  rows.close();
}

function typedValue(cell: Cell, type: DuckDBType | undefined): DuckDBValue {
  if (cell === null) return null;
  if (typeof cell === "string") {
    if (type === DATE) return new DuckDBDateValue(Date.parse(`${cell}T00:00Z`) / DAY_MS);
    if (type === TIMESTAMPTZ) return new DuckDBTimestampTZValue(BigInt(Date.parse(cell)) * 1000n);
    return cell.toWellFormed();
  }
  if (typeof cell === "number") {
    assert(Number.isFinite(cell), "a cell of a report is never NaN or infinite");
    return type === BIGINT ? BigInt(cell) : cell;
  }
  if (isList(cell)) return listValue(cell.map((text) => text.toWellFormed()));
  return mapValue(Object.entries(cell).map(([key, count]) => ({ key: key.toWellFormed(), value: BigInt(count) })));
}

function isList(cell: object): cell is readonly string[] {
  return Array.isArray(cell);
}

/** Times are written as on the wall, so the day is there to be read. */
function localDay(cell: Cell | undefined): string | null {
  return typeof cell === "string" ? cell.slice(0, 10) : null;
}

async function daysOf(
  connection: DuckDBConnection,
): Promise<readonly { readonly day: string | null; readonly rows: number }[]> {
  const found = await connection.runAndReadAll(
    `SELECT ${quote(DAY)}, count(*)::DOUBLE FROM ${ROWS} GROUP BY ALL ORDER BY ${quote(DAY)} NULLS LAST`,
  );
  return found.getRows().map(([day, rows]) => ({ day: typeof day === "string" ? day : null, rows: Number(rows) }));
}

function copySql(file: string, provenance: Provenance, day: string | null | undefined): string {
  const rows =
    day === undefined
      ? `SELECT * FROM ${ROWS}`
      : `SELECT * EXCLUDE (${quote(DAY)}) FROM ${ROWS} WHERE ${quote(DAY)} IS NOT DISTINCT FROM ${day === null ? "NULL" : text(day)}`;
  const metadata = Object.entries(provenance).map(
    ([fact, value]) => `${quote(`callsheet.${fact}`)}: ${text(String(value))}`,
  );
  return `COPY (${rows}) TO ${text(file)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {${metadata.join(", ")}})`;
}

function text(value: string): string {
  return `'${value.replaceAll("\0", "\ufffd").replaceAll("'", "''")}'`;
}
