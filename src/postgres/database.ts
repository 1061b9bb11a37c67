/**
 * A PostgreSQL database, wherever it is: a server, or PGlite in this process or in another one of this machine. What is
 * asked of it is the same SQL, so that one set of tests holds for all.
 */

/** A value that a statement is given; objects go as JSON text. */
export type SqlValue = string | number | boolean | null;

/** Runs statements. Rows are plain objects, to be parsed by whoever asked. */
export interface Sql {
  query(text: string, values?: readonly SqlValue[]): Promise<readonly unknown[]>;
}

/** An open database. Throws `database.unavailable` when it cannot be reached, after some patience. */
export interface Database extends Sql {
  /** All of the work, or nothing. It may be done again, when the connection broke before its end was known. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Makes room of rows that were changed or removed, where nobody else does: a server has its autovacuum. */
  vacuum(): Promise<void>;
  close(): Promise<void>;
}
