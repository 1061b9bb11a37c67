/**
 * A PostgreSQL server, by its URL. A connection that breaks, a server that restarts or has no connection left is asked
 * again for a minute; then the caller is told. A session that stands still in the middle of a transaction is ended by
 * the server, so that a frozen process holds no lock for long.
 */
import { Pool, type PoolClient } from "pg";
import type { Clock } from "../domain/clock.ts";
import { ReportError } from "../domain/errors.ts";
import type { Database, Sql } from "./database.ts";

/** Enough for a scheduler and its worker: a transaction takes milliseconds. */
const CONNECTIONS = 4;

/** How long a server may take to come back. */
const PATIENCE_MS = 60_000;

/** Waits before it is asked again: short at first, since a restart takes a second. */
const WAITS_MS = [100, 250, 500, 1_000, 2_000, 5_000] as const;

const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
const STANDSTILL_MS = 10_000;

/** Opens it; nothing is sent before the first statement. `patienceMs`: how long a server that is away is waited for. */
export function openServer(url: string, clock: Clock, signal: AbortSignal, patienceMs = PATIENCE_MS): Database {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: STANDSTILL_MS,
    application_name: "callsheet",
  });
  // An idle connection that breaks is replaced at the next statement.
  pool.on("error", () => undefined);
  const patiently = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> =>
    withPatience(async () => await withClient(pool, work), patienceMs, clock, signal);

  return {
    query: async (text, values) => await patiently(async (client) => await runOn(client).query(text, values)),
    transaction: async (work) =>
      await patiently(async (client) => {
        await client.query("BEGIN");
        const result = await work(runOn(client));
        await client.query("COMMIT");
        return result;
      }),
    vacuum: () => Promise.resolve(),
    close: async () => await pool.end(),
  };
}

function runOn(client: PoolClient): Sql {
  return {
    async query(text, values = []) {
      const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
      return rows;
    },
  };
}

/** A client whose work failed is not used again: its transaction ends with its connection. */
async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const broken = Promise.withResolvers<never>();
  // A connection that breaks between two statements says so here only, and would end the process unheard.
  const onError = (error: Error): void => broken.reject(error);
  broken.promise.catch(() => undefined);
  client.on("error", onError);
  let failed = true;
  try {
    const result = await Promise.race([work(client), broken.promise]);
    failed = false;
    return result;
  } finally {
    client.removeListener("error", onError);
    client.release(failed);
  }
}

async function withPatience<T>(
  work: () => Promise<T>,
  patienceMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const begunAt = clock.elapsed();
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw translate(error);
      const waitMs = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 0;
      if (signal.aborted || clock.elapsed() - begunAt + waitMs > patienceMs) throw unavailable(error);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }
}

/** Connection errors and shutdowns (class 08, 57P), no connection left (53300), what a standstill ended (25P03). */
const AWAY = /^(08...|57P0.|53300|25P03|40001|40P01)$/;
const AWAY_SYSTEM = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOENT",
  "EHOSTUNREACH",
  "EAI_AGAIN",
]);
const AWAY_WORDS = /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed/;

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return AWAY.test(code) || AWAY_SYSTEM.has(code) || AWAY_WORDS.test(error.message);
}

function unavailable(cause: unknown): ReportError {
  return new ReportError("database.unavailable", "The database does not answer", {
    hint: "See whether PostgreSQL runs, and whether CALLSHEET_DATABASE_URL leads to it.",
    cause,
  });
}

/** Its own words may quote values, which are ours; the server's state that people mend is told. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  const hint = REFUSALS[error.code];
  if (hint === undefined) return error;
  return new ReportError("database.refused", `The database refuses: ${error.message}`, { hint, cause: error });
}

const REFUSALS: Readonly<Record<string, string>> = {
  "28P01": "Check user and password in CALLSHEET_DATABASE_URL.",
  "28000": "Check the user in CALLSHEET_DATABASE_URL.",
  "3D000": "Make the database, or name another one in CALLSHEET_DATABASE_URL.",
  "42501": "Give the user of CALLSHEET_DATABASE_URL the right to create schemas and tables.",
  "25006": "The database takes no changes: let CALLSHEET_DATABASE_URL lead to the primary.",
  "53100": "The database's disk is full: free some space there.",
};
