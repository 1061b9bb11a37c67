// In: a database and what is to befall its user. Out: the same database, on which the user dies or freezes at a
// statement: before it, after it was done, in the middle of a transaction, or when it was committed and nobody heard.

import type { Database, Sql } from "../../src/postgres/database.ts";

/** What befalls at one moment. */
export type Fate = "live" | "die" | "freeze";

/** The process is gone: what it held it holds no more. */
export class Killed extends Error {}

/** `fate` is asked at every moment; a frozen one goes on when `thaw` resolves. */
export function mortal(database: Database, fate: () => Fate, thaw: () => Promise<void>): Database {
  async function moment(): Promise<void> {
    const befalls = fate();
    if (befalls === "die") throw new Killed();
    if (befalls === "freeze") await thaw();
  }
  const on = (sql: Sql): Sql => ({
    async query(text, values) {
      await moment();
      const rows = await sql.query(text, values);
      await moment();
      return rows;
    },
  });
  return {
    ...on(database),
    async transaction(work) {
      const result = await database.transaction(async (sql) => await work(on(sql)));
      await moment();
      return result;
    },
    vacuum: async () => await database.vacuum(),
    close: () => Promise.resolve(),
  };
}
