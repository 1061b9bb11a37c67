// Pages of a job in no order at all, more of them than are merged at once: through real files, in two passes.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolder } from "../../src/disk/create-run-folder.ts";
import { createSpillStore } from "../../src/disk/create-spill-store.ts";
import { compareRecords, type ConversationRecord } from "../../src/domain/conversation-record.ts";
import { createInterval } from "../../src/domain/interval.ts";
import type { StoredPage } from "../../src/domain/page.ts";
import { mergePages } from "../../src/merge/merge-pages.ts";

const PAGES = 1_100;
const START = Date.UTC(2024, 4, 1);
const WINDOW = createInterval(START, START + 86_400_000);

test("R-26: 1,100 pages that all overlap are merged in two passes of 32 and come out in order, each conversation once", async () => {
  const state = mkdtempSync(join(tmpdir(), "callsheet-merge-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const folder = await createRunFolder(state, "report", START);
  const slice = await folder.openSlice("slice");
  const pages: StoredPage[] = [];
  const all: ConversationRecord[] = [];
  for (let number = 1; number <= PAGES; number++) {
    // Each page has one early and one late conversation, and the early one of the page before.
    const [early, late] = [recordOf(number), recordOf(number + 40_000_000)];
    const copy = number > 1 ? [recordOf(number - 1)] : [];
    const { stored } = await slice.addPage({ number, records: [late, early, ...copy], rejects: [], sizeBytes: 1 });
    if (stored) pages.push(stored);
    all.push(early, late);
  }
  const counts = new Map();
  const spills = createSpillStore(folder.scratchPath);
  const merging = { readPage: async (page: StoredPage) => await folder.readPage(page), spills };

  const merged = (await Array.fromAsync(mergePages(pages, merging, WINDOW, counts))).flat();

  expect(merged).toEqual(all.sort(compareRecords));
  expect(counts.get("slice")).toMatchObject({ unique: 2 * PAGES, duplicates: PAGES - 1 });
  // 1,100 chains → 35 spills → 2 spills, which alone are left.
  expect(readdirSync(join(folder.scratchPath, "spills"))).toEqual(["000036.ndjson", "000037.ndjson"]);
});

function recordOf(offsetMs: number): ConversationRecord {
  return { id: `id-${offsetMs}`, startedAt: START + offsetMs, divisionIds: [], parts: [] };
}
