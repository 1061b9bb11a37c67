// In: nothing. Out: databases for the suites of the queue, each with its tables and closed by whoever opened it: PGlite
// in memory, and a database of its own on the server of dev/services. The suites do not know which one they have.

import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { TaskHome } from "../../src/pg-boss/create-task-queue.ts";
import type { Database } from "../../src/postgres/database.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { openEmbedded } from "../../src/postgres/open-embedded.ts";
import { openServer } from "../../src/postgres/open-server.ts";
import { SYSTEM_CLOCK } from "../../src/cli/world.ts";

/** A database that is open, and how many processes may share it. */
export interface Home {
  readonly database: Database;
  readonly home: TaskHome;
  /** One more connection to it, as another machine has; the same one where there is only one. */
  another(): Database;
  close(): Promise<void>;
}

/** PGlite in memory. */
export async function openPglite(): Promise<Home> {
  const { database, engine } = await openEmbedded(undefined);
  await migrate(database);
  return { database, home: { engine }, another: () => database, close: async () => await database.close() };
}

/** An empty database on the server, gone again afterwards. */
export async function openPostgres(serverUrl: string): Promise<Home> {
  const { url, drop } = await createEmptyDatabase(serverUrl);
  const opened: Database[] = [];
  const another = (): Database => {
    const database = openServer(url, SYSTEM_CLOCK, new AbortController().signal);
    opened.push(database);
    return database;
  };
  const database = another();
  await migrate(database);
  return {
    database,
    home: { url },
    another,
    async close() {
      await Promise.all(opened.map(async (each) => await each.close()));
      await drop();
    },
  };
}

/** A database of its own on the server, without tables. */
export async function createEmptyDatabase(
  serverUrl: string,
): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `callsheet_${randomBytes(6).toString("hex")}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
