/** A grouped report: flat rows of conversations into the engine, from which its table is read. */
import type { GroupedShape } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import type { TableInput } from "./build-table.ts";
import { createDataCheck } from "./check-data.ts";
import { createPeriodRows } from "./compared-rows.ts";
import { fillBuckets } from "./fill-buckets.ts";
import { createGroupRows } from "./group-rows.ts";
import { openGroups, readGroupedTable } from "./read-grouped-table.ts";

/** Fills the engine and describes the result. */
export async function buildGroupedTable(
  { definition, filter, records, nameOf, show, engine, known, periods }: TableInput,
  shape: GroupedShape,
  localTime: LocalTime,
): Promise<ReportTable> {
  const rows = createPeriodRows(shape, periods, localTime, (clock) =>
    createGroupRows(shape, filter, definition.filterScope, nameOf, clock, show),
  );
  const groups = await openGroups(engine, rows.columns, shape);
  const filling = fillBuckets(groups.table, rows.columns.length, shape, known, localTime);
  const check = createDataCheck();
  for await (const batch of records) {
    for (const record of batch) if (rows.counts(record)) check.see(record);
    await filling.append(batch.flatMap((record) => rows.rowsOf(record)));
  }
  const findings = [...check.findings(), ...rows.findings(), ...(await filling.finish())];
  return await readGroupedTable({ ...groups, shape, localTime, findings });
}
