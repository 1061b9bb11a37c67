/**
 * Opens the database of schedules and runs: a PostgreSQL server, or PGlite in the state folder. PGlite is opened by one
 * process at a time. While `serve` has it, other commands of this machine ask `serve`.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "../disk/run-lock.ts";
import { ReportError } from "../domain/errors.ts";
import type { TaskHome } from "../pg-boss/create-task-queue.ts";
import type { Database } from "../postgres/database.ts";
import type { Config } from "./read-config.ts";
import type { World } from "./world.ts";

/** An open database and where its tasks are. */
export interface OpenDatabase {
  readonly database: Database;
  readonly home: TaskHome;
  readonly close: () => Promise<void>;
}

/** Opens the database with its tables, for a process that keeps it; `database.locked` when another one has it. */
export async function openDatabase(config: Config, world: World, patienceMs?: number): Promise<OpenDatabase> {
  const opened = await open(config, world, patienceMs);
  try {
    const { migrate } = await import("../postgres/migrate.ts");
    await migrate(opened.database);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(config: Config, world: World, patienceMs?: number): Promise<OpenDatabase> {
  const where = config.database();
  if (where.kind === "server") {
    const { openServer } = await import("../postgres/open-server.ts");
    const database = openServer(where.url, world.clock, world.signal, patienceMs);
    return { database, home: { url: where.url }, close: async () => await database.close() };
  }
  await mkdir(where.folder, { recursive: true, mode: 0o700 });
  const release = takeLock(join(where.folder, "lock"));
  if (release === undefined) throw locked(where.folder);
  try {
    const [{ openEmbedded }, { serveQueries }] = await Promise.all([
      import("../postgres/open-embedded.ts"),
      import("../postgres/serve-queries.ts"),
    ]);
    const { database, engine } = await openEmbedded(join(where.folder, "pglite"));
    const served = await serveQueries(database, where.folder);
    return {
      database,
      home: { engine },
      async close() {
        await served.close();
        await database.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

function locked(folder: string): ReportError {
  return new ReportError("database.locked", `Another process has the database in ${folder}`, {
    hint: "One `callsheet serve` runs on a state folder. For more, on this machine or on others, use PostgreSQL: CALLSHEET_DATABASE_URL.",
  });
}

/** A person waits for the answer; whoever serves has more patience. */
const GUEST_PATIENCE_MS = 5_000;

/**
 * Opens the database for one command: undefined when there is none yet. While `serve` has it, its statements go there.
 */
export async function openGuest(
  config: Config,
  world: World,
): Promise<Pick<OpenDatabase, "database" | "close"> | undefined> {
  const where = config.database();
  if (where.kind === "embedded") {
    if (!existsSync(join(where.folder, "pglite"))) return undefined;
    const { askOwner } = await import("../postgres/ask-owner.ts");
    const owner = await askOwner(where.folder);
    if (owner) return { database: owner, close: async () => await owner.close() };
  }
  return await openDatabase(config, world, GUEST_PATIENCE_MS);
}
