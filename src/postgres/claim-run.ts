/**
 * Takes a run for one try of its task. The try of a task is given to one worker only; a worker that froze between
 * getting it and this statement comes after the next one and gets nothing, since tries only go up.
 */
import { z } from "zod";
import type { ClaimedRun, ClaimRequest } from "../runs/run-ledger.ts";
import type { Sql } from "./database.ts";
import { instant, optionalText } from "./row-shapes.ts";

const CLAIMED = z.object({
  attempt: z.int(),
  runId: optionalText,
  giveUpAt: instant,
  restated: z.int(),
  priority: z.int(),
  file: z.string(),
  text: z.string(),
});

/** The run with its report, or undefined when it is not this task's turn. */
export async function claimRun(sql: Sql, request: ClaimRequest): Promise<ClaimedRun | undefined> {
  const { report, nominalAt, taskId, tryNumber, token, worker } = request;
  const rows = await sql.query(
    `UPDATE callsheet.run SET state = 'running', claim = $5::uuid, task_try = $4, worker = $6, stage = NULL,
       attempts = attempts + 1, task_added = true, changed_at = clock_timestamp()
     FROM callsheet.definition
     WHERE run.report = $1 AND nominal_at = $2 AND task_id = $3::uuid AND definition.hash = run.hash
       AND state IN ('queued', 'running') AND (task_try IS NULL OR task_try < $4 OR claim = $5::uuid)
     RETURNING attempts AS attempt, run_id AS "runId", give_up_at AS "giveUpAt", restated, priority, file, text`,
    [report, nominalAt, taskId, tryNumber, token, worker],
  );
  const [row] = z.array(CLAIMED).parse(rows);
  if (row === undefined) return undefined;
  await sql.query(
    `UPDATE callsheet.attempt SET ended_at = clock_timestamp(), outcome = 'lost'
     WHERE report = $1 AND nominal_at = $2 AND ended_at IS NULL AND token <> $3::uuid`,
    [report, nominalAt, token],
  );
  await sql.query(
    `INSERT INTO callsheet.attempt (token, report, nominal_at, number, worker, run_id)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token) DO NOTHING`,
    [token, report, nominalAt, row.attempt, worker, row.runId ?? null],
  );
  return { claim: { report, nominalAt, token }, ...row };
}
