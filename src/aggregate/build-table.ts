/** An ordered stream of conversations becomes a report table. */
import type { ConversationRecord } from "../domain/conversation-record.ts";
import type { NameOf } from "../domain/directory.ts";
import type { Interval } from "../domain/interval.ts";
import type { Periods } from "../domain/periods.ts";
import type { Filter, ReportDefinition } from "../domain/report-definition.ts";
import type { ReportTable } from "../domain/report-table.ts";
import { createLocalTime } from "../support/local-time.ts";
import { buildDetailTable } from "./build-detail-table.ts";
import { buildGroupedTable } from "./build-grouped-table.ts";
import type { ShowValue } from "./show-value.ts";
import type { TableEngine } from "./table-engine.ts";

/** What every table is built from. `filter` is the definition's, over ids. */
export interface TableInput {
  readonly definition: ReportDefinition;
  readonly filter: Filter;
  /** The part of the window of which data were asked for: its buckets are filled where the report wants that. */
  readonly known?: Interval;
  /** Which records are of which period; without it all are of one. */
  readonly periods?: Periods;
  readonly records: AsyncIterable<readonly ConversationRecord[]>;
  readonly nameOf: NameOf;
  /** What is shown of a value; names where it is left out, and no masks. */
  readonly show?: ShowValue;
  readonly engine: TableEngine;
}

/** Builds the table; it stays readable until the engine is closed. */
export async function buildTable(input: TableInput): Promise<ReportTable> {
  const localTime = createLocalTime(input.definition.timeZone);
  const { shape } = input.definition;
  return shape.kind === "grouped"
    ? await buildGroupedTable(input, shape, localTime)
    : await buildDetailTable(input, shape, localTime);
}
