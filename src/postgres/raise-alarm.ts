/** Raises alarms within the transaction of what they are about. What was raised is not raised again. */
import type { AlarmKind } from "../domain/alarm.ts";
import type { ScheduledKey } from "../domain/scheduled-run.ts";
import type { Sql } from "./database.ts";

/** Enters an alarm. */
export async function raiseAlarm(
  sql: Sql,
  { report, nominalAt }: ScheduledKey,
  kind: AlarmKind,
  reason: string,
): Promise<void> {
  await sql.query(
    `INSERT INTO callsheet.alarm (report, nominal_at, kind, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [report, nominalAt, kind, reason],
  );
}

/** The run of this instant ended well: what was the matter up to it is over, and that is told once. */
export async function endAlarms(sql: Sql, { report, nominalAt }: ScheduledKey): Promise<void> {
  await sql.query(
    `WITH ended AS (
       UPDATE callsheet.alarm SET is_over = true WHERE report = $1 AND nominal_at <= $2 AND NOT is_over RETURNING kind)
     INSERT INTO callsheet.alarm (report, nominal_at, kind, reason, is_over)
     SELECT $1, $2, 'recovered', 'the run of this instant ended well; before: ' || string_agg(DISTINCT kind, ', '), true
     FROM ended HAVING count(*) > 0
     ON CONFLICT DO NOTHING`,
    [report, nominalAt],
  );
}
