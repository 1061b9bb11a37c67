import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval } from "../domain/interval.ts";
import type { StoredDay, StoredQuestion } from "../domain/stored-day.ts";
import { openDayFiles } from "../duckdb/open-day-files.ts";
import type { ConversationStore, StoreSession } from "../runs/conversation-store.ts";
import { createConversationStore } from "./create-conversation-store.ts";

const DAY_MS = 24 * 3_600_000;
const DAY = createInterval(Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 2));
const QUESTION: StoredQuestion = {
  conversationFilters: [],
  segmentFilters: [],
  needs: { metrics: ["tAcw"], segments: false },
};

let folder: string;
let now: number;
let store: ConversationStore;
const sessions: StoreSession[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-store-"));
  now = Date.UTC(2024, 4, 20);
  const options = { statePath: folder, apiUrl: "https://a", clientId: "c", settlingMs: 0, retentionMs: 10 * DAY_MS };
  store = createConversationStore(options, openDayFiles, {
    now: () => now,
    elapsed: () => now,
    sleep: async () => {},
  });
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<StoreSession> {
  const session = await store.open(join(folder, "runs", String(sessions.length)));
  sessions.push(session);
  return session;
}

function record(id: string): ConversationRecord {
  return { id, startedAt: DAY.startAt + 1, endedAt: DAY.startAt + 2, divisionIds: [], parts: [] };
}

async function write(session: StoreSession, id: string, fetchedAt: number, interval = DAY): Promise<void> {
  const writer = await session.write(QUESTION, interval, fetchedAt);
  writer.append([record(id)]);
  await writer.finish([]);
}

async function stored(): Promise<StoredDay> {
  const [day, ...others] = await store.find(QUESTION);
  if (!day || others.length > 0) throw new Error(`expected one day, found ${others.length + (day ? 1 : 0)}`);
  return day;
}

async function idsOf(session: StoreSession, day: StoredDay): Promise<string[]> {
  const batches = await Array.fromAsync(session.read({ day, interval: DAY }));
  return batches.flat().map(({ id }) => id);
}

test("a day that a run has taken stays readable for it when it is pruned or replaced", async () => {
  const session = await open();
  await write(session, "first", now);
  const day = await stored();
  expect(await session.take(day)).toBe("taken");
  await write(await open(), "second", now + 1);
  now += 11 * DAY_MS;
  expect((await store.prune()).map(({ rowCount }) => rowCount)).toEqual([1]);
  expect([await store.find(QUESTION), await idsOf(session, day)]).toEqual([[], ["first"]]);
});

test("a day that went before it was taken is gone, which is no damage", async () => {
  await write(await open(), "first", now);
  const day = await stored();
  now += 11 * DAY_MS;
  await store.prune();
  expect(await (await open()).take(day)).toBe("gone");
});

test("of two runs at once the one that asked last stays, whichever ends first", async () => {
  await write(await open(), "later", now + 1);
  await write(await open(), "earlier", now);
  const session = await open();
  const days = [...(await store.find(QUESTION))].sort((left, right) => right.fetchedAt - left.fetchedAt);
  const [latest] = days;
  if (!latest) throw new Error("the later one stays");
  expect(await session.take(latest)).toBe("taken");
  expect(await idsOf(session, latest)).toEqual(["later"]);
});

test("a larger part of a day replaces the smaller, and not the other way round", async () => {
  const half = createInterval(DAY.startAt, DAY.startAt + DAY_MS / 2);
  await write(await open(), "half", now, half);
  await write(await open(), "whole", now + 1);
  expect((await stored()).interval).toEqual(DAY);
  await write(await open(), "half", now + 2, half);
  expect(await store.find(QUESTION)).toHaveLength(2);
});

test("a day that is not finished leaves nothing in the store", async () => {
  const writer = await (await open()).write(QUESTION, DAY, now);
  writer.append([record("a")]);
  expect([await store.find(QUESTION), readdirSync(folder)]).toEqual([[], ["runs"]]);
});
