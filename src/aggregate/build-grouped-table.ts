/** A grouped report: flat rows of conversations into the engine, from which its table is read. */
import type { GroupedShape } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import type { TableInput } from "./build-table.ts";
import { createDataCheck } from "./check-data.ts";
import { fillBuckets } from "./fill-buckets.ts";
import { createGroupRows, groupColumns } from "./group-rows.ts";
import { readGroupedTable } from "./read-grouped-table.ts";

/** Fills the engine and describes the result. */
export async function buildGroupedTable(
  { definition, filter, records, nameOf, engine, known }: TableInput,
  shape: GroupedShape,
  localTime: LocalTime,
): Promise<ReportTable> {
  const table = await engine.createTable(groupColumns(shape.groupBy, shape.measures));
  const filling = fillBuckets(table, shape, known, localTime);
  const rowsOf = createGroupRows(shape, filter, definition.filterScope, nameOf, localTime);
  const check = createDataCheck();
  for await (const batch of records) {
    for (const record of batch) check.see(record);
    await filling.append(batch.flatMap(rowsOf));
  }
  const findings = [...check.findings(), ...(await filling.finish())];
  return await readGroupedTable({ table, shape, localTime, findings });
}
