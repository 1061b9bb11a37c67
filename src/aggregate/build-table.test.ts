// Tables as reports ask for them, on the real engine: definition text and records in, columns and rows out.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDefinition } from "../define/parse-definition.ts";
import type { ConversationRecord, PartRecord } from "../domain/conversation-record.ts";
import type { ReportTable } from "../domain/report-table.ts";
import { createTableEngine, type DuckDbEngine } from "../duckdb/create-table-engine.ts";
import { buildTable } from "./build-table.ts";

let folder: string;
let engine: DuckDbEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-table-"));
  engine = await createTableEngine(folder);
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const NAMES: Readonly<Record<string, string>> = { sales: "Sales", ann: "Ann", sold: "Sold" };
const MINUTE = 60_000;

/** Builds the table of a report; `keys` are those of a report file, besides name, zone and window. */
async function table(
  keys: Readonly<Record<string, unknown>>,
  records: readonly ConversationRecord[],
): Promise<ReportTable> {
  const text = JSON.stringify({ report: "r", timeZone: "Europe/Berlin", interval: "2024-10-27/2024-10-28", ...keys });
  const definition = parseDefinition(text, "r.json");
  return await buildTable({
    definition,
    filter: definition.filter,
    records: inBatches(records),
    nameOf: (_, id) => NAMES[id],
    engine,
  });
}

async function rowsOf(built: ReportTable | Promise<ReportTable>): Promise<unknown[]> {
  return await Array.fromAsync((await built).rows());
}

async function* inBatches(records: readonly ConversationRecord[]): AsyncGenerator<readonly ConversationRecord[]> {
  for (let start = 0; start < records.length; start += 2) yield await Promise.resolve(records.slice(start, start + 2));
}

function at(time: string): number {
  return Date.parse(`2024-10-27T${time}Z`);
}

function leg(startedAt: number, members: Partial<PartRecord> = {}, sums: Record<string, number> = {}): PartRecord {
  const metrics = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, { count: 1, sum }]));
  return { kind: "leg", mediaType: "voice", queueId: "sales", userId: "ann", startedAt, metrics, ...members };
}

function conversation(id: string, startedAt: number, members: Partial<ConversationRecord> = {}): ConversationRecord {
  return { id, startedAt, endedAt: startedAt + 10 * MINUTE, divisionIds: [], parts: [], ...members };
}

describe("grouped reports", () => {
  test("R-51: the hour that a clock change repeats is two buckets, told apart by their offsets", async () => {
    const records = [at("00:10:00"), at("00:50:00"), at("01:20:00"), at("02:00:00")].map((start, index) =>
      conversation(`c${index}`, start),
    );
    const report = { groupBy: ["time.hour"], measures: ["conversation_count"] };
    expect(await rowsOf(table(report, records))).toEqual([
      ["2024-10-27T02:00+02:00", 2],
      ["2024-10-27T02:00+01:00", 1],
      ["2024-10-27T03:00+01:00", 1],
    ]);
  });

  test("R-45: hold beyond the duration is said in a finding and shown as it is", async () => {
    const long = conversation("c1", at("08:00:00"), {
      parts: [leg(at("08:00:00"), {}, { tHeldComplete: 30 * MINUTE })],
    });
    const report = { groupBy: ["time.hour"], measures: ["hold_ratio", "efficiency_score"] };
    const built = await table(report, [long, conversation("c2", at("12:00:00"))]);
    expect(await rowsOf(built)).toEqual([
      ["2024-10-27T09:00+01:00", 3, 0],
      ["2024-10-27T13:00+01:00", 0, 100],
    ]);
    expect(built.findings).toMatchObject([{ code: "ratio_over_one", count: 1 }]);
  });

  test("R-44, G3: a conversation in progress has no duration, and so no ratio and no score", async () => {
    const { endedAt: _, ...open } = conversation("c1", at("08:00:00"));
    const report = { measures: ["conversation_count", "total_duration_seconds", "talk_ratio", "efficiency_score"] };
    const built = await table(report, [open]);
    expect(await rowsOf(built)).toEqual([[1, 0, null, null]]);
    expect(built.findings).toMatchObject([{ code: "open_conversations", count: 1 }]);
  });

  test("over nothing: no groups, but one row of figures when there are no keys, and the same totals", async () => {
    const measures = ["conversation_count", "aht_seconds", "wrapup_counts"];
    const grouped = await table({ groupBy: ["agent.name"], measures }, []);
    expect(await rowsOf(grouped)).toEqual([]);
    expect(grouped).toMatchObject({ rowCount: 0, totals: [null, 0, null, {}] });
    expect(await rowsOf(table({ measures }, []))).toEqual([[0, null, {}]]);
  });

  test("R-49: wrap-up codes by name or by code, each with its legs, the same in every order of the rows", async () => {
    const records = ["sold", "zz", "sold", "aa"].map((code, index) =>
      conversation(`c${index}`, at("08:00:00"), { parts: [leg(at("08:00:00"), { wrapUpCodes: [code] })] }),
    );
    const report = { measures: ["unique_wrapup_codes", "wrapup_counts"] };
    const byName = { groupBy: ["wrapup.name"], measures: ["conversation_count"] };
    for (const order of [records, records.toReversed()]) {
      expect(await rowsOf(table(report, order))).toEqual([[["aa", "sold", "zz"], { aa: 1, sold: 2, zz: 1 }]]);
      expect(await rowsOf(table(byName, order))).toEqual([
        ["Sold", 2],
        ["aa", 1],
        ["zz", 1],
      ]);
    }
  });

  test("G4, R-52: a hundred orders of the conversations give the same table", async () => {
    const records = Array.from({ length: 8 }, (_, index) =>
      conversation(`c${index}`, at("08:00:00") + index, {
        endedAt: at("09:00:00") + index * 333,
        parts: [leg(at("08:00:00"), { userId: index % 2 ? "ann" : "bob" }, { tHandle: index * 12_345, tAcw: index })],
      }),
    );
    const report = { groupBy: ["agent.id"], measures: ["avg_duration_seconds", "aht_seconds", "avg_acw_seconds"] };
    const expected = await rowsOf(table(report, records));
    const orders = fc.sample(fc.shuffledSubarray(records, { minLength: records.length }), { seed: 4, numRuns: 100 });
    for (const order of orders) expect(await rowsOf(table(report, order))).toEqual(expected);
  });

  test("columns say what they are: keys by type, measures by unit, decimals and whether they add", async () => {
    const groupBy = ["routing.queue.name", "time.hour", "time.hour_of_day"];
    const measures = ["offered", { name: "aht_seconds", round: 1 }, "wrapup_counts"];
    const { columns } = await table({ groupBy, measures }, []);
    expect(columns).toEqual([
      { name: "routing.queue.name", role: "key", type: "text" },
      { name: "time.hour", role: "key", type: "bucket" },
      { name: "time.hour_of_day", role: "key", type: "integer" },
      { name: "offered", role: "measure", unit: "count", type: "integer", decimals: 0, adds: "additive" },
      { name: "aht_seconds", role: "measure", unit: "seconds", type: "decimal", decimals: 1, adds: "ratio" },
      { name: "wrapup_counts", role: "measure", unit: "codes", type: "counts", decimals: 0, adds: "ratio" },
    ]);
  });
});

describe("R-48: detail reports, each line what the author chose", () => {
  const segments = [
    { type: "interact", startedAt: at("08:01:00"), endedAt: at("08:03:00"), queueId: "sales" },
    {
      type: "wrapup",
      startedAt: at("08:03:00"),
      endedAt: at("08:04:00"),
      wrapUpCode: "sold",
      disconnectType: "client",
    },
  ];
  const first = conversation("c1", at("08:00:00"), {
    direction: "inbound",
    parts: [
      leg(at("08:01:00"), { endedAt: at("08:04:00"), wrapUpCodes: ["sold"], segments }, { tTalkComplete: 120_500 }),
      { kind: "visit", mediaType: "voice", queueId: "sales", startedAt: at("08:00:30"), endedAt: at("08:01:00") },
      leg(at("08:05:00"), { queueId: "service", userId: "bob", segments: [] }, { tTalkComplete: 1 }),
    ],
  });
  const { endedAt: _, ...second } = conversation("c2", at("08:02:00"));
  const records = [first, second];

  test("conversation: lists of what lies below it, sums over its legs, null for what is not in yet", async () => {
    const columns = ["conversation.id", "conversation.end", "agent.name", "wrapup.name", "agent.talk.seconds"];
    const built = await table({ rows: "conversation", columns }, records);
    expect(built.columns.map(({ type }) => type)).toEqual(["text", "instant", "list", "list", "decimal"]);
    expect(await rowsOf(built)).toEqual([
      ["c1", "2024-10-27T09:10:00.000+01:00", ["Ann", "bob"], ["Sold"], 120.501],
      ["c2", null, [], [], null],
    ]);
    expect(built).toMatchObject({ rowCount: 2, findings: [{ code: "open_conversations", count: 1 }] });
    expect(built).not.toHaveProperty("totals");
  });

  test("conversation: a leg with two codes adds its seconds once", async () => {
    const parts = [leg(at("08:01:00"), { wrapUpCodes: ["sold", "aa"] }, { tTalkComplete: 1500 })];
    const columns = ["wrapup.code", "agent.talk.seconds"];
    for (const rows of ["conversation", "leg"])
      expect(await rowsOf(table({ rows, columns }, [{ ...first, parts }]))).toEqual([[["aa", "sold"], 1.5]]);
  });

  test("leg: one line for each, in the order of time", async () => {
    const columns = ["conversation.id", "session.start", "routing.queue.id", "agent.name", "agent.talk.seconds"];
    const reversed = { ...first, parts: first.parts.toReversed() };
    for (const record of [first, reversed]) {
      expect(await rowsOf(table({ rows: "leg", columns }, [record, second]))).toEqual([
        ["c1", "2024-10-27T09:01:00.000+01:00", "sales", "Ann", 120.5],
        ["c1", "2024-10-27T09:05:00.000+01:00", "service", "bob", 0.001],
      ]);
    }
  });

  test("visit: its own times, and the agents to whom it led", async () => {
    const columns = ["session.start", "session.end", "routing.queue.name", "agent.name"];
    expect(await rowsOf(table({ rows: "visit", columns }, records))).toEqual([
      ["2024-10-27T09:00:30.000+01:00", "2024-10-27T09:01:00.000+01:00", "Sales", ["Ann"]],
    ]);
  });

  test("members of the tree: a segment's own on its line, the leg's and the conversation's beside them", async () => {
    const legs = [
      leg(at("08:01:00"), {
        members: { "segment.groupId": ["a", "b"], "session.provider": ["Edge"], "flow.flowId": ["menu"] },
        segments: [
          { type: "interact", startedAt: at("08:01:00"), members: { "segment.groupId": ["b"] } },
          { type: "wrapup", startedAt: at("08:02:00") },
        ],
      }),
    ];
    const [record] = records;
    const one = { ...record, id: "m", startedAt: at("08:00:00"), divisionIds: [], parts: legs };

    expect(
      await rowsOf(table({ rows: "segment", columns: ["segment.group.id", "session.provider", "flow.id"] }, [one])),
    ).toEqual([
      [["b"], "Edge", ["menu"]],
      [[], "Edge", ["menu"]],
    ]);
    expect(await rowsOf(table({ rows: "leg", columns: ["segment.group.id", "session.provider"] }, [one]))).toEqual([
      [["a", "b"], "Edge"],
    ]);
  });

  test("metrics: seconds and counts are numbers, added over what lies below the line", async () => {
    const record = conversation("m", at("08:00:00"));
    const visit = (sums: Record<string, number>): PartRecord => ({ ...leg(at("08:00:00"), {}, sums), kind: "visit" });
    const parts = [
      visit({ tAcd: 1500, nOffered: 1 }),
      leg(at("08:01:00"), { wrapUpCodes: ["sold", "aa"] }, { tAlert: 2000, nTransferred: 1 }),
      leg(at("08:05:00"), { userId: "bob" }, { tAlert: 500 }),
    ];
    const columns = ["metric.tAlert", "metric.nTransferred", "metric.tAcd", "metric.nOffered", "metric.nError"];
    const built = await table({ rows: "conversation", columns: [...columns, "wrapup.code"] }, [{ ...record, parts }]);

    expect(built.columns.map(({ type, unit }) => [type, unit])).toEqual([
      ["decimal", "seconds"],
      ["integer", "count"],
      ["decimal", "seconds"],
      ["integer", "count"],
      ["integer", "count"],
      ["list", undefined],
    ]);
    expect(await rowsOf(built)).toEqual([[2.5, 1, 1.5, 1, null, ["aa", "sold"]]]);
    expect(await rowsOf(table({ rows: "leg", columns }, [{ ...record, parts }]))).toEqual([
      [2, 1, 1.5, 1, null],
      [0.5, null, 1.5, 1, null],
    ]);
  });

  test("members that are numbers or instants: a number alone, an instant in the report's zone, lists where several", async () => {
    const members = {
      "conversation.mediaStatsMinConversationMos": ["4.21"],
      "survey.surveyCompletedDate": [String(at("10:00:00")), String(at("09:00:00"))],
      "attribute.tier": ["silver", "gold"],
    };
    const one = leg(at("08:01:00"), {
      members: {
        "session.callbackScheduledTime": [String(at("11:00:00"))],
        "session.eligibleAgentCounts": ["3", "12"],
      },
    });
    const columns = [
      "conversation.media.stats.min.conversation.mos",
      "survey.completed.date",
      "conversation.attribute.tier",
      "session.callback.scheduled.time",
      "session.eligible.agent.count",
    ];
    const built = await table({ rows: "leg", columns }, [
      { ...conversation("m", at("08:00:00")), members, parts: [one] },
      { ...conversation("n", at("08:30:00")), parts: [leg(at("08:31:00"))] },
    ]);

    expect(built.columns.map(({ type }) => type)).toEqual(["decimal", "list", "list", "instant", "list"]);
    expect(await rowsOf(built)).toEqual([
      [
        4.21,
        ["2024-10-27T10:00:00.000+01:00", "2024-10-27T11:00:00.000+01:00"],
        ["gold", "silver"],
        "2024-10-27T12:00:00.000+01:00",
        ["12", "3"],
      ],
      [null, [], [], null, []],
    ]);
  });

  test("segment: one line for each, with its own type, times, code and queue", async () => {
    const columns = [
      "segment.type",
      "segment.start",
      "segment.end",
      "segment.disconnect.type",
      "wrapup.code",
      "agent.id",
      "metric.tSegmentDuration",
    ];
    expect(await rowsOf(table({ rows: "segment", columns }, records))).toEqual([
      ["interact", "2024-10-27T09:01:00.000+01:00", "2024-10-27T09:03:00.000+01:00", null, null, "ann", 120],
      ["wrapup", "2024-10-27T09:03:00.000+01:00", "2024-10-27T09:04:00.000+01:00", "client", "sold", "ann", 60],
    ]);
  });

  test("a filter keeps the lines that meet it, and what they show of it", async () => {
    const filter = [{ path: "agent.talk.seconds", operator: "gt", value: 100 }];
    const columns = ["conversation.id", "agent.name", "agent.talk.seconds"];
    expect(await rowsOf(table({ rows: "leg", columns, filter }, records))).toEqual([["c1", "Ann", 120.5]]);
    expect(await rowsOf(table({ rows: "conversation", columns, filter }, records))).toEqual([["c1", ["Ann"], 120.5]]);
    expect(
      await rowsOf(table({ rows: "conversation", columns, filter, filterScope: "conversation" }, records)),
    ).toEqual([["c1", ["Ann", "bob"], 120.501]]);
  });
});
