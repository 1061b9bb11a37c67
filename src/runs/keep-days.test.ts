import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createConversationStore } from "../disk/create-conversation-store.ts";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval, type Interval } from "../domain/interval.ts";
import { createSlice, type SliceSource } from "../domain/slice.ts";
import type { StoredQuestion } from "../domain/stored-day.ts";
import { openDayFiles } from "../duckdb/open-day-files.ts";
import type { ExtractedSlice } from "../extract/extract-slice.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { type DayChanges, type Fetched, keepDays } from "./keep-days.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2024, 4, 1);
const WINDOW = hours(0, 72);
const STARTED_AT = Date.UTC(2024, 4, 20);
const QUESTION: StoredQuestion = {
  conversationFilters: [],
  segmentFilters: [],
  needs: { metrics: [], segments: false },
};

let folder: string;
let store: ConversationStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-keep-"));
  const options = {
    statePath: folder,
    apiUrl: "https://a",
    clientId: "c",
    settlingMs: 0,
    retentionMs: 99 * 24 * HOUR_MS,
  };
  const clock = { now: () => STARTED_AT, elapsed: () => 0, sleep: async () => {} };
  store = createConversationStore(options, openDayFiles, clock);
});
afterEach(() => rmSync(folder, { recursive: true }));

function hours(from: number, to: number): Interval {
  return createInterval(START + from * HOUR_MS, START + to * HOUR_MS);
}

function record(hour: number, members: Partial<ConversationRecord> = {}): ConversationRecord {
  const startedAt = START + hour * HOUR_MS;
  return { id: `at-${hour}`, startedAt, endedAt: startedAt + HOUR_MS, divisionIds: [], parts: [], ...members };
}

function slice(
  interval: Interval,
  members: Partial<ExtractedSlice> = {},
  source: SliceSource = "details_query",
): ExtractedSlice {
  const none = { pages: [], requests: 1, rejected: 0, rejects: [], bytes: 0, storedBytes: 0 };
  return { slice: createSlice(interval, source), received: 1, distinct: 1, totalHits: 1, ...none, ...members };
}

interface Kept {
  /** Of each stored day: from and to, in hours since the start, when it is as of, and how many it holds. */
  readonly days: readonly (readonly [from: number, to: number, asOf: number, rows: number])[];
  readonly changes: readonly DayChanges[];
}

async function keep(fetched: Partial<Fetched>, records: readonly ConversationRecord[] = []): Promise<Kept> {
  const session = await store.open(join(folder, "scratch"));
  const changes: DayChanges[] = [];
  async function* stream(): AsyncGenerator<readonly ConversationRecord[]> {
    for (const each of records) yield await Promise.resolve([each]);
  }
  const all = { gaps: [WINDOW], slices: [slice(WINDOW)], startedAt: STARTED_AT, isResumed: false, ...fetched };
  const passed = await Array.fromAsync(keepDays(stream(), all, QUESTION, store, session, changes));
  expect(passed.flat()).toEqual(records);
  await session.close();
  const days = (await store.find(QUESTION)).map(
    ({ interval, fetchedAt, rowCount }) =>
      [(interval.startAt - START) / HOUR_MS, (interval.endAt - START) / HOUR_MS, fetchedAt, rowCount] as const,
  );
  return { days, changes };
}

test("keepDays() keeps each day of the gaps with what began in it, empty ones too", async () => {
  const { days } = await keep({}, [record(1), record(23.9), record(24), record(30)]);
  expect(days).toEqual([
    [0, 24, STARTED_AT, 2],
    [24, 48, STARTED_AT, 2],
    [48, 72, STARTED_AT, 0],
  ]);
});

test("keepDays() keeps no day that a slice does not cover to its end, or that one of two slices missed", async () => {
  const two = [slice(hours(0, 40)), slice(hours(48, 72), { totalHits: 2 })];
  expect((await keep({ slices: two })).days).toEqual([[0, 24, STARTED_AT, 0]]);
  const rejected = [slice(hours(0, 72), { rejected: 1 })];
  expect((await keep({ slices: rejected, gaps: [hours(24, 48)] })).days).toHaveLength(1);
  expect((await keep({ slices: [], gaps: [hours(24, 48)] })).days).toHaveLength(1);
});

test("keepDays() keeps of parts of a day those that were asked for, as parts", async () => {
  expect(
    (await keep({ gaps: [hours(22, 26)], slices: [slice(hours(22, 26))] })).days.map(([from, to]) => [from, to]),
  ).toEqual([
    [22, 24],
    [24, 26],
  ]);
});

test("D6: keepDays() keeps no day that jobs did not know for another day behind its end", async () => {
  const dataUntil = START + 49 * HOUR_MS;
  const slices = [slice(hours(0, 49), {}, "details_job")];
  const { days } = await keep({ slices, shortfall: { reason: "", dataUntil }, availableUntil: dataUntil });
  expect(days).toEqual([[0, 24, dataUntil, 0]]);
  expect((await keep({ slices, shortfall: { reason: "" }, gaps: [hours(24, 48)] })).days).toHaveLength(1);
});

test("keepDays() dates what jobs brought by the end of their data", async () => {
  const slices = [slice(hours(0, 48), {}, "details_job"), slice(hours(48, 72))];
  const availableUntil = STARTED_AT - 20 * HOUR_MS;
  expect((await keep({ slices, availableUntil })).days.map(([, , asOf]) => asOf)).toEqual([
    availableUntil,
    availableUntil,
    STARTED_AT,
  ]);
});

test("keepDays() tells what changed since an earlier version, and takes none of its own for one", async () => {
  await keep({ startedAt: STARTED_AT - HOUR_MS }, [record(1), record(2)]);
  const second = await keep({}, [record(2, { direction: "inbound" }), record(3)]);
  const told = { added: 1, removed: 1, changed: 1, since: STARTED_AT - HOUR_MS };
  const none = { added: 0, removed: 0, changed: 0, since: STARTED_AT - HOUR_MS };
  expect(second.changes).toEqual([told, none, none]);
  const resumed = await keep({ isResumed: true }, [record(2, { direction: "inbound" }), record(3)]);
  expect(resumed).toEqual({ days: second.days, changes: [] });
});
