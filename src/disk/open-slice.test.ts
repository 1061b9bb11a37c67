import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SliceProgress } from "../domain/checkpoint.ts";
import type { Page } from "../domain/page.ts";
import type { SliceFolder } from "../domain/run-folder.ts";
import { checkpointLine, openingLine } from "./checkpoint-log.ts";
import { openSlice } from "./open-slice.ts";
import { PAGES } from "./page-file.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-slice-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "s");
}

async function open(folder: string, runId = "run-1", sliceId = "s"): Promise<SliceFolder> {
  let sequence = 0;
  return await openSlice({ runId, sliceId, folder, nextSequence: () => ++sequence });
}

function page(number: number, isLast = false): Page {
  const id = `conversation ${number}`;
  return {
    number,
    cursor: `behind ${number}`,
    isLast,
    totalHits: 2,
    records: [{ id, startedAt: number, divisionIds: [], parts: [] }],
    rejects: [{ reason: "no start" }],
    sizeBytes: 10,
  };
}

/** A slice with two pages and its end. */
async function finished(): Promise<{
  readonly folder: string;
  readonly progress: SliceProgress;
  readonly log: string;
}> {
  const folder = temporaryFolder();
  const slice = await open(folder);
  await slice.note("job 7");
  await slice.addPage(page(1));
  await slice.addPage(page(2, true));
  await slice.end({ kind: "done", distinct: 2 });
  return { folder, progress: (await open(folder)).progress, log: join(folder, "checkpoint.log") };
}

test("openSlice() goes on where the slice was left, with everything that was said of it", async () => {
  const folder = temporaryFolder();
  const slice = await open(folder);
  expect([slice.progress, slice.restarted]).toEqual([{ pages: [], passes: 0 }, undefined]);
  await slice.note("job 7");
  const first = await slice.addPage(page(1));
  const again = await open(folder);
  expect(again.progress).toEqual({
    pages: [first],
    passes: 0,
    note: "job 7",
    after: { number: 1, cursor: "behind 1", isLast: false },
  });
  await again.addPage(page(2, true));
  await again.beginPass();
  await again.addPage(page(1));
  await again.end({ kind: "halved", by: "list" });
  expect((await open(folder)).progress).toMatchObject({
    passes: 1,
    pages: [
      { mark: { number: 1 } },
      { mark: { number: 2 } },
      { mark: { number: 1 }, rejects: [{ reason: "no start" }] },
    ],
    end: { kind: "halved", by: "list" },
  });
});

test("F6: a checkpoint in which any one bit has changed is never believed, and what is left of it is true", async () => {
  const { folder, progress, log } = await finished();
  const whole = readFileSync(log);
  const pages = readFileSync(join(folder, PAGES));
  for (let at = 0; at < whole.length; at++) {
    const spoiled = Buffer.from(whole);
    spoiled.writeUInt8(spoiled.readUInt8(at) ^ (1 << (at % 8)), at);
    writeFileSync(log, spoiled);
    writeFileSync(join(folder, PAGES), pages);
    const slice = await open(folder);
    if (slice.restarted === undefined) {
      // Only the last line, without its end: as if it had never been written.
      const { end: _unwritten, ...before } = progress;
      expect([at, slice.progress]).toEqual([whole.length - 1, before]);
    } else expect([at, slice.progress]).toEqual([at, { pages: [], passes: 0 }]);
  }
});

test("F6: a checkpoint that breaks off anywhere is what it was before the line that broke", async () => {
  const { folder, progress, log } = await finished();
  const [whole, pages] = [readFileSync(log), readFileSync(join(folder, PAGES))];
  for (let length = whole.length - 1; length >= 0; length--) {
    truncateSync(log, length);
    const slice = await open(folder);
    expect(slice.restarted).toBeUndefined();
    expect(slice.progress.pages).toEqual(progress.pages.slice(0, slice.progress.pages.length));
    expect(slice.progress.end).toBeUndefined();
  }
  writeFileSync(log, whole);
  writeFileSync(join(folder, PAGES), pages);
  appendFileSync(log, "half a li");
  expect((await open(folder)).progress).toEqual(progress);
  expect(readFileSync(log)).toEqual(whole);
});

test.each<[string, (folder: string) => void, string]>([
  [
    "zeroed",
    (folder) => writeFileSync(join(folder, "checkpoint.log"), `${"\0".repeat(600)}\n`),
    "the first line of its checkpoint is damaged",
  ],
  [
    "of another run",
    (folder) => writeFileSync(join(folder, "checkpoint.log"), openingLine("run-2", "s").text),
    "its checkpoint belongs to another run or slice",
  ],
  [
    "of another slice",
    (folder) => writeFileSync(join(folder, "checkpoint.log"), openingLine("run-1", "t").text),
    "its checkpoint belongs to another run or slice",
  ],
  [
    "of a newer version",
    (folder) =>
      writeFileSync(
        join(folder, "checkpoint.log"),
        checkpointLine("", { kind: "note", text: "callsheet.checkpoint/2" }).text,
      ),
    "its checkpoint is of another version of callsheet",
  ],
  ["without its pages", (folder) => rmSync(join(folder, PAGES)), "its page 1 is missing"],
  [
    "without the last byte of a page",
    (folder) => truncateSync(join(folder, PAGES), statSync(join(folder, PAGES)).size - 1),
    "its page 2 is missing",
  ],
  [
    "with another page",
    (folder) => {
      const pages = readFileSync(join(folder, PAGES));
      const first = pages.subarray(0, pages.length / 2);
      writeFileSync(join(folder, PAGES), Buffer.concat([first, first]));
    },
    "its page 2 is damaged",
  ],
])("F6: a checkpoint %s is given up, and it is said why", async (_name, spoil, why) => {
  const { folder } = await finished();
  spoil(folder);
  const slice = await open(folder);
  expect([slice.restarted, slice.progress]).toEqual([why, { pages: [], passes: 0 }]);
  await slice.addPage(page(1));
  expect((await open(folder)).progress.pages).toHaveLength(1);
});

test("F7: a cursor of the future is found, however well it is signed", async () => {
  const { folder, log } = await finished();
  const told = { received: 1, rejects: [], sizeBytes: 1 };
  const opening = openingLine("run-1", "s");
  const ahead = checkpointLine(opening.digest, { kind: "page", page: { ...told, mark: { number: 9 } } });
  writeFileSync(log, opening.text + ahead.text);
  const slice = await open(folder);
  expect([slice.restarted, slice.progress]).toEqual([
    "line 2 of its checkpoint cannot be: it is ahead of its data",
    { pages: [], passes: 0 },
  ]);
});

test.each<[string, number, (log: string) => void]>([
  ["no checkpoint", 0, (log) => rmSync(log)],
  ["half a line", 1, (log) => truncateSync(log, statSync(log).size - 1)],
])("F1: openSlice() cuts off a page of which %s speaks", async (_name, before, forget) => {
  const folder = temporaryFolder();
  const slice = await open(folder);
  for (let number = 1; number <= before + 1; number++) await slice.addPage(page(number));
  forget(join(folder, "checkpoint.log"));
  const again = await open(folder);
  expect([again.restarted, again.progress.pages.length]).toEqual([undefined, before]);
  const kept = await again.addPage(page(before + 1));
  expect((await open(folder)).progress.pages.at(-1)).toEqual(kept);
});

test("restart() gives up the pages and the checkpoint", async () => {
  const { folder } = await finished();
  const slice = await open(folder);
  await slice.restart();
  expect((await open(folder)).progress).toEqual({ pages: [], passes: 0 });
});
