/** The ledger of scheduled runs in SQL. Who holds a claim is decided by one UPDATE each. */
import { z } from "zod";
import { ReportError } from "../domain/errors.ts";
import { formatKey, OPEN_STATES } from "../domain/scheduled-run.ts";
import type { Claim, LedgerRow, RunLedger } from "../runs/run-ledger.ts";
import { claimRun } from "./claim-run.ts";
import { noteTask } from "./create-schedule-book.ts";
import type { Sql } from "./database.ts";
import type { Database } from "./database.ts";
import { instant, optional, optionalText, SCHEDULED_STATE } from "./row-shapes.ts";
import { settleRun } from "./settle-run.ts";

const LEDGER_ROW = z.object({
  report: z.string(),
  nominalAt: instant,
  state: SCHEDULED_STATE,
  reason: optionalText,
  attempts: z.int(),
  runId: optionalText,
  stage: optionalText,
  worker: optionalText,
  rows: optional(instant),
  lastCode: optionalText,
  lastMessage: optionalText,
  restated: z.int(),
  changedAt: instant,
});

const ATTEMPT = z.object({
  number: z.int(),
  worker: z.string(),
  runId: optionalText,
  beganAt: instant,
  endedAt: optional(instant),
  outcome: optionalText,
  code: optionalText,
  message: optionalText,
});

const COLUMNS = `report, nominal_at AS "nominalAt", state, reason, attempts, run_id AS "runId", stage, worker, rows,
  last_code AS "lastCode", last_message AS "lastMessage", restated,
  ${millis("changed_at")} AS "changedAt"`;

const CANCELLABLE = [...OPEN_STATES, "provisional"].map((state) => `'${state}'`).join(", ");

/** Makes the ledger on a database whose tables are there. */
export function createRunLedger(database: Database): RunLedger {
  return {
    claim: async (request) => await database.transaction(async (sql) => await claimRun(sql, request)),
    expectHeld: async (claim) => await expectHeld(database, claim),
    noteFolder: async (claim, runId) =>
      await database.transaction(async (sql) => {
        await sql.query("UPDATE callsheet.attempt SET run_id = $2 WHERE token = $1", [claim.token, runId ?? null]);
        await noteOn(sql, claim, "run_id", runId ?? null);
      }),
    noteStage: async (claim, stage) => await noteOn(database, claim, "stage", stage),
    settle: async (claim, end) =>
      await database.transaction(async (sql) => {
        if (!(await settleRun(sql, claim, end))) throw await lost(sql, claim);
      }),
    noteTask: async (taskId) => await noteTask(database, taskId),
    async find({ report, nominalAt }) {
      const values = [report, nominalAt];
      const where = "report = $1 AND nominal_at = $2";
      const [row] = z
        .array(LEDGER_ROW)
        .parse(await database.query(`SELECT ${COLUMNS} FROM callsheet.run WHERE ${where}`, values));
      if (row === undefined) return undefined;
      const attempts = await database.query(
        `SELECT number, worker, run_id AS "runId", ${millis("began_at")} AS "beganAt", ${millis("ended_at")} AS "endedAt",
           outcome, code, message
         FROM callsheet.attempt WHERE ${where} ORDER BY began_at`,
        values,
      );
      return { row, attempts: z.array(ATTEMPT).parse(attempts) };
    },
    async list(report, limit) {
      const rows = await database.query(
        `SELECT ${COLUMNS} FROM callsheet.run WHERE $1::text IS NULL OR report = $1 OR starts_with(report, $1 || ':')
         ORDER BY nominal_at DESC, report LIMIT $2`,
        [report ?? null, limit],
      );
      return z.array(LEDGER_ROW).parse(rows);
    },
    async cancel(found) {
      const [where, values] =
        "runId" in found
          ? ["run_id = $1", [found.runId]]
          : ["report = $1 AND nominal_at = $2", [found.report, found.nominalAt]];
      await database.query(
        `UPDATE callsheet.run SET state = 'cancelled', reason = 'cancelled by hand', claim = NULL, wake_at = NULL,
           changed_at = clock_timestamp()
         WHERE ${where} AND state IN (${CANCELLABLE})`,
        values,
      );
      const rows = await database.query(`SELECT ${COLUMNS} FROM callsheet.run WHERE ${where}`, values);
      return z.array(LEDGER_ROW).parse(rows)[0] satisfies LedgerRow | undefined;
    },
  };
}

function millis(column: string): string {
  return `floor(extract(epoch FROM ${column}) * 1000)::bigint`;
}

async function noteOn(sql: Sql, claim: Claim, column: "run_id" | "stage", text: string | null): Promise<void> {
  const rows = await sql.query(
    `UPDATE callsheet.run SET ${column} = $4, changed_at = clock_timestamp()
     WHERE report = $1 AND nominal_at = $2 AND claim = $3::uuid RETURNING report`,
    [claim.report, claim.nominalAt, claim.token, text],
  );
  if (rows.length === 0) throw await lost(sql, claim);
}

async function expectHeld(sql: Sql, claim: Claim): Promise<void> {
  const rows = await sql.query(
    "SELECT 1 FROM callsheet.run WHERE report = $1 AND nominal_at = $2 AND claim = $3::uuid AND state = 'running'",
    [claim.report, claim.nominalAt, claim.token],
  );
  if (rows.length === 0) throw await lost(sql, claim);
}

/** Whether a person cancelled the run, or another worker has it. */
async function lost(sql: Sql, claim: Claim): Promise<ReportError> {
  const rows = await sql.query("SELECT state FROM callsheet.run WHERE report = $1 AND nominal_at = $2", [
    claim.report,
    claim.nominalAt,
  ]);
  const [row] = z.array(z.object({ state: SCHEDULED_STATE })).parse(rows);
  if (row?.state === "cancelled")
    return new ReportError("run.cancelled", `Run ${formatKey(claim)} was cancelled; nothing was handed out`);
  return new ReportError(
    "task.lease_lost",
    `Run ${formatKey(claim)} was given to another worker; this one hands nothing out`,
    { hint: "It was silent for too long: look whether its machine slept, or has too much to do." },
  );
}
