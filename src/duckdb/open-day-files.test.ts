import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareRecords, type ConversationRecord } from "../domain/conversation-record.ts";
import { createInterval } from "../domain/interval.ts";
import type { DayFiles } from "../runs/day-files.ts";
import { openDayFiles } from "./open-day-files.ts";
import { openFencedDatabase } from "./open-fenced-database.ts";

const EVER = createInterval(-8_640_000_000_000, 8_640_000_000_000);

let folder: string;
let files: DayFiles;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-it's-days-"));
  files = await openDayFiles(join(folder, "own"));
});
afterEach(() => {
  files.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(folder, "own", name);

function record(id: string, startedAt: number, more: Partial<ConversationRecord> = {}): ConversationRecord {
  return { id, startedAt, divisionIds: [], parts: [], ...more };
}

async function write(name: string, records: readonly ConversationRecord[]): Promise<string> {
  const writer = await files.create();
  writer.append(records);
  await writer.finish(file(name));
  return file(name);
}

async function read(path: string, interval = EVER): Promise<readonly ConversationRecord[]> {
  return (await Array.fromAsync(files.read(path, interval))).flat();
}

const text = fc.string({ unit: "binary", maxLength: 12 });
const at = fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 });
const whole = fc.maxSafeInteger().map((value) => value + 0);
const texts = fc.array(text, { maxLength: 3 });
const members = fc.dictionary(text, texts, { maxKeys: 3, noNullPrototype: true });
const segment = fc.record(
  { type: text, startedAt: at, endedAt: at, queueId: text, wrapUpCode: text, disconnectType: text, members },
  { requiredKeys: ["type", "startedAt"], noNullPrototype: true },
);
const metric = fc.record(
  { count: whole, sum: whole, emits: fc.array(fc.tuple(at, whole), { maxLength: 2 }) },
  { requiredKeys: ["count", "sum"], noNullPrototype: true },
);
const part = fc.record(
  {
    kind: fc.constantFrom("leg", "visit", "other"),
    mediaType: text,
    queueId: text,
    userId: text,
    wrapUpCodes: texts,
    startedAt: at,
    endedAt: at,
    metrics: fc.dictionary(text, metric, { maxKeys: 3, noNullPrototype: true }),
    segments: fc.array(segment, { maxLength: 2 }),
    isCustomer: fc.constant(true as const),
    members,
  },
  { requiredKeys: ["kind", "mediaType", "startedAt"], noNullPrototype: true },
);
const conversation = fc.record(
  {
    id: text,
    startedAt: at,
    endedAt: at,
    direction: text,
    divisionIds: texts,
    parts: fc.array(part, { maxLength: 3 }),
    members,
  },
  { requiredKeys: ["id", "startedAt", "divisionIds", "parts"], noNullPrototype: true },
) as fc.Arbitrary<ConversationRecord>;

describe("openDayFiles()", () => {
  test("what comes out deep-equals what went in, in its order", async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { maxLength: 8 }), async (records) => {
        const sorted = records.toSorted(compareRecords);
        expect(await read(await write(`${++round}.parquet`, sorted))).toStrictEqual(sorted);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the order of many rows, over row groups", async () => {
    const records = Array.from({ length: 25_000 }, (_, index) => record(`c-${index % 7}-${index}`, index));
    expect(await read(await write("many.parquet", records))).toEqual(records);
  });

  test("reads an interval: its start belongs to it, its end does not", async () => {
    const path = await write(
      "a.parquet",
      [10, 20, 30].map((startedAt) => record(`c${startedAt}`, startedAt)),
    );
    expect((await read(path, createInterval(10, 30))).map(({ id }) => id)).toEqual(["c10", "c20"]);
  });

  test("two files are read at the same time, while a third is written", async () => {
    const paths = [
      await write("a.parquet", [record("a", 1)]),
      await write("b.parquet", [record("b", 2), record("c", 3)]),
    ];
    const writer = await files.create();
    const readers = paths.map((path) => files.read(path, EVER)[Symbol.asyncIterator]());
    for (const reader of readers) writer.append((await reader.next()).value ?? []);
    await writer.finish(file("all.parquet"));
    for (const reader of readers) await reader.return?.();
    expect((await read(file("all.parquet"))).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("compare() counts what came, went and changed in the interval", async () => {
    const before = await write("before.parquet", [
      record("same", 1),
      record("late", 2),
      record("gone", 3),
      record("outside", 9),
    ]);
    const after = await write("after.parquet", [
      record("same", 1),
      record("late", 2, { endedAt: 5 }),
      record("new", 4),
    ]);
    expect(await files.compare(before, after, createInterval(0, 9))).toEqual({ added: 1, removed: 1, changed: 1 });
    expect(await files.compare(before, before, EVER)).toEqual({ added: 0, removed: 0, changed: 0 });
  });

  test("copyWithout() leaves the others as they were, and writes nothing when none is there", async () => {
    const path = await write("a.parquet", [record("a", 1), record("b", 2, { endedAt: 3 }), record("c", 3)]);
    expect(await files.copyWithout(path, ["c", "x", "b"], file("b.parquet"))).toEqual([
      { id: "b", isOpen: false },
      { id: "c", isOpen: true },
    ]);
    expect(await read(file("b.parquet"))).toEqual([record("a", 1)]);
    expect(await files.copyWithout(path, ["x' OR true --"], file("c.parquet"))).toEqual([]);
    await expect(read(file("c.parquet"))).rejects.toThrow(/No files found/);
  });

  test("other tools find typed columns", async () => {
    const path = await write("a.parquet", [
      record("a", Date.UTC(2024, 2, 1), {
        endedAt: Date.UTC(2024, 2, 1, 0, 1),
        direction: "inbound",
        divisionIds: ["d"],
        parts: [{ kind: "leg", mediaType: "voice", startedAt: Date.UTC(2024, 2, 1) }],
      }),
    ]);
    const database = await openFencedDatabase(join(folder, "own"));
    const result = await database.connection.run(
      `SELECT conversationId, epoch_ms(conversationStart)::VARCHAR, epoch_ms(conversationEnd)::VARCHAR, typeof(conversationStart), originatingDirection, divisionIds::VARCHAR, mediaTypes::VARCHAR FROM read_parquet('${path.replaceAll("'", "''")}')`,
    );
    expect(await result.getRows()).toEqual([
      ["a", "1709251200000", "1709251260000", "TIMESTAMP WITH TIME ZONE", "inbound", "[d]", "[voice]"],
    ]);
    database.close();
  });
});
