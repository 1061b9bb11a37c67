/**
 * The state of an OAuth client in a small SQLite file of this machine, for all processes that have the same state
 * folder. A step is one transaction: SQLite lets one process in at a time, and a process that is killed in the middle
 * leaves the file as it was and the door open. Nothing is synced to the disk: what a power loss takes was worth a
 * minute at most. The file holds an access token, so only its owner can read it.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import {
  type ClientIdentity,
  clientKey,
  type ClientState,
  type ClientStore,
  UNKNOWN_CLIENT,
} from "../domain/client-store.ts";
import type { Clock } from "../domain/clock.ts";
import { parseClientState } from "./parse-client-state.ts";

/** How long a step waits for the steps of others, which take less than a millisecond each. */
const BUSY_MS = 5_000;

/** Opens the store below the state folder; throws when the folder cannot be written or the file is damaged. */
export function createClientStore(statePath: string, client: ClientIdentity, clock: Clock): ClientStore {
  const folder = join(statePath, "clients");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openDatabase(join(folder, `${clientKey(client)}.sqlite`));
  const read = database.prepare("SELECT state FROM client");
  const write = database.prepare("INSERT OR REPLACE INTO client (id, state) VALUES (1, ?)");

  return {
    async update(step) {
      database.exec("BEGIN IMMEDIATE");
      try {
        const before = stateOf(read.get()?.["state"]);
        const { state, answer } = step(before, clock.elapsed());
        if (state !== before) write.run(JSON.stringify(state));
        database.exec("COMMIT");
        return answer;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => database.close(),
  };
}

/** The file exists with its rights before SQLite writes the first byte; its companions take over the rights. */
function openDatabase(path: string): DatabaseSync {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new (sqlite().DatabaseSync)(path, { timeout: BUSY_MS });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON");
  database.exec("CREATE TABLE IF NOT EXISTS client (id INTEGER PRIMARY KEY, state TEXT NOT NULL)");
  return database;
}

/** Early releases of Node 24 warn on the terminal that its SQLite is experimental: nothing that a person could act on. */
function sqlite(): typeof import("node:sqlite") {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

function stateOf(text: unknown): ClientState {
  return (typeof text === "string" ? parseClientState(text) : undefined) ?? UNKNOWN_CLIENT;
}
