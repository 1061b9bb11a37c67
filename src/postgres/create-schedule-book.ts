/** The book of schedules in SQL. What a step decides is computed by its caller; here it is read and written. */
import { z } from "zod";
import { OPEN_STATES } from "../domain/scheduled-run.ts";
import type { Advance, Booked, OpenRun, ScheduleBook, ScheduledReport } from "../schedule/schedule-book.ts";
import type { Task } from "../tasks/task-queue.ts";
import { releaseBackfills } from "./backfill-rows.ts";
import type { Database, Sql } from "./database.ts";
import { forgetRuns } from "./forget-runs.ts";
import { raiseAlarm } from "./raise-alarm.ts";
import { instant, optional, SCHEDULED_STATE } from "./row-shapes.ts";

const BOOKED = z.object({
  report: z.string(),
  hash: z.string(),
  handledUntil: instant,
  pausedAt: optional(instant),
  wakeAt: optional(instant),
});

const OPEN_RUN = z.object({
  report: z.string(),
  nominalAt: instant,
  state: SCHEDULED_STATE,
  wakeAt: optional(instant),
  priority: z.int(),
});

const REPORT = z.object({ report: z.string(), hash: z.string(), file: z.string(), text: z.string() });

const TASK = z.object({
  id: z.string(),
  report: z.string(),
  nominalAt: instant,
  priority: z.int(),
  afterMs: instant,
});

const OPEN = OPEN_STATES.map((state) => `'${state}'`).join(", ");

/** A run is looked at when it waits for an instant: to be released, or to be restated. */
const BOOKED_COLUMNS = `
  schedule.report, schedule.hash, schedule.handled_until AS "handledUntil", schedule.paused_at AS "pausedAt",
  (SELECT min(coalesce(run.wake_at, 0)) FROM callsheet.run
    WHERE run.report = schedule.report AND run.state IN ('due', 'waiting', 'provisional')
      AND (run.state <> 'provisional' OR run.wake_at IS NOT NULL)) AS "wakeAt"`;

/** Makes the book on a database whose tables are there; `client` names whose requests its runs make. */
export function createScheduleBook(database: Database, client: string): ScheduleBook {
  return {
    now: async () => await readClock(database),
    async readAll() {
      const rows = await database.query(
        `SELECT ${BOOKED_COLUMNS} FROM callsheet.schedule WHERE NOT removed ORDER BY schedule.report`,
      );
      return z.array(BOOKED).parse(rows);
    },
    async readReport(hash) {
      const rows = await database.query("SELECT report, hash, file, text FROM callsheet.definition WHERE hash = $1", [
        hash,
      ]);
      return z.array(REPORT).parse(rows)[0];
    },
    enter: async (report, from) =>
      await database.transaction(async (sql) => {
        await keepReport(sql, report);
        await sql.query(
          `INSERT INTO callsheet.schedule (report, hash, handled_until) VALUES ($1, $2, $3)
           ON CONFLICT (report) DO UPDATE SET removed = false, hash = excluded.hash, handled_until =
             greatest(schedule.handled_until, excluded.handled_until) WHERE schedule.removed`,
          [report.report, report.hash, from],
        );
      }),
    async remove(report) {
      await database.query("UPDATE callsheet.schedule SET removed = true WHERE report = $1", [report]);
    },
    advance: async (report, decide) =>
      await database.transaction(async (sql) => {
        // Whoever holds the row at the moment is at work on this report: the others have enough to do meanwhile.
        const [booked] = z.array(BOOKED).parse(
          await sql.query(
            `SELECT ${BOOKED_COLUMNS} FROM callsheet.schedule
               WHERE schedule.report = $1 FOR UPDATE OF schedule SKIP LOCKED`,
            [report],
          ),
        );
        if (booked === undefined) return false;
        await write(sql, booked, decide(booked, await readOpen(sql, report)));
        return true;
      }),
    releaseBackfills: async (now) => await releaseBackfills(database, now),
    async tasksToAdd(limit) {
      const rows = await database.query(
        `SELECT task_id AS id, report, nominal_at AS "nominalAt", priority, task_after_ms AS "afterMs"
         FROM callsheet.run WHERE state = 'queued' AND NOT task_added
         ORDER BY priority DESC, nominal_at, report LIMIT $1`,
        [limit],
      );
      return z
        .array(TASK)
        .parse(rows)
        .map(
          ({ id, report, nominalAt, priority, afterMs }): Task => ({
            id,
            run: { report, nominalAt },
            priority,
            client,
            afterMs,
          }),
        );
    },
    async forget(before) {
      await forgetRuns(database, before);
      await database.vacuum();
    },
    noteTask: async (taskId) => await noteTask(database, taskId),
    async pause(report, reason) {
      const rows = await database.query(
        `UPDATE callsheet.schedule SET paused_at = coalesce(paused_at, ${NOW_MS}), paused_reason = $2
         WHERE report = $1 AND NOT removed RETURNING report`,
        [report, reason],
      );
      return rows.length > 0;
    },
    async resume(report) {
      const rows = await database.query(
        `UPDATE callsheet.schedule SET paused_at = NULL, paused_reason = NULL
         WHERE report = $1 AND NOT removed RETURNING report`,
        [report],
      );
      return rows.length > 0;
    },
  };
}

const NOW_MS = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

async function readClock(sql: Sql): Promise<number> {
  const rows = await sql.query(`SELECT ${NOW_MS} AS now`);
  return (
    z
      .array(z.object({ now: instant }))
      .length(1)
      .parse(rows)[0]?.now ?? 0
  );
}

/** Notes that the task is in the queue; one that was replaced meanwhile needs no note. */
export async function noteTask(sql: Sql, taskId: string): Promise<void> {
  await sql.query("UPDATE callsheet.run SET task_added = true WHERE task_id = $1", [taskId]);
}

async function readOpen(sql: Sql, report: string): Promise<OpenRun[]> {
  const rows = await sql.query(
    `SELECT report, nominal_at AS "nominalAt", state, wake_at AS "wakeAt", priority FROM callsheet.run
     WHERE report = $1 AND (state IN (${OPEN}) OR (state = 'provisional' AND wake_at IS NOT NULL)) ORDER BY nominal_at`,
    [report],
  );
  return z.array(OPEN_RUN).parse(rows);
}

async function keepReport(sql: Sql, { hash, report, file, text }: ScheduledReport): Promise<void> {
  await sql.query(
    "INSERT INTO callsheet.definition (hash, report, file, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [hash, report, file, text],
  );
}

/** New runs belong to the rule that made them; the new rule, where there is one, holds from then on. */
async function write(sql: Sql, { report, hash }: Booked, advance: Advance): Promise<void> {
  const rows = advance.runs.map(({ nominalAt, state, reason = null, wakeAt = null, giveUpAt }) => ({
    nominal_at: nominalAt,
    state,
    reason,
    wake_at: wakeAt,
    give_up_at: giveUpAt,
  }));
  if (rows.length > 0)
    await sql.query(
      `INSERT INTO callsheet.run (report, hash, nominal_at, state, reason, wake_at, give_up_at)
       SELECT $1, $2, nominal_at, state, reason, wake_at, give_up_at
       FROM jsonb_to_recordset($3::jsonb)
         AS given(nominal_at bigint, state text, reason text, wake_at bigint, give_up_at bigint)
       ON CONFLICT (report, nominal_at) DO NOTHING`,
      [report, hash, JSON.stringify(rows)],
    );
  for (const { nominalAt, kind, reason } of advance.alarms) await raiseAlarm(sql, { report, nominalAt }, kind, reason);
  for (const { nominalAt, taskId } of advance.released)
    await sql.query(
      `UPDATE callsheet.run SET state = 'queued', task_id = $3, task_try = NULL, task_added = false, task_after_ms = 0,
         restated = restated + CASE WHEN state = 'provisional' THEN 1 ELSE 0 END, attempts = 0,
         priority = CASE WHEN state = 'provisional' THEN -10 ELSE 0 END,
         wake_at = NULL, run_id = NULL, stage = NULL, changed_at = clock_timestamp()
       WHERE report = $1 AND nominal_at = $2 AND state IN ('due', 'waiting', 'provisional')`,
      [report, nominalAt, taskId],
    );
  if (advance.report) await keepReport(sql, advance.report);
  await sql.query(
    "UPDATE callsheet.schedule SET handled_until = greatest(handled_until, $2), hash = $3 WHERE report = $1",
    [report, advance.handledUntil, advance.report?.hash ?? hash],
  );
}
