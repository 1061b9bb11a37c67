/** Forgets runs that are long over, with their attempts and with report texts that nothing speaks of any more. */
import { OPEN_STATES } from "../domain/scheduled-run.ts";
import type { Database } from "./database.ts";

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(", ");

/** Those whose instant was before this one; their instants stay handled. */
export async function forgetRuns(database: Database, before: number): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query(`DELETE FROM callsheet.run WHERE nominal_at < $1 AND state NOT IN (${OPEN})`, [before]);
    await sql.query(
      `DELETE FROM callsheet.attempt WHERE nominal_at < $1 AND NOT EXISTS (SELECT FROM callsheet.run
         WHERE run.report = attempt.report AND run.nominal_at = attempt.nominal_at)`,
      [before],
    );
    await sql.query(
      `DELETE FROM callsheet.definition WHERE NOT EXISTS (SELECT FROM callsheet.run WHERE run.hash = definition.hash)
         AND NOT EXISTS (SELECT FROM callsheet.schedule WHERE schedule.hash = definition.hash)`,
    );
  });
}
