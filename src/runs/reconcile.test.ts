import { describe, expect, test } from "vitest";
import { createFigureCounter } from "../aggregate/count-figures.ts";
import { parseDefinition } from "../define/parse-definition.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval } from "../domain/interval.ts";
import type { AggregateRow } from "../domain/aggregates-query.ts";
import type { Reconciliation } from "../domain/reconciliation.ts";
import { buildAggregates } from "../plan/build-aggregates.ts";
import { reconcile } from "./reconcile.ts";

const START = Date.UTC(2024, 4, 1);
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A call of queue q that one agent took; emitted when given, in minutes after the start of the window. */
function call(id: string, minutes: { start: number; end?: number; emitted: number }, acwMs = 1000): ConversationRecord {
  const startedAt = START + minutes.start * MINUTE;
  const emits = [[START + minutes.emitted * MINUTE, acwMs]] as const;
  const leg = { kind: "leg", mediaType: "voice", queueId: "q", userId: "u", startedAt } as const;
  return {
    id,
    startedAt,
    ...(minutes.end === undefined ? {} : { endedAt: START + minutes.end * MINUTE }),
    divisionIds: [],
    parts: [{ ...leg, metrics: { tAcw: { count: 1, sum: acwMs, emits } } }],
  };
}

/** What the server says of queue q in an hour. */
function row(hour: number, acwMs: number, group: Record<string, string> = { queueId: "q" }): AggregateRow {
  const metrics = new Map([["tAcw", { count: 1, sum: acwMs }]]);
  return { group: { mediaType: "voice", ...group }, startAt: START + hour * HOUR, metrics };
}

function compare(
  records: readonly ConversationRecord[],
  rows: readonly AggregateRow[],
  measures = "acw_seconds",
): Reconciliation {
  const definition = parseDefinition(
    `report: r\ntimeZone: UTC\ninterval: 2024-05-01/2024-05-02\ngroupBy: [routing.queue.name, time.hour]\nmeasures: [${measures}]\n`,
    "r.yaml",
  );
  const plan = buildAggregates(definition, definition.filter, createInterval(START, START + 24 * HOUR));
  if ("refusal" in plan) throw new Error(plan.refusal);
  const counter = createFigureCounter(plan, definition.filter, "figures");
  for (const record of records) counter.add(record);
  return reconcile(plan, counter.groups, rows, () => "Sales", 1);
}

describe("reconcile()", () => {
  test("finds equal what is equal, and lists nothing", () => {
    const told = compare([call("a", { start: 1, end: 5, emitted: 6 })], [row(0, 1000)]);
    expect(told).toEqual({ requests: 1, compared: 1, equal: 1, causes: {}, differences: [], notes: [] });
  });

  test("names a call that went on into the next hour by its clock, on both sides", () => {
    const told = compare([call("a", { start: 50, end: 70, emitted: 71 })], [row(1, 1000)]);
    expect(told.causes).toEqual({ other_clock: 2 });
    const group = { queueId: "q", "routing.queue.name": "Sales", mediaType: "voice" };
    const other = { figure: "acwMs", cause: "other_clock" };
    expect(told.differences).toEqual([
      { group: { ...group, "time.hour": "2024-05-01T00:00+00:00" }, ours: 1000, server: 0, ...other },
      { group: { ...group, "time.hour": "2024-05-01T01:00+00:00" }, ours: 0, server: 1000, ...other },
    ]);
  });

  test("names after-call work that alone reached into the next hour", () => {
    const told = compare([call("a", { start: 50, end: 59, emitted: 61 })], [row(1, 1000)]);
    expect(told.causes).toEqual({ acw_next_bucket: 2 });
  });

  test("counts what began before the window by what it emitted in it", () => {
    const told = compare([call("a", { start: -10, end: 3, emitted: 4 })], [row(0, 1000)]);
    expect(told.differences).toMatchObject([{ ours: 0, server: 1000, cause: "other_clock" }]);
  });

  test("leaves unexplained what no clock explains, in either direction, and puts it first", () => {
    const crossing = call("a", { start: 50, end: 70, emitted: 71 });
    const told = compare([crossing, call("b", { start: 121, end: 122, emitted: 123 })], [row(1, 1000), row(2, 999)]);
    expect(told.causes).toEqual({ unexplained: 1, other_clock: 2 });
    expect(told.differences[0]).toMatchObject({ ours: 1000, server: 999, cause: "unexplained" });
    expect(compare([], [row(0, 1)]).causes).toEqual({ unexplained: 1 });
    expect(compare([call("a", { start: 1, end: 2, emitted: 3 })], []).causes).toEqual({ unexplained: 1 });
  });

  test("lets what is in progress grow, and not shrink", () => {
    const going = call("a", { start: 1, emitted: 2 });
    expect(compare([going], [row(0, 1500)]).causes).toEqual({ open: 1 });
    expect(compare([going], [row(0, 500)]).causes).toEqual({ unexplained: 1 });
  });

  test("does not compare conversations where the server's group has no queue", () => {
    const metrics = new Map([["nConversations", { count: 9, sum: 0 }]]);
    const rows = ["q", undefined].map((queueId) => ({
      group: { mediaType: "voice", ...(queueId === undefined ? {} : { queueId }) },
      startAt: START,
      metrics: queueId === undefined ? metrics : new Map([["nConversations", { count: 1, sum: 0 }]]),
    }));
    const told = compare([call("a", { start: 1, end: 2, emitted: 3 })], rows, "conversation_count");
    expect(told).toMatchObject({ compared: 1, equal: 1 });
  });

  test("keeps a thousand differences and counts all", () => {
    const rows = Array.from({ length: 1200 }, (_, index) => row(0, 5, { queueId: `q${index}` }));
    const told = compare([], rows);
    expect([told.differences.length, told.causes]).toEqual([1000, { unexplained: 1200 }]);
  });
});
