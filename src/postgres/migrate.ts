/**
 * Makes and upgrades the tables. Migrations go forward only, each once, in one transaction that the schedulers and
 * workers of other machines wait for. A database that a newer callsheet has been at is left alone.
 */
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import type { Database, Sql } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Any number that others do not use: "call". */
const LOCK = 0x63616c6c;

const VERSION_ROWS = z.array(z.object({ version: z.coerce.number().int() }));

/** Brings the tables to this program's version; throws `database.newer_schema` when they are ahead of it. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const version = await readVersion(sql);
    if (version > MIGRATIONS.length) throw newerSchema(version);
    for (const statements of MIGRATIONS.slice(version)) for (const statement of statements) await sql.query(statement);
    if (version < MIGRATIONS.length) await sql.query("UPDATE callsheet.schema SET version = $1", [MIGRATIONS.length]);
  });
}

/** Throws `database.newer_schema` when the tables are ahead of this program by now. */
export async function expectSchema(database: Sql): Promise<void> {
  const [row] = VERSION_ROWS.parse(await database.query("SELECT version FROM callsheet.schema"));
  if (row !== undefined && row.version > MIGRATIONS.length) throw newerSchema(row.version);
}

async function readVersion(sql: Sql): Promise<number> {
  await sql.query("CREATE SCHEMA IF NOT EXISTS callsheet");
  await sql.query("CREATE TABLE IF NOT EXISTS callsheet.schema (version integer NOT NULL)");
  const [row] = VERSION_ROWS.parse(await sql.query("SELECT version FROM callsheet.schema"));
  if (row !== undefined) return row.version;
  await sql.query("INSERT INTO callsheet.schema (version) VALUES (0)");
  return 0;
}

function newerSchema(version: number): ReportError {
  return new ReportError(
    "database.newer_schema",
    `The tables in the database are of version ${version}; this callsheet knows them up to version ${MIGRATIONS.length}`,
    {
      hint: "A newer callsheet works with this database. Install that version here too; tables are never changed back.",
    },
  );
}
