import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTableEngine } from "../duckdb/create-table-engine.ts";
import type { OpenEngine } from "./create-small-engine.ts";
import { groupAsTheyCome } from "./group-as-they-come.ts";
import { groupInMemory } from "./group-in-memory.ts";
import type { Asked, FactColumn, FactRow, Figure } from "./table-engine.ts";

const COLUMNS: readonly FactColumn[] = [
  { name: "conversation", type: "integer" },
  { name: "leg", type: "integer" },
  { name: "key_0", type: "text" },
  { name: "key_1", type: "integer" },
  { name: "duration", type: "integer" },
  { name: "talk", type: "integer" },
  { name: "code", type: "text" },
];

const FIGURES: readonly Figure[] = [
  { kind: "sum", column: "duration", unit: "conversation" },
  { kind: "sum", column: "talk", unit: "leg" },
  { kind: "codes", column: "code", unit: "leg", limit: 2 },
  { kind: "sum", column: "talk", unit: "leg" },
];

const ASKED: Asked = { keys: [["key_0", "key_1"], ["key_1"], []], figures: FIGURES, runs: ["conversation"] };

/** Texts that are easily confused. */
const TEXT = fc.constantFrom(
  null,
  "",
  "null",
  "null;",
  "1:a",
  "a",
  "\u0000",
  "\ud800",
  "\udc00x",
  "\uff1d",
  "\u{1f600}",
);

/** The ways of one conversation: its leg if any, its keys, its code. */
const WAY = fc.tuple(fc.option(fc.nat(3)), TEXT, fc.option(fc.integer({ min: -1, max: 1 })), TEXT);
const WAYS = fc.oneof(
  { weight: 4, arbitrary: fc.array(WAY, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(WAY, { minLength: 33, maxLength: 50 }) },
);

/** Conversations as rows; what a unit has as a value is the same in each of its rows, and large ones need care. */
const CONVERSATIONS = fc.array(WAYS, { maxLength: 12 }).map((conversations) =>
  conversations.map((ways, conversation) =>
    ways.map(([leg, key, number, code]): FactRow => {
      const unit = leg === null ? null : conversation * 10 + leg;
      const talk = unit === null || unit % 4 === 3 ? null : Number.MAX_SAFE_INTEGER - unit;
      return [conversation, unit, key, number, conversation % 5 === 4 ? null : 1000 - conversation, talk, code];
    }),
  ),
);

let folder: string;
let duckDb: OpenEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "callsheet-groups-"));
  duckDb = await createTableEngine(folder);
});
afterEach(() => {
  duckDb.close();
  rmSync(folder, { recursive: true });
});

describe("groupAsTheyCome()", () => {
  test("G2: gives what grouping all rows gives, however few groups memory holds", async () => {
    await fc.assert(
      fc.asyncProperty(CONVERSATIONS, fc.constantFrom(0, 1, 3, 7, 1000), async (conversations, maxHeld) => {
        let opened = 0;
        const table = groupAsTheyCome(
          COLUMNS,
          ASKED,
          async () => {
            opened += 1;
            return await duckDb.createTable(COLUMNS);
          },
          maxHeld,
        );
        for (const some of [conversations.slice(0, 5), conversations.slice(5)]) await table.append(some.flat());
        const rows = conversations
          .flat()
          .map((row) => row.map((value) => (typeof value === "string" ? value.toWellFormed() : value)));
        for (const keys of ASKED.keys)
          expect(await Array.fromAsync(table.group(keys, FIGURES))).toEqual(
            groupInMemory(COLUMNS, rows, keys, FIGURES),
          );
        if (maxHeld === 1000) expect(opened).toBe(0);
        await table.close();
      }),
      { numRuns: 60 },
    );
  });

  test("has one group without keys when no row came", async () => {
    const table = groupAsTheyCome(COLUMNS, ASKED, () => Promise.reject(new Error("nothing is much")));
    expect(await Array.fromAsync(table.group([], FIGURES))).toEqual(groupInMemory(COLUMNS, [], [], FIGURES));
    expect(await Array.fromAsync(table.group(["key_1"], FIGURES))).toEqual([]);
  });

  test("sends on the rows of further groups only, so that a group is in one place", async () => {
    const table = groupAsTheyCome(COLUMNS, ASKED, async () => await duckDb.createTable(COLUMNS), 0);
    const row = (key: string): FactRow => [1, 1, key, 0, 5, 7, null];
    await table.append([row("b"), row("a"), row("b")]);
    const groups = await Array.fromAsync(table.group(["key_0", "key_1"], FIGURES));
    expect(groups.map(({ keys, figures }) => [keys[0], figures[1]])).toEqual([
      ["a", 7n],
      ["b", 7n],
    ]);
    await table.close();
  });
});
