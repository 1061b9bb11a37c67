/**
 * A detail report: one line for each conversation, leg, visit or segment, in chronological order. A field that
 * lives below the line (the agents of a conversation) shows its distinct values as a list.
 */
import type { ConversationRecord, SegmentRecord } from "../domain/conversation-record.ts";
import { DEPTH, type Field } from "../domain/field.ts";
import { type DetailRows, fieldsIn, type Shape } from "../domain/report-definition.ts";
import { memberKey } from "../domain/member.ts";
import type { Cell, ReportColumn, ReportTable } from "../domain/report-table.ts";
import type { LocalTime } from "../support/local-time.ts";
import type { TableInput } from "./build-table.ts";
import { createDataCheck } from "./check-data.ts";
import { openedLists } from "./group-rows.ts";
import { keepTouches } from "./keep-touches.ts";
import { createShowValue, type ShowValue } from "./show-value.ts";
import type { FactRow } from "./table-engine.ts";
import { type Touch, touchesOf, valueOn } from "./touch-rows.ts";

/** Streams lines into the engine, which holds them for as many formats as are asked for. */
export async function buildDetailTable(
  { definition, filter, records, nameOf, show = createShowValue(nameOf), engine }: TableInput,
  shape: Extract<Shape, { kind: "detail" }>,
  localTime: LocalTime,
): Promise<ReportTable> {
  const columns = shape.columns.map((field) => columnOf(field, shape.rows));
  const table = await engine.createTable(
    columns.map((column, index) => ({ name: `column_${index}`, type: isWhole(column) ? "integer" : "text" })),
  );
  const opened = openedLists([...shape.columns, ...fieldsIn(filter)], false);
  const check = createDataCheck();
  for await (const batch of records) {
    const rows: FactRow[] = [];
    for (const record of batch) {
      check.see(record);
      const touches = keepTouches(touchesOf(record, opened), filter, definition.filterScope);
      for (const line of linesOf(record, touches, shape.rows))
        rows.push(shape.columns.map((field) => rawCell(field, line, shape.rows, show, localTime)));
    }
    await table.append(rows);
  }
  return {
    columns,
    rowCount: table.rowCount,
    findings: check.findings(),
    rows: async function* () {
      for await (const row of table.scan()) yield row.map((value, index) => readCell(value, columns[index]));
    },
  };
}

/** One line: the touches it stands for, and its segment. */
interface Line {
  readonly touches: readonly Touch[];
  readonly segment?: SegmentRecord;
}

function linesOf(record: ConversationRecord, touches: readonly Touch[], rows: DetailRows): Line[] {
  if (touches.length === 0) return [];
  if (rows === "conversation") return [{ touches }];
  const lines: (Line & { readonly at: number })[] = [];
  for (const [index, part] of record.parts.entries()) {
    const own =
      rows === "segment"
        ? touches.filter((touch) => touch.part === part)
        : touches.filter((touch) => touch[rows] === index);
    if (own.length === 0) continue;
    // A visit's line shows the visit's own times and media, not those of the leg it led to.
    const ownTouches = rows === "visit" ? own.map((touch) => ({ ...touch, part })) : own;
    if (rows !== "segment") lines.push({ touches: ownTouches, at: part.startedAt });
    else for (const segment of part.segments ?? []) lines.push({ touches: own, segment, at: segment.startedAt });
  }
  return lines.sort((left, right) => left.at - right.at);
}

function columnOf(field: Field, rows: DetailRows): ReportColumn {
  const ownCode = rows === "segment" && field.column === "wrapUpCode";
  const isList = DEPTH[field.home] > DEPTH[rows] || (field.multiple === true && !ownCode);
  const base = { name: field.path, role: "detail" } as const;
  if (field.type === "number") return { ...base, type: "decimal", unit: "seconds" };
  if (field.column === "metricSum") return { ...base, type: "integer", unit: "count" };
  if (isList) return { ...base, type: "list" };
  if (field.type === "score") return { ...base, type: "decimal" };
  return { ...base, type: field.type === "instant" ? "instant" : "text" };
}

/** Seconds are kept as milliseconds. */
function isWhole({ type, unit }: ReportColumn): boolean {
  return type === "integer" || unit === "seconds";
}

/** Members that a line for a segment reads from the segment itself. */
const OWN_PLACES: readonly (string | undefined)[] = ["segment", "scoredAgent"];

/** The value as the engine keeps it: lists as JSON text, seconds as milliseconds. */
function rawCell(
  field: Field,
  { touches, segment }: Line,
  rows: DetailRows,
  show: ShowValue,
  localTime: LocalTime,
): string | number | null {
  if (segment && field.home === "segment") return segmentCell(field, segment, localTime);
  if (segment && field.member?.of === "part" && OWN_PLACES.includes(field.member.at))
    return listCell((segment.members?.[memberKey(field.member)] ?? []).map((value) => show(field, value)));
  if (segment && field.column === "wrapUpCode")
    return segment.wrapUpCode === undefined ? null : show(field, segment.wrapUpCode);
  if (segment?.queueId !== undefined && field.column === "queueId") return show(field, segment.queueId);
  if (isWhole(columnOf(field, rows))) return sumOverUnits(field, touches);
  const values = touches.flatMap((touch) => {
    const value = valueOn(field, touch);
    if (value === undefined) return [];
    return [field.type === "instant" ? localTime.format(Number(value)) : show(field, String(value))];
  });
  return columnOf(field, rows).type === "list" ? listCell(values) : (values[0] ?? null);
}

/** Each value once, sorted; what is not shown is no entry. */
function listCell(values: readonly (string | null)[]): string {
  return JSON.stringify([...new Set(values.filter((value) => value !== null))].sort());
}

/** Each leg or visit once: a leg with two wrap-up codes is two touches. */
function sumOverUnits(field: Field, touches: readonly Touch[]): number | null {
  const perUnit = new Map<number | undefined, number>();
  for (const touch of touches) {
    const value = valueOn(field, touch);
    if (typeof value === "number") perUnit.set(field.home === "visit" ? touch.visit : touch.leg, value);
  }
  if (perUnit.size === 0) return null;
  if (field.home === "conversation") return perUnit.values().next().value ?? null;
  return [...perUnit.values()].reduce((sum, value) => sum + value, 0);
}

function segmentCell({ column }: Field, segment: SegmentRecord, localTime: LocalTime): string | number | null {
  switch (column) {
    case "segmentType":
      return segment.type;
    case "segmentStartedAt":
      return localTime.format(segment.startedAt);
    case "segmentEndedAt":
      return segment.endedAt === undefined ? null : localTime.format(segment.endedAt);
    case "segmentMs":
      return segment.endedAt === undefined ? null : segment.endedAt - segment.startedAt;
    default:
      return segment.disconnectType ?? null;
  }
}

function readCell(value: string | number | null, { type, unit }: Partial<ReportColumn> = {}): Cell {
  if (value === null) return null;
  if (unit === "seconds") return Number(value) / 1000;
  if (type === "integer" || type === "decimal") return Number(value);
  return type === "list" ? parseList(String(value)) : value;
}

function parseList(text: string): string[] {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}
