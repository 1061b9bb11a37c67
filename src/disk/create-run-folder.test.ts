import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ReportError } from "../domain/errors.ts";
import type { Page, StoredPage } from "../domain/page.ts";
import type { PlanToKeep } from "../domain/checkpoint.ts";
import { createInterval } from "../domain/interval.ts";
import { createSlice } from "../domain/slice.ts";
import type { RunFolder } from "../domain/run-folder.ts";
import { createRunFolder, reopenRunFolder } from "./create-run-folder.ts";

const STARTED_AT = Date.UTC(2024, 4, 20, 12, 30, 5);

const WINDOW = createInterval(STARTED_AT - 86_400_000, STARTED_AT);

const PLAN: PlanToKeep = {
  report: "voice",
  definitionHash: "0123",
  version: "1.0.0",
  startedAt: STARTED_AT,
  window: { kind: "last", count: 1, unit: "day" },
  interval: WINDOW,
  directory: { queue: [{ id: "q1", name: "Sales" }] },
  namesAsOf: STARTED_AT,
  plan: {
    source: "details_query",
    sourceReason: "",
    interval: WINDOW,
    timeZone: "UTC",
    pageSize: 100,
    conversationFilters: [],
    segmentFilters: [],
    pushedDown: [],
    local: [],
    tooLong: [],
    filter: { kind: "and", filters: [] },
    needs: { metrics: [], segments: false },
    slices: [createSlice(WINDOW)],
  },
};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "callsheet-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes one page of a slice and answers with what is known of it then. */
async function store(folder: RunFolder, sliceId: string, what: Page): Promise<StoredPage> {
  const slice = await folder.openSlice(sliceId);
  const { stored } = await slice.addPage(what);
  if (!stored) throw new Error("the page was not stored");
  return stored;
}

async function open(state = temporaryFolder()): Promise<RunFolder> {
  return await createRunFolder(state, "voice", STARTED_AT);
}

function page(number: number, ...records: readonly (readonly [string, number])[]): Page {
  return {
    number,
    records: records.map(([id, startedAt]) => ({ id, startedAt, divisionIds: [], parts: [] })),
    rejects: [],
    sizeBytes: 0,
  };
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

async function failure(work: Promise<unknown>): Promise<ReportError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ReportError) return error;
  throw new Error("expected a ReportError", { cause: error });
}

test("addPage() sorts a page, and readPage() gives back what was written, odd texts too", async () => {
  const folder = await open();
  const odd = 'line\nbreak\u2028 "quoted" \ud800 \u0000 𐍈';
  const stored = await store(folder, "s1", page(1, ["b", 5], [odd, 4], ["a", 5]));
  expect(stored).toMatchObject({
    sliceId: "s1",
    number: 1,
    sequence: 1,
    rowCount: 3,
    first: { id: odd },
    last: { id: "b" },
  });
  expect((await folder.readPage(stored)).map(({ id }) => id)).toEqual([odd, "a", "b"]);
  expect(filesBelow(folder.path)).toEqual(["lock", "pages/s1/checkpoint.log", "pages/s1/pages.ndjson"]);
});

test("addPage() counts pages in the order in which they came, and writes no empty one", async () => {
  const folder = await open();
  const slice = await folder.openSlice("s");
  const kept = [];
  for (const each of [page(1, ["a", 1]), page(2), page(3, ["b", 1])]) kept.push(await slice.addPage(each));
  expect(kept.map(({ stored }) => stored?.sequence)).toEqual([1, undefined, 2]);
});

test("readPage() refuses a page in which any one byte has changed, and shows nothing of it", async () => {
  const folder = await open();
  const stored = await store(folder, "s", page(1, ["Jane Doe", 1], ["b", 2]));
  const whole = readFileSync(stored.file);
  for (let at = 0; at < whole.length; at++) {
    const spoiled = Buffer.from(whole);
    spoiled.writeUInt8(spoiled.readUInt8(at) ^ 1, at);
    writeFileSync(stored.file, spoiled);
    const error = await failure(folder.readPage(stored));
    expect([error.code, error.message]).toEqual([
      "disk.unwritable",
      `${stored.file} no longer holds what was written to it`,
    ]);
  }
  for (const length of [0, whole.indexOf("\n") + 1, whole.length - 1]) {
    writeFileSync(stored.file, whole.subarray(0, length));
    expect((await failure(folder.readPage(stored))).code).toBe("disk.unwritable");
  }
});

test("an artifact is whole or absent: nobody sees a half one", async () => {
  const folder = await open();
  const seen: string[][] = [];
  async function* chunks(): AsyncGenerator<string> {
    for (const chunk of ["one,", "two,", "three"]) {
      yield chunk;
      seen.push(filesBelow(folder.path));
    }
  }
  const written = await folder.writeArtifact("voice.csv", chunks());
  expect(seen.flat().filter((name) => !["artifacts/voice.csv.part", "lock"].includes(name))).toEqual([]);
  expect(readFileSync(written.path, "utf8")).toBe("one,two,three");
  expect([written.bytes, filesBelow(folder.path)]).toEqual([13, ["artifacts/voice.csv", "lock"]]);
});

test("an artifact that breaks off leaves nothing, and an older one as it was", async () => {
  const folder = await open();
  const broken = async function* (): AsyncGenerator<string> {
    yield "half";
    throw new Error("the table broke");
  };
  await expect(folder.writeArtifact("voice.csv", broken())).rejects.toThrow("the table broke");
  expect(filesBelow(folder.path)).toEqual(["lock"]);
  await folder.writeText("manifest.json", "old");
  symlinkSync("/dev/full", join(folder.path, "manifest.json.part"));
  expect((await failure(folder.writeText("manifest.json", "new"))).code).toBe("disk.full");
  expect(filesBelow(folder.path)).toEqual(["lock", "manifest.json"]);
  expect(readFileSync(join(folder.path, "manifest.json"), "utf8")).toBe("old");
});

test("F3: a full disk stops the page, of which no checkpoint speaks, and keeps the pages before it", async () => {
  const folder = await open();
  const stored = await store(folder, "r", page(1, ["a", 1]));
  const slice = await folder.openSlice("s");
  symlinkSync("/dev/full", join(folder.path, "pages/s/pages.ndjson"));
  const error = await failure(slice.addPage(page(1, ["b", 2])));
  expect([error.code, error.hint]).toEqual(["disk.full", "Free some space, or set CALLSHEET_STATE to another disk."]);
  expect(filesBelow(folder.path)).toEqual([
    "lock",
    "pages/r/checkpoint.log",
    "pages/r/pages.ndjson",
    "pages/s/pages.ndjson",
  ]);
  expect(await folder.readPage(stored)).toHaveLength(1);
});

test("F5: a page that cannot be synced does not count, and nobody tries again", async () => {
  const folder = await open();
  const slice = await folder.openSlice("s");
  // A device takes every byte and refuses to sync.
  symlinkSync("/dev/null", join(folder.path, "pages/s/pages.ndjson"));
  const error = await failure(slice.addPage(page(1, ["a", 1])));
  expect([error.code, error.message]).toEqual(["disk.unwritable", expect.stringMatching(/^Cannot use .*: EINVAL$/)]);
  expect(filesBelow(folder.path)).toEqual(["lock", "pages/s/pages.ndjson"]);
});

test("a state folder that cannot be used is named, with the way out", async () => {
  const file = join(temporaryFolder(), "state");
  writeFileSync(file, "");
  const error = await failure(open(file));
  expect([error.code, error.message]).toEqual([
    "disk.unwritable",
    expect.stringContaining(`Cannot use ${file}/runs/voice-`),
  ]);
  expect(error.hint).toContain("CALLSHEET_STATE");
});

test("R-63: each run has a folder of its own that only its owner can read, down to every file", async () => {
  const state = temporaryFolder();
  const [folder, other] = [await open(state), await open(state)];
  expect(folder.runId).toMatch(/^voice-20240520T123005Z-[0-9a-f]{6}$/);
  expect(other.path).not.toBe(folder.path);
  await store(folder, "s", page(1, ["a", 1]));
  await folder.writeRejects([{ slice: "s", reason: "no start", conversationId: "x" }]);
  await folder.writeText("manifest.json", "{}");
  await folder.writeArtifact(
    "voice.csv",
    (async function* () {
      yield "x";
    })(),
  );
  const modes = filesBelow(folder.path).map((name) => [
    name,
    (statSync(join(folder.path, name)).mode & 0o777).toString(8),
  ]);
  expect(modes).toEqual([
    ["artifacts/voice.csv", "600"],
    ["lock", "600"],
    ["manifest.json", "600"],
    ["pages/s/checkpoint.log", "600"],
    ["pages/s/pages.ndjson", "600"],
    ["rejects.ndjson", "600"],
  ]);
  for (const name of ["", "pages", "pages/s", "artifacts", "scratch"])
    expect([name, (statSync(join(folder.path, name)).mode & 0o777).toString(8)]).toEqual([name, "700"]);
});

test("R-63: a run that is over leaves no conversation behind, and keeps what was made of them", async () => {
  const folder = await open();
  await folder.keepPlan(PLAN);
  await store(folder, "s", page(1, ["a", 1]));
  writeFileSync(join(folder.scratchPath, "spill"), "x");
  await folder.writeText("manifest.json", "{}");
  await folder.end({ state: "done", at: STARTED_AT });
  expect(filesBelow(folder.path)).toEqual(["ended.json", "lock", "manifest.json", "plan.json"]);
});

test("a run that never had a plan leaves nothing at all", async () => {
  const state = temporaryFolder();
  const folder = await open(state);
  await folder.end({ state: "failed", at: STARTED_AT });
  expect(filesBelow(state)).toEqual([]);
});

test("a run that needed no page keeps its folder once it has its account, so that it can be resumed", async () => {
  const state = temporaryFolder();
  const folder = await createRunFolder(state, "voice", STARTED_AT);
  const kept = { ...PLAN, fromStore: [{ interval: WINDOW, path: "/state/conversations/a/b/day.parquet" }] };
  await folder.keepPlan(kept);
  await folder.writeText("manifest.json", "{}");
  expect(await folder.end({ state: "interrupted", at: STARTED_AT })).toBe(true);
  folder.close();
  const again = await reopenRunFolder(state, folder.runId);
  expect(again.kept?.fromStore).toEqual(kept.fromStore);
  again.close();
});

test("writeRejects() keeps a line for each, and those that were given before", async () => {
  const folder = await open();
  await folder.writeRejects([{ slice: "s1", reason: "no start", conversationId: "x" }]);
  await folder.writeRejects([{ slice: "s2", reason: "not an object" }]);
  expect(readFileSync(join(folder.path, "rejects.ndjson"), "utf8")).toBe(
    '{"slice":"s1","reason":"no start","conversationId":"x"}\n{"slice":"s2","reason":"not an object"}\n',
  );
});
