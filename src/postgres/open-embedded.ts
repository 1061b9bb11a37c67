/**
 * PGlite in the state folder: PostgreSQL in this process, for one machine. It has no lock between processes, and two of
 * them would silently lose each other's rows, so whoever opens it must hold the folder's lock. A killed process loses
 * nothing; a machine that loses power may, since PGlite does not sync to the disk.
 */
import { PGlite, type PGliteInterface, type Transaction } from "@electric-sql/pglite";
import { makeFolder } from "../support/make-folder.ts";
import type { Database, Sql } from "./database.ts";

/** The database, and the engine for those who speak to it themselves. */
export interface Embedded {
  readonly database: Database;
  readonly engine: PGliteInterface;
}

/** Opens the engine; the first time takes seconds. Without a folder its data are in memory. */
export async function openEmbedded(folder: string | undefined): Promise<Embedded> {
  if (folder !== undefined) await makeFolder(folder);
  const engine = await PGlite.create(folder === undefined ? {} : { dataDir: folder });
  return {
    engine,
    database: {
      ...runOn(engine),
      transaction: async (work) => await engine.transaction(async (transaction) => await work(runOn(transaction))),
      // PostgreSQL does so in a process of its own, which an embedded one has not: its files would grow for ever.
      vacuum: async () => void (await engine.exec("VACUUM")),
      close: async () => await engine.close(),
    },
  };
}

function runOn(engine: PGliteInterface | Transaction): Sql {
  return {
    async query(text, values = []) {
      const { rows } = await engine.query<unknown>(text, [...values]);
      return rows;
    },
  };
}
