/** The database of a process that has it open, for another command of this machine: one statement at a time. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { assert, ReportError } from "../domain/errors.ts";
import type { Database } from "./database.ts";
import { OWNER_FILE } from "./serve-queries.ts";

const OWNER = z.object({ port: z.int(), word: z.string() });
const ROWS = z.object({ rows: z.array(z.unknown()) });

/** Longer than any statement takes. */
const ANSWER_MS = 30_000;

/** Undefined when nobody has it open; what a killed owner left behind counts as nobody. */
export async function askOwner(folder: string): Promise<Database | undefined> {
  const owner = await readOwner(folder);
  if (owner === undefined) return undefined;
  const database = databaseAt(owner);
  return (await isThere(database)) ? database : undefined;
}

async function readOwner(folder: string): Promise<z.infer<typeof OWNER> | undefined> {
  try {
    return OWNER.parse(JSON.parse(await readFile(join(folder, OWNER_FILE), "utf8")));
  } catch {
    return undefined;
  }
}

async function isThere(database: Database): Promise<boolean> {
  try {
    await database.query("SELECT 1");
    return true;
  } catch {
    return false;
  }
}

function databaseAt({ port, word }: z.infer<typeof OWNER>): Database {
  return {
    async query(text, values = []) {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        headers: { authorization: `Bearer ${word}` },
        body: JSON.stringify({ text, values }),
        signal: AbortSignal.timeout(ANSWER_MS),
      }).catch(gone);
      if (!response.ok) throw gone(await response.text());
      return ROWS.parse(await response.json()).rows;
    },
    transaction: () => {
      assert(false, "a guest of the database sends single statements");
    },
    vacuum: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function gone(cause: unknown): never {
  throw new ReportError("database.unavailable", "The callsheet serve of this state folder does not answer", {
    hint: "See whether it still runs; when it is gone, give the command again.",
    cause,
  });
}
