/**
 * The table engine on DuckDB, embedded. Rows lie in a file of the run's scratch folder, memory is capped, and
 * what does not fit spills beside it. The database reaches no other file and no network.
 */
import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBListValue,
  type DuckDBValue,
  VARCHAR,
} from "@duckdb/node-api";
import type {
  CodeCounts,
  FactColumn,
  FactTable,
  Figure,
  FigureValue,
  Group,
  TableEngine,
} from "../aggregate/table-engine.ts";
import { assert } from "../domain/errors.ts";
import { appendRows } from "./append-rows.ts";
import { foldSql } from "./fold-sql.ts";
import { groupStatements } from "./group-sql.ts";
import { nameDiskErrors } from "./name-disk-errors.ts";
import { openFencedDatabase } from "./open-fenced-database.ts";
import { quote } from "./quote.ts";

/** An engine that must be closed. */
export interface DuckDbEngine extends TableEngine {
  close(): void;
}

/** Opens a database in the folder, which must exist. */
export async function createTableEngine(scratchPath: string): Promise<DuckDbEngine> {
  const { connection, ...database } = await openFencedDatabase(scratchPath);
  let tables = 0;
  const open: OpenTable = async (columns, rowCount) => {
    tables += 1;
    const name = `rows_${tables}`;
    await connection.run(
      `CREATE TABLE ${quote(name)} (${columns.map((column) => `${quote(column.name)} ${column.type === "text" ? "VARCHAR" : "DOUBLE"}`).join(", ")})`,
    );
    const appender = await connection.createAppender(name);
    return createFactTable({ connection, open, name, columns, appender, rowCount });
  };
  const engine = {
    createTable: async (columns: readonly FactColumn[]) => await open(columns, 0),
    close: () => database.close(),
  };
  return nameDiskErrors(engine, scratchPath);
}

/** A table with what its sisters need of it. */
interface DuckDbTable extends FactTable {
  readonly name: string;
  /** Everything that was appended is visible from here on. */
  finish(): void;
}

type OpenTable = (columns: readonly FactColumn[], rowCount: number) => Promise<DuckDbTable>;

function createFactTable({
  connection,
  open: openTable,
  name,
  columns,
  appender,
  rowCount,
}: {
  readonly connection: DuckDBConnection;
  readonly open: OpenTable;
  readonly name: string;
  readonly columns: readonly FactColumn[];
  readonly appender: DuckDBAppender;
  rowCount: number;
}): DuckDbTable {
  const appended = appendRows(
    appender,
    columns.map(({ type }) => (type === "text" ? VARCHAR : DOUBLE)),
  );
  let open = true;

  function finish(): void {
    if (!open) return;
    appended.close();
    open = false;
  }

  return {
    name,
    finish,
    get rowCount() {
      return rowCount;
    },
    append(rows) {
      assert(open, "a table is filled before it is read");
      for (const row of rows) appended.append(row.map(kept));
      rowCount += rows.length;
      return Promise.resolve();
    },
    async *group(keys, figures) {
      finish();
      const { tables, query } = groupStatements(name, keys, figures);
      try {
        for (const { create } of tables) await connection.run(create);
        const result = await connection.stream(query);
        for await (const rows of result.yieldRows()) {
          for (const row of rows) yield readGroup(row, keys.length, figures);
        }
      } finally {
        for (const { drop } of tables) await connection.run(drop);
      }
    },
    async fold(keys, kept, mark) {
      finish();
      const wanted = await openTable(
        keys.flatMap((key) => columns.filter((column) => column.name === key)),
        0,
      );
      await wanted.append(kept);
      wanted.finish();
      const folded = await openTable([...columns, { name: mark, type: "integer" }], rowCount);
      const names = columns.map((column) => column.name);
      await connection.run(foldSql(name, folded.name, names, keys, wanted.name));
      await wanted.close();
      return folded;
    },
    async *scan() {
      finish();
      const result = await connection.stream(`SELECT * FROM ${quote(name)} ORDER BY rowid`);
      for await (const rows of result.yieldRows()) {
        for (const row of rows) yield row.map(readKey);
      }
    },
    async close() {
      finish();
      await connection.run(`DROP TABLE ${quote(name)}`);
    },
  };
}

/** The driver's decoder swallows one byte order mark at the beginning of a text: it is given one to swallow. */
function kept(value: string | number | null): string | number | null {
  return typeof value === "string" && value.startsWith("\ufeff") ? `\ufeff${value}` : value;
}

function readGroup(row: readonly DuckDBValue[], keyCount: number, figures: readonly Figure[]): Group {
  let position = keyCount;
  const values = figures.map((figure): FigureValue => {
    const value = row[position++];
    if (figure.kind === "codes") return readCodes(value, row[position++], row[position++]);
    return typeof value === "bigint" ? value : null;
  });
  return { keys: row.slice(0, keyCount).map(readKey), figures: values };
}

function readKey(value: DuckDBValue): string | number | null {
  assert(
    value === null || typeof value === "string" || typeof value === "number",
    "flat columns hold text, numbers or null",
  );
  return value;
}

function readCodes(...[codes, counts, many]: readonly (DuckDBValue | undefined)[]): CodeCounts {
  if (!(codes instanceof DuckDBListValue) || !(counts instanceof DuckDBListValue)) return { units: new Map(), cut: 0 };
  const units = new Map(codes.items.map((code, index) => [String(code), Number(counts.items[index])]));
  return { units, cut: Number(many) - units.size };
}
