/** Ends an attempt: how the run stands now, and what comes next for it. Done twice it is done once. */
import type { AttemptEnd, Claim } from "../runs/run-ledger.ts";
import type { Sql, SqlValue } from "./database.ts";
import { endAlarms, raiseAlarm } from "./raise-alarm.ts";

/** What a run's row gets; what is left out stays. */
type Columns = Readonly<Record<string, SqlValue>>;

/** False when the claim is gone. */
export async function settleRun(sql: Sql, claim: Claim, end: AttemptEnd): Promise<boolean> {
  const columns = columnsFor(end);
  const names = Object.keys(columns);
  const assignments = names.map((name, index) => `${name} = $${index + 4}`);
  if (end.kind === "again" && !end.counts) assignments.push("attempts = greatest(0, attempts - 1)");
  const rows = await sql.query(
    `UPDATE callsheet.run SET ${assignments.join(", ")}, stage = NULL, worker = NULL, changed_at = clock_timestamp()
     WHERE report = $1 AND nominal_at = $2 AND claim = $3::uuid AND state = 'running' RETURNING report`,
    [claim.report, claim.nominalAt, claim.token, ...Object.values(columns)],
  );
  if (rows.length === 0) return await isSettled(sql, claim);
  await sql.query(
    "UPDATE callsheet.attempt SET ended_at = clock_timestamp(), outcome = $2, code = $3, message = $4 WHERE token = $1",
    [
      claim.token,
      end.kind === "again" && !end.counts ? "handed back" : end.kind,
      "code" in end ? end.code : null,
      "message" in end ? end.message : "reason" in end ? end.reason : null,
    ],
  );
  if (end.kind === "failed") await raiseAlarm(sql, claim, "failed", `${end.code}: ${end.message}`);
  if (end.kind === "failed" && end.pauseAfter !== undefined) await pauseAfter(sql, claim, end.pauseAfter);
  if (end.kind === "done" || end.kind === "provisional") await endAlarms(sql, claim);
  return true;
}

/** Pauses the schedule when the last runs that were not left out have all failed. */
async function pauseAfter(sql: Sql, claim: Claim, failures: number): Promise<void> {
  const paused = await sql.query(
    `UPDATE callsheet.schedule SET paused_at = floor(extract(epoch FROM clock_timestamp()) * 1000),
       paused_reason = 'its last runs failed'
     WHERE report = $1 AND paused_at IS NULL AND $2 = (
       SELECT count(*) FILTER (WHERE state = 'failed') FROM (
         SELECT state FROM callsheet.run WHERE report = $1 AND state IN ('done', 'provisional', 'failed')
         ORDER BY nominal_at DESC LIMIT $2) AS latest)
     RETURNING report`,
    [claim.report, failures],
  );
  if (paused.length === 0) return;
  const reason = `its last ${failures} runs failed; \`callsheet schedule resume ${claim.report}\` goes on`;
  await raiseAlarm(sql, claim, "paused", reason);
}

/** Whether an earlier try of the same transaction was committed though its answer was lost. */
async function isSettled(sql: Sql, claim: Claim): Promise<boolean> {
  const rows = await sql.query(
    "SELECT 1 FROM callsheet.attempt WHERE token = $1::uuid AND ended_at IS NOT NULL AND outcome <> 'lost'",
    [claim.token],
  );
  return rows.length > 0;
}

function columnsFor(end: AttemptEnd): Columns {
  switch (end.kind) {
    case "done":
      return {
        state: "done",
        reason: end.reason ?? null,
        rows: end.rows,
        wake_at: null,
        last_code: null,
        last_message: null,
      };
    case "provisional":
      return { state: "provisional", reason: end.reason, rows: end.rows, wake_at: end.againAt ?? null };
    case "waiting":
      return { state: "waiting", reason: end.reason, wake_at: end.againAt };
    case "again":
      return {
        state: "queued",
        reason: end.message,
        task_id: end.task.id,
        task_try: null,
        task_added: false,
        task_after_ms: end.task.afterMs,
        last_code: end.code,
        last_message: end.message,
      };
    case "failed":
      return {
        state: "failed",
        reason: end.message,
        wake_at: null,
        last_code: end.code,
        last_message: end.message,
      };
  }
}
