/**
 * A grouped report from figures that the service states. Each of its groups in each bucket is a flat row and a unit of
 * its own, so the engine adds what falls into one group of ours, and everything behind it is as in any other report.
 */
import { DIMENSIONS } from "../domain/aggregates-filter.ts";
import type { AggregateRow } from "../domain/aggregates-query.ts";
import type { NameOf } from "../domain/directory.ts";
import { assert } from "../domain/errors.ts";
import type { Field } from "../domain/field.ts";
import { factsOf } from "../domain/measure.ts";
import type { Interval } from "../domain/interval.ts";
import type { GroupedShape, ReportDefinition } from "../domain/report-definition.ts";
import type { Finding, ReportTable } from "../domain/report-table.ts";
import type { StatedPlan } from "../domain/stated-figures.ts";
import { createLocalTime, type LocalTime } from "../support/local-time.ts";
import { fillBuckets } from "./fill-buckets.ts";
import { groupColumns } from "./group-rows.ts";
import { openGroups, readGroupedTable } from "./read-grouped-table.ts";
import { createShowValue, type ShowValue } from "./show-value.ts";
import type { FactRow, FactTable, TableEngine } from "./table-engine.ts";

/** What the table is built from; `totals` are rows of the plan's question about them. */
export interface StatedInput {
  readonly definition: Pick<ReportDefinition, "shape" | "timeZone">;
  readonly plan: StatedPlan;
  readonly rows: readonly AggregateRow[];
  readonly totals?: readonly AggregateRow[];
  /** The part of the window of which data were asked for: its buckets are filled where the report wants that. */
  readonly known?: Interval;
  readonly nameOf: NameOf;
  /** What is shown of a value; names where it is left out, and no masks. */
  readonly show?: ShowValue;
  readonly engine: TableEngine;
}

/** Builds the table; it stays readable until the engine is closed. */
export async function buildStatedTable(input: StatedInput): Promise<ReportTable> {
  const { definition, plan, engine, show = createShowValue(input.nameOf) } = input;
  const { shape } = definition;
  assert(shape.kind === "grouped", "aggregates answer grouped reports only");
  const localTime = createLocalTime(definition.timeZone);
  const keysOf = ({ group, startAt }: AggregateRow): FactRow =>
    shape.groupBy.map((field) => keyOf(field, group, startAt, show, localTime));
  const columns = groupColumns(shape.groupBy, shape.measures);
  const groups = await openGroups(engine, columns, shape);
  const filling = fillBuckets(groups.table, columns.length, shape, input.known, localTime);
  await lay(filling, input.rows, shape, plan, keysOf);
  const filled = await filling.finish();
  const totals = input.totals && (await engine.createTable(columns));
  if (totals) await lay(totals, input.totals ?? [], shape, plan, () => shape.groupBy.map(() => null));
  return await readGroupedTable({
    ...groups,
    ...(totals === undefined ? {} : { totals }),
    withoutTotal: plan.withoutTotal,
    shape,
    localTime,
    findings: [...totalFinding(shape, plan), ...filled],
  });
}

/** Rows that are laid flat at once. */
const BATCH = 2048;

/** A group in which nothing occurred is no row, whether the service leaves it out or says 0. */
async function lay(
  table: Pick<FactTable, "append">,
  rows: readonly AggregateRow[],
  { measures }: GroupedShape,
  plan: StatedPlan,
  keysOf: (row: AggregateRow) => FactRow,
): Promise<void> {
  const figures = new Map(plan.figures.map((figure) => [figure.fact.name, figure]));
  const stated = factsOf(measures).map(({ name }) => figures.get(name));
  let unit = 0;
  const flatRow = (row: AggregateRow): FactRow[] => {
    if (!plan.figures.some(({ metric }) => row.metrics.get(metric)?.count)) return [];
    unit += 1;
    const values = stated.map((figure) => (figure && row.metrics.get(figure.metric)?.[figure.stat]) ?? null);
    return [[unit, unit, unit, ...keysOf(row), ...values, null, null]];
  };
  for (let from = 0; from < rows.length; from += BATCH)
    await table.append(rows.slice(from, from + BATCH).flatMap(flatRow));
}

function keyOf(
  field: Field,
  group: AggregateRow["group"],
  startAt: number,
  show: ShowValue,
  localTime: LocalTime,
): FactRow[number] {
  if (field.bucket) return localTime.bucketOf(startAt, field.bucket);
  const value = group[DIMENSIONS[field.column] ?? ""];
  // A session without a media type is our "unknown".
  if (value === undefined) return field.column === "mediaType" ? "unknown" : null;
  return show(field, value);
}

function totalFinding({ measures }: GroupedShape, plan: StatedPlan): Finding[] {
  const lacking = new Set(plan.withoutTotal.map(({ name }) => name));
  const names = measures
    .filter((measure) => factsOf([measure]).some(({ name }) => lacking.has(name)))
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const message = `${names.join(", ")} has no total: the service counts conversations for each media type, and one that had two would count twice.`;
  return [{ code: "total_not_stated", count: names.length, message }];
}
