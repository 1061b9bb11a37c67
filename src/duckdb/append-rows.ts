/** Appends rows to a table, a chunk of DuckDB's own vector size at a time. */
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";

/** DuckDB's own vector size: one append, one chunk. */
export const CHUNK_ROWS = 2048;

/** Takes rows; they are in the table when it is closed. */
export interface RowAppender {
  /** A value for each column, in their order. */
  append(row: readonly DuckDBValue[]): void;
  close(): void;
}

/** Makes an appender of rows with these column types. */
export function appendRows(appender: DuckDBAppender, types: readonly DuckDBType[]): RowAppender {
  // One for all rows: those that are thrown away wait for the garbage collector outside the memory that it counts.
  const chunk = DuckDBDataChunk.create(types);
  let waiting: (readonly DuckDBValue[])[] = [];

  function flush(): void {
    if (waiting.length === 0) return;
    chunk.reset();
    chunk.rowCount = waiting.length;
    for (const index of types.keys())
      chunk.setColumnValues(
        index,
        waiting.map((row) => row[index] ?? null),
      );
    appender.appendDataChunk(chunk);
    waiting = [];
  }

  return {
    append(row) {
      waiting.push(row);
      if (waiting.length === CHUNK_ROWS) flush();
    },
    close() {
      flush();
      appender.closeSync();
    },
  };
}
