/**
 * Forgets runs that are long over, with their attempts and alarms, and report texts that nothing speaks of any more. What is
 * not over stays, and so does the latest of each report: it says how the report stands.
 */
import { z } from "zod";
import { OPEN_STATES } from "../domain/scheduled-run.ts";
import type { Database } from "./database.ts";

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(", ");
const COUNTED = z.tuple([z.object({ count: z.coerce.number() })]);

/** Rows that go in one statement: it is over in a moment, and nobody waits for it. */
const MOST_ROWS = 5_000;

/** Those whose instant was before this one; their instants stay handled. What a backfill made of long ago is as old as its run. */
export async function forgetRuns(database: Database, before: number): Promise<void> {
  let count = MOST_ROWS;
  while (count === MOST_ROWS) count = await forgetSome(database, before);
  await database.query(
    `DELETE FROM callsheet.definition WHERE NOT EXISTS (SELECT FROM callsheet.run WHERE run.hash = definition.hash)
       AND NOT EXISTS (SELECT FROM callsheet.schedule WHERE schedule.hash = definition.hash)`,
  );
}

async function forgetSome(database: Database, before: number): Promise<number> {
  const rows = await database.query(
    `WITH old AS (
       SELECT report, nominal_at FROM callsheet.run
       WHERE nominal_at < $1 AND state NOT IN (${OPEN}) AND NOT (state = 'provisional' AND wake_at IS NOT NULL)
         AND (at_once IS NULL OR changed_at < to_timestamp($1::bigint / 1000))
         AND nominal_at < (SELECT max(nominal_at) FROM callsheet.run AS other WHERE other.report = run.report)
         AND nominal_at <> coalesce((SELECT max(nominal_at) FROM callsheet.run AS other
           WHERE other.report = run.report AND state NOT IN ('skipped', 'missed', 'cancelled')), -1)
       LIMIT $2),
     gone AS (DELETE FROM callsheet.run USING old
       WHERE run.report = old.report AND run.nominal_at = old.nominal_at RETURNING run.report, run.nominal_at),
     attempts AS (DELETE FROM callsheet.attempt USING gone
       WHERE attempt.report = gone.report AND attempt.nominal_at = gone.nominal_at),
     alarms AS (DELETE FROM callsheet.alarm USING gone
       WHERE alarm.report = gone.report AND alarm.nominal_at = gone.nominal_at)
     SELECT count(*) AS count FROM gone`,
    [before, MOST_ROWS],
  );
  const [{ count }] = COUNTED.parse(rows);
  return count;
}
