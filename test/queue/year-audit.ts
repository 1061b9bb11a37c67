// In: the ledger and a stretch of time that is over. Out: how many instants ended how, and how many were lost: those
// without a row, with a row too many, not over, or that were not run and do not say why.

import { z } from "zod";
import { SCHEDULED_STATES, type ScheduledState } from "../../src/domain/scheduled-run.ts";
import type { Database } from "../../src/postgres/database.ts";
import { instant, optionalText } from "../../src/postgres/row-shapes.ts";
import type { ReadReport } from "../../src/schedule/create-scheduler.ts";
import { instantsBetween } from "../../src/schedule/schedule-rule.ts";

/** How the instants of a stretch ended. */
export interface Audit {
  readonly instants: number;
  readonly lost: number;
  readonly ended: Readonly<Partial<Record<ScheduledState, number>>>;
}

const ROW = z.object({ nominalAt: instant, state: z.enum(SCHEDULED_STATES), reason: optionalText });

/** Compares the rows with the instants that the schedule rule names, one by one; the end belongs to the stretch. */
export async function audit(
  database: Database,
  reports: readonly ReadReport[],
  afterAt: number,
  untilAt: number,
): Promise<Audit> {
  let [instants, lost] = [0, 0];
  const ended: Partial<Record<ScheduledState, number>> = {};
  for (const { report, definition } of reports) {
    const rows = z.array(ROW).parse(
      await database.query(
        `SELECT nominal_at AS "nominalAt", state, reason FROM callsheet.run
         WHERE report = $1 AND nominal_at > $2 AND nominal_at <= $3`,
        [report, afterAt, untilAt],
      ),
    );
    const left = new Map(rows.map((row) => [row.nominalAt, row]));
    for (const at of instantsBetween(definition.schedule, afterAt, untilAt)) {
      const row = left.get(at);
      left.delete(at);
      instants += 1;
      if (row === undefined || !isAccountedFor(row)) lost += 1;
      else ended[row.state] = (ended[row.state] ?? 0) + 1;
    }
    lost += left.size;
  }
  return { instants, lost, ended };
}

function isAccountedFor({ state, reason }: z.infer<typeof ROW>): boolean {
  switch (state) {
    case "done":
      return true;
    case "provisional":
    case "failed":
    case "skipped":
    case "missed":
      return reason !== undefined;
    default:
      return false;
  }
}
