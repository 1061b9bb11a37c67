/**
 * Windows of the past in the ledger: entered by a command, a few of each backfill given a task at a time. One statement
 * each, since the command may be a guest of the process that has the database.
 */
import { z } from "zod";
import { backfillKey } from "../domain/scheduled-run.ts";
import type { Backfill } from "../schedule/backfill-book.ts";
import type { Sql } from "./database.ts";
import { instant } from "./row-shapes.ts";

/** Runs of schedules have 0, and restated ones come between. */
const PRIORITY = -20;

const ENTERED = z.array(z.object({ endAt: instant }));

/** Enters the windows; the answer are the ends of those that were not there, were of another text, or had failed. */
export async function enterBackfill(sql: Sql, { report, every, endsAt, atOnce }: Backfill): Promise<readonly number[]> {
  const { report: key } = backfillKey(report.report, every, 0);
  const rows = await sql.query(
    `WITH kept AS (
       INSERT INTO callsheet.definition (hash, report, file, text) VALUES ($2, $3, $4, $5) ON CONFLICT DO NOTHING)
     INSERT INTO callsheet.run AS known (report, nominal_at, state, hash, priority, give_up_at, at_once)
       SELECT $1, value::bigint, 'due', $2, $6::int, value::bigint, $7::int FROM jsonb_array_elements_text($8::jsonb)
     ON CONFLICT (report, nominal_at) DO UPDATE SET state = 'due', reason = NULL, hash = excluded.hash, attempts = 0,
       restated = 0, run_id = NULL, rows = NULL, wake_at = NULL, at_once = excluded.at_once,
       changed_at = clock_timestamp()
     WHERE known.state IN ('failed', 'cancelled')
       OR (known.state IN ('done', 'provisional') AND known.hash <> excluded.hash)
     RETURNING nominal_at AS "endAt"`,
    [key, report.hash, report.report, report.file, report.text, PRIORITY, atOnce, JSON.stringify(endsAt)],
  );
  return ENTERED.parse(rows).map(({ endAt }) => endAt);
}

/**
 * Gives the next windows of each backfill their tasks, the oldest first. Schedulers that look at the same time choose
 * the same rows, and the second one finds them taken.
 */
export async function releaseBackfills(sql: Sql, now: number): Promise<void> {
  await sql.query(
    `WITH ready AS (
       SELECT report, nominal_at, at_once, row_number() OVER (PARTITION BY report ORDER BY nominal_at) AS place,
         (SELECT count(*) FROM callsheet.run AS other WHERE other.report = run.report AND other.at_once IS NOT NULL
            AND other.state IN ('queued', 'running')) AS at_work
       FROM callsheet.run WHERE at_once IS NOT NULL
         AND (state = 'due' OR (state IN ('waiting', 'provisional') AND wake_at <= $1)))
     UPDATE callsheet.run SET state = 'queued', task_id = gen_random_uuid(), task_try = NULL, task_added = false,
       task_after_ms = 0, restated = restated + CASE WHEN state = 'provisional' THEN 1 ELSE 0 END, attempts = 0,
       wake_at = NULL, run_id = NULL, stage = NULL, changed_at = clock_timestamp()
     FROM ready WHERE run.report = ready.report AND run.nominal_at = ready.nominal_at
       AND at_work + place <= ready.at_once AND run.state IN ('due', 'waiting', 'provisional')`,
    [now],
  );
}
