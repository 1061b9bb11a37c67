/** How all schedules stand, in SQL: one statement, so that a look is of one moment. */
import { z } from "zod";
import type { FleetReader } from "../console/fleet-reader.ts";
import { SCHEDULED_STATES } from "../domain/scheduled-run.ts";
import type { Database } from "./database.ts";
import { expectSchema } from "./migrate.ts";
import { instant, optional } from "./row-shapes.ts";

const REPORT = z.object({
  now: instant,
  report: z.string(),
  isPaused: z.boolean(),
  runs: z.partialRecord(z.enum(SCHEDULED_STATES), z.int()),
  nominalAt: optional(instant),
  doneAt: optional(instant),
  rows: optional(instant),
});

/** Makes the reader on a database whose tables are there. */
export function createFleetReader(database: Database): FleetReader {
  return {
    expectSchema: async () => await expectSchema(database),
    async read(most) {
      const rows = await database.query(
        `SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
           schedule.report, paused_at IS NOT NULL AS "isPaused",
           coalesce((SELECT jsonb_object_agg(state, count) FROM (
             SELECT state, count(*) FROM callsheet.run WHERE run.report = schedule.report GROUP BY state) AS counted),
             '{}'::jsonb) AS runs,
           latest.nominal_at AS "nominalAt", latest.rows,
           CASE WHEN latest.state IN ('done', 'provisional')
             THEN floor(extract(epoch FROM latest.changed_at) * 1000)::bigint END AS "doneAt"
         FROM callsheet.schedule LEFT JOIN LATERAL (
           SELECT nominal_at, state, rows, changed_at FROM callsheet.run
           WHERE run.report = schedule.report AND state NOT IN ('skipped', 'cancelled')
           ORDER BY nominal_at DESC LIMIT 1) AS latest ON true
         WHERE NOT removed ORDER BY schedule.report LIMIT $1`,
        [most],
      );
      const reports = z.array(REPORT).parse(rows);
      return {
        now: reports[0]?.now ?? 0,
        reports: reports.map(({ report, isPaused, runs, nominalAt, doneAt, rows: rowCount }) => ({
          report,
          isPaused,
          runs,
          latest: nominalAt === undefined ? undefined : { nominalAt, doneAt, rows: rowCount },
        })),
      };
    },
  };
}
