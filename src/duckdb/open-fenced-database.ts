/**
 * Opens a database in a run's scratch folder and locks it in there: it reads and writes files of that folder only,
 * loads no extension, reaches no network, and no statement can change that any more.
 */
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** Enough to sum millions of rows without spilling; the process needs a few hundred megabytes besides. */
const MEMORY_LIMIT = "256MB";

/** An open database. */
export interface FencedDatabase {
  readonly connection: DuckDBConnection;
  /** Another connection: each can stream one result at a time. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** Opens a database in the folder, which must exist. What needs more than `memoryLimit` goes to the folder's `spill`. */
export async function openFencedDatabase(scratchPath: string, memoryLimit = MEMORY_LIMIT): Promise<FencedDatabase> {
  const instance = await DuckDBInstance.create(join(scratchPath, "rows.duckdb"), {
    memory_limit: memoryLimit,
    threads: "2",
    temp_directory: join(scratchPath, "spill"),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  // Nobody opens the file again, so closing it need not put it in order.
  await connection.run("PRAGMA disable_checkpoint_on_shutdown");
  await connection.run(`SET allowed_directories = ['${scratchPath.replaceAll("'", "''")}']`);
  await fence(connection);
  return {
    connection,
    connect: async () => await instance.connect(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** From here on nothing but the allowed folders can be reached, and no statement changes that any more. */
export async function fence(connection: DuckDBConnection): Promise<void> {
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}
