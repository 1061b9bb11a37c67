import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCallLog } from "./call-log.ts";
import type { Centre, Conversation } from "./centre.ts";

const MONTH = new URL("../../data/anonymous-bank-1999-02.tsv.gz", import.meta.url).pathname;
const HEADER =
  "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-log-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function logOf(...rows: readonly string[]): Promise<Centre> {
  const file = join(folder, "calls.tsv");
  await writeFile(file, [HEADER, ...rows.map((row) => row.replaceAll(" ", "\t"))].join("\n"));
  return readCallLog(file);
}

function all(centre: Centre): Conversation[] {
  return Array.from({ length: centre.conversations.size }, (_, index) => centre.conversations.get(index));
}

function metricsOf(conversations: readonly Conversation[], name: string): number[] {
  return conversations.flatMap(({ participants }) =>
    participants.flatMap(({ sessions }) =>
      sessions.flatMap(({ metrics = [] }) =>
        metrics.filter((metric) => metric.name === name).map(({ value }) => value),
      ),
    ),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("readCallLog() on the month in the project", () => {
  let centre: Centre;
  let conversations: Conversation[];
  beforeAll(async () => {
    centre = await readCallLog(MONTH);
    conversations = all(centre);
  });

  test("readCallLog() gives the figures that its source note expects", () => {
    const talk = metricsOf(conversations, "tTalkComplete");
    expect(conversations).toHaveLength(33_344);
    expect(new Set(conversations.map(({ conversationId }) => conversationId)).size).toBe(33_344);
    expect(sum(metricsOf(conversations, "nOffered"))).toBe(31_125);
    expect(metricsOf(conversations, "tAnswered")).toHaveLength(27_162);
    expect(metricsOf(conversations, "tAbandon")).toHaveLength(3_963);
    expect((sum(talk) / talk.length / 1000).toFixed(3)).toBe("176.353");
  });

  test("readCallLog() orders conversations by start and never ends one before it starts", () => {
    for (let index = 0; index < centre.conversations.size; index += 1) {
      const startAt = centre.conversations.startAt(index);
      expect(startAt).toBeLessThanOrEqual(
        centre.conversations.startAt(index + 1 < centre.conversations.size ? index + 1 : index),
      );
      expect(centre.conversations.endAt(index)).toBeGreaterThanOrEqual(startAt);
    }
  });

  test("readCallLog() lists six queues with their service levels, and one user per server", () => {
    expect(centre.queues.map(({ name }) => name)).toEqual([
      "Regular activity",
      "Regular activity (English)",
      "New customers",
      "Stock exchange",
      "Internet",
      "Call-back",
    ]);
    expect(centre.queues[0]).toMatchObject({ mediaSettings: { call: { serviceLevel: { durationMs: 20_000 } } } });
    const used = new Set(conversations.flatMap((it) => it.participants.flatMap(({ userId }) => userId ?? [])));
    expect(used).toEqual(new Set(centre.users.map(({ id }) => id)));
  });

  test("readCallLog() reads the unpacked file to the same conversations", async () => {
    const plain = join(folder, "month.tsv");
    await writeFile(plain, gunzipSync(await readFile(MONTH)));
    expect(all(await readCallLog(plain)).slice(0, 500)).toEqual(conversations.slice(0, 500));
  });
});

test("readCallLog() turns an answered call into customer, menu, queue and agent", async () => {
  const centre = await logOf(
    "AA01 7 0 2 PS 990201 7:02:47 7:02:56 9 7:02:56 7:03:06 10 AGENT 7:03:05 7:05:41 156 DORIT",
  );
  const [call] = all(centre);
  expect(call).toMatchObject({
    conversationStart: "1999-02-01T05:02:47.000Z",
    conversationEnd: "1999-02-01T05:05:41.000Z",
    originatingDirection: "inbound",
  });
  const queueId = centre.queues[0]?.id;
  const parts = call?.participants.map(({ purpose, userId, sessions }) => ({
    purpose,
    userId,
    queueId: sessions[0]?.segments[0]?.queueId,
    metrics: Object.fromEntries(
      (sessions[0]?.metrics ?? []).map(({ name, value, emitDate }) => [name, [value, emitDate]]),
    ),
  }));
  expect(parts).toEqual([
    { purpose: "customer", userId: undefined, queueId, metrics: { nConnected: [1, "1999-02-01T05:02:47.000Z"] } },
    { purpose: "ivr", userId: undefined, queueId: undefined, metrics: { tIvr: [9_000, "1999-02-01T05:02:56.000Z"] } },
    {
      purpose: "acd",
      userId: undefined,
      queueId,
      metrics: { nOffered: [1, "1999-02-01T05:02:56.000Z"], tAcd: [10_000, "1999-02-01T05:03:06.000Z"] },
    },
    {
      purpose: "agent",
      userId: centre.users[0]?.id,
      queueId,
      metrics: {
        tAnswered: [10_000, "1999-02-01T05:03:06.000Z"],
        tTalk: [156_000, "1999-02-01T05:05:41.000Z"],
        tTalkComplete: [156_000, "1999-02-01T05:05:41.000Z"],
        tHandle: [156_000, "1999-02-01T05:05:41.000Z"],
      },
    },
  ]);
});

test("readCallLog() counts a call that hung up in the queue as abandoned, even after no time at all", async () => {
  const [call] = all(
    await logOf("AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 7:02:56 7:02:56 0 HANG 0:00:00 0:00:00 0 NO_SERVER"),
  );
  expect(call?.participants.map(({ purpose }) => purpose)).toEqual(["customer", "ivr", "acd"]);
  expect(metricsOf(call ? [call] : [], "tAbandon")).toEqual([0]);
  expect(call?.participants[2]?.sessions[0]?.segments[0]?.disconnectType).toBe("peer");
});

test("readCallLog() gives no queue to a hang-up in the menu, nor to a phantom with queue times", async () => {
  const calls = all(
    await logOf(
      "AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 HANG 0:00:00 0:00:00 0 NO_SERVER",
      "AA01 8 0 0 PS 990201 7:12:47 7:12:56 9 7:12:56 7:13:00 4 PHANTOM 0:00:00 0:00:00 0 NO_SERVER",
    ),
  );
  for (const call of calls) {
    expect(call.participants.map(({ purpose }) => purpose)).toEqual(["customer", "ivr"]);
    expect(call.participants[0]?.sessions[0]?.segments[0]).not.toHaveProperty("queueId");
  }
});

test("readCallLog() leaves the user away where a served call names nobody", async () => {
  const centre = await logOf(
    "AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 NO_SERVER",
  );
  expect(centre.users).toEqual([]);
  expect(all(centre)[0]?.participants[3]).not.toHaveProperty("userId");
});

test("readCallLog() puts a clock time far before the entry on the next date", async () => {
  const [call] = all(
    await logOf("AA01 7 0 0 PS 990228 23:58:00 23:58:10 10 23:58:10 0:00:30 140 AGENT 0:00:29 0:04:00 211 DORIT"),
  );
  expect(call?.conversationEnd).toBe("1999-02-28T22:04:00.000Z");
  expect(call?.participants[2]?.sessions[0]?.segments[0]?.segmentEnd).toBe("1999-02-28T22:00:30.000Z");
});

test("readCallLog() measures no menu time where the log says a negative one, and ends no conversation before its start", async () => {
  const [call] = all(
    await logOf("AA01 7 0 0 PS 990201 7:02:47 7:02:40 -7 0:00:00 0:00:00 0 HANG 0:00:00 0:00:00 0 NO_SERVER"),
  );
  expect(metricsOf(call ? [call] : [], "tIvr")).toEqual([]);
  expect(call?.conversationEnd).toBe(call?.conversationStart);
});

test("readCallLog() takes the latest clock time as the end, also that of a service that did not happen", async () => {
  const [call] = all(
    await logOf("AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 7:02:56 7:03:06 10 HANG 0:00:00 7:09:00 0 NO_SERVER"),
  );
  expect(call?.conversationEnd).toBe("1999-02-01T05:09:00.000Z");
});

test("readCallLog() keeps server names as they are, hostile ones too", async () => {
  const name = '=HYPERLINK("http://x","<b>");--';
  const file = join(folder, "hostile.tsv.gz");
  const row = `AA01\t7\t0\t0\tPS\t990201\t7:02:47\t7:02:56\t9\t0:00:00\t0:00:00\t0\tAGENT\t7:02:55\t7:05:41\t166\t${name}`;
  await writeFile(file, gzipSync(`${HEADER}\r\n${row}\r\n`));
  expect((await readCallLog(file)).users.map((user) => user.name)).toEqual([name]);
});

test.each([
  [
    "AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166",
    "17 columns expected, found 16",
  ],
  [
    "AA01 7 0 0 XX 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 A",
    'type must be one of PS, PE, NW, NE, IN, TT, found "XX"',
  ],
  [
    "AA01 7 0 0 PS 990230 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 A",
    'date must be a calendar date as yymmdd, found "990230"',
  ],
  [
    "AA01 7 0 0 PS 990201 24:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 A",
    'vru_entry must be a clock time as h:mm:ss, found "24:02:47"',
  ],
  [
    "AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 1.5 AGENT 7:02:55 7:05:41 166 A",
    'q_time must be a whole number of seconds, at least 0, found "1.5"',
  ],
  [
    "AA01 7 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 ROBOT 7:02:55 7:05:41 166 A",
    'outcome must be AGENT, HANG or PHANTOM, found "ROBOT"',
  ],
])("readCallLog() names the line of a row that does not fit: %s", async (row, reason) => {
  const good = "AA01 6 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 A";
  await expect(logOf(good, row)).rejects.toThrow(`calls.tsv, line 3: ${reason}`);
});

test("readCallLog() refuses another header, an empty file, a cut gzip and a missing file, and names the file", async () => {
  const file = join(folder, "other.tsv");
  await writeFile(file, "a\tb\n");
  await expect(readCallLog(file)).rejects.toThrow('other.tsv, line 1: column 1 must be "vru+line", found "a"');
  await writeFile(file, "");
  await expect(readCallLog(file)).rejects.toThrow("other.tsv, line 1: the file is empty");
  await writeFile(file, (await readFile(MONTH)).subarray(0, 100_000));
  await expect(readCallLog(file)).rejects.toThrow(/other\.tsv, line \d+: unexpected end of file/);
  await expect(readCallLog(join(folder, "none.tsv"))).rejects.toThrow(/none\.tsv/);
});
