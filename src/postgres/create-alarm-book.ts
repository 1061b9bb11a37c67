/** Alarms in SQL. A message that is taken is due again after a while, unless it was noted as told. */
import { z } from "zod";
import type { AlarmBook } from "../schedule/alarm-book.ts";
import type { Database } from "./database.ts";
import { instant } from "./row-shapes.ts";

const ALARM = z.object({
  id: z.string(),
  report: z.string(),
  nominalAt: instant,
  kind: z.enum(["failed", "late", "missed", "paused", "recovered"]),
  reason: z.string(),
  raisedAt: instant,
});

/** Longer than sending takes; then twice as long each time, an hour at most. */
const AGAIN_MS = 60_000;
const AGAIN_AT_MOST_MS = 3_600_000;

/** Half a day. Whoever could not be told by then is told nothing that is still news. */
const MOST_TRIES = 16;

/** What was raised before is no news to a destination that is new. */
const NEWS_MS = 24 * 3_600_000;

/** Makes the book on a database whose tables are there. */
export function createAlarmBook(database: Database): AlarmBook {
  return {
    async raiseLate(lateMs, now) {
      // A run that is restated gave its files long ago; a window of a backfill has time. One that waited for its data is late from then on.
      await database.query(
        `INSERT INTO callsheet.alarm (report, nominal_at, kind, reason)
         SELECT report, nominal_at, 'late', CASE
             WHEN state = 'due' THEN 'not begun: a run before it is not over'
             WHEN state = 'running' THEN 'not done: attempt ' || attempts || ' is under way' || coalesce(', at ' || stage, '')
             WHEN attempts > 0 THEN 'not done: attempt ' || attempts || ' ended with ' || coalesce(last_code, 'nothing')
             ELSE 'not begun: no worker has taken it' END
         FROM callsheet.run
         WHERE state IN ('due', 'queued', 'running') AND restated = 0 AND at_once IS NULL
           AND greatest(nominal_at, coalesce((
             SELECT floor(extract(epoch FROM max(ended_at)) * 1000) FROM callsheet.attempt
             WHERE attempt.report = run.report AND attempt.nominal_at = run.nominal_at AND outcome = 'waiting'), 0)) < $1
           AND NOT EXISTS (SELECT 1 FROM callsheet.alarm
             WHERE alarm.report = run.report AND alarm.nominal_at = run.nominal_at AND kind = 'late')
         ON CONFLICT DO NOTHING`,
        [now - lateMs],
      );
    },
    take: async (destination, most, now) =>
      await database.transaction(async (sql) => {
        await sql.query(
          `INSERT INTO callsheet.alarm_message (alarm, destination, next_at)
           SELECT id, $1, 0 FROM callsheet.alarm WHERE raised_at > to_timestamp($2::bigint / 1000)
             AND NOT EXISTS (SELECT 1 FROM callsheet.alarm_message WHERE alarm = id AND destination = $1)
           ON CONFLICT DO NOTHING`,
          [destination, now - NEWS_MS],
        );
        const rows = await sql.query(
          `WITH due AS (
             SELECT alarm_message.alarm FROM callsheet.alarm_message JOIN callsheet.alarm ON alarm.id = alarm_message.alarm
             WHERE destination = $1 AND told_at IS NULL AND next_at <= $2 AND tries < $3
             ORDER BY raised_at, report LIMIT $4 FOR UPDATE OF alarm_message SKIP LOCKED),
           taken AS (
             UPDATE callsheet.alarm_message SET tries = tries + 1, next_at = $2 + least($5::bigint << tries, $6::bigint)
             WHERE destination = $1 AND alarm IN (SELECT alarm FROM due) RETURNING alarm)
           SELECT id, report, nominal_at AS "nominalAt", kind, reason,
             floor(extract(epoch FROM raised_at) * 1000)::bigint AS "raisedAt"
           FROM callsheet.alarm WHERE id IN (SELECT alarm FROM taken) ORDER BY raised_at, report`,
          [destination, now, MOST_TRIES, most, AGAIN_MS, AGAIN_AT_MOST_MS],
        );
        return z.array(ALARM).parse(rows);
      }),
    async noteTold(destination, alarmIds, now) {
      await database.query(
        `UPDATE callsheet.alarm_message SET told_at = $3
         WHERE destination = $1 AND alarm IN (SELECT value::uuid FROM jsonb_array_elements_text($2::jsonb))`,
        [destination, JSON.stringify(alarmIds), now],
      );
    },
  };
}
